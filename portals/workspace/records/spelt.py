"""Values with a shape of their own, as one says them: opening hours, and what a run did."""

from collections.abc import Mapping, Sequence
from typing import Any

from portals.faults import Say
from portals.vocabulary import COLLECTIONS, EVENTS
from portals.words import CODES, STATES, VERBS, noted, sentence

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOSED = noted("Closed")
_COUNTED = {
    "mails": noted("letters: %(count)s"),
    "notified": noted("people told: %(count)s"),
    "minutes": noted("minutes: %(count)s"),
}


def week_lines(openings: Sequence[Mapping[str, Any]], say: Say) -> list[str]:
    """Opening hours day by day; days in a row that are alike make one line."""
    by_day = {day: _windows([each for each in openings if each["weekday"] == day]) for day in WEEK}
    runs: list[tuple[str, str, str]] = []
    for day in WEEK:
        if runs and runs[-1][2] == by_day[day]:
            runs[-1] = (runs[-1][0], day, by_day[day])
        else:
            runs.append((day, day, by_day[day]))
    return [f"{_days(first, last, say)}: {windows}" for first, last, windows in runs if windows]


def special_lines(days: Sequence[Mapping[str, Any]], say: Say) -> list[str]:
    """Special days, each with its windows and why."""
    return [
        f"{each['date']}: {_windows(each['windows']) or say(_CLOSED)}"
        + (f" ({each['reason']})" if each.get("reason") else "")
        for each in days
    ]


def event_words(event_type: str, say: Say) -> str:
    """`cases.opened` as "Cases: opened"."""
    kind, _, what = event_type.partition(".")
    word = say(EVENTS[what]) if what in EVENTS else what.replace("_", " ")
    return f"{say(COLLECTIONS.get(kind) or sentence(kind))}: {word}"


def event_lines(event_types: Sequence[str], say: Say) -> list[str]:
    """What is listened to, one event in a line."""
    return [event_words(each, say) for each in event_types]


def outcome_lines(outcomes: Sequence[Mapping[str, Any]], say: Say) -> list[str]:
    """What became of each step of a run."""
    return [_outcome(each, say) for each in outcomes]


def _outcome(told: Mapping[str, Any], say: Say) -> str:
    name = str(told.get("action") or told.get("do") or "")
    verb = name.partition(".")[2]
    word = CODES.get(name) or VERBS.get(name) or VERBS.get(verb) or sentence(name)
    state = str(told.get("outcome", ""))
    became = say(STATES[state].text) if state in STATES else say(sentence(state))
    about = [str(told[part]) for part in ("number", "template", "reason") if told.get(part)]
    about += [
        say(words) % {"count": told[part]} for part, words in _COUNTED.items() if part in told
    ]
    what = f"{say(word)}: {became}" if name else became
    return f"{int(told['step']) + 1}. {what}" + (f" – {' – '.join(about)}" if about else "")


def _days(first: str, last: str, say: Say) -> str:
    return say(CODES[first]) if first == last else f"{say(CODES[first])} – {say(CODES[last])}"


def _windows(windows: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(sorted(f"{each['opens']}–{each['closes']}" for each in windows))
