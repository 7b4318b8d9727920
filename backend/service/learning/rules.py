"""What may be kept of people's words, which searches are one, and which cases are alike."""

import re
from collections.abc import Iterable, Sequence, Set
from datetime import datetime, timedelta

import numpy as np

PERSON, COMPANY, REMOVED = "[person]", "[company]", "[removed]"
QUERY_CHARS_MAX = 120
TYPING = timedelta(seconds=60)
"""Within which a longer or shorter word is the same search, still being typed."""
READING = timedelta(minutes=15)
"""Within which an article that is opened was opened from a search."""
ALIKE_MIN = 0.62

_SIGNS = (
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "[mail]"),
    (re.compile(r"\bhttps?://\S+", re.IGNORECASE), "[address]"),
    (re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,4})?\b"), "[account]"),
    (re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b"), "[address]"),
    (re.compile(r"\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b", re.IGNORECASE), "[address]"),
    (re.compile(r"(?<![\w.])\+?\d(?:[\s()/.-]{0,2}\d){5,}(?![\w])"), "[number]"),
    (re.compile(r"\b(?=[A-Z0-9-]*\d{4})[A-Z0-9]+(?:-[A-Z0-9]+)+\b"), "[number]"),
)


def masked(text: str) -> str:
    """The text without what points at somebody: mail and network addresses, long numbers."""
    for pattern, sign in _SIGNS:
        text = pattern.sub(sign, text)
    return text


def without(text: str, names: Iterable[str], sign: str) -> str:
    """The text without these words, wherever they stand as words, longest first."""
    known = sorted({each.strip() for each in names if len(each.strip()) > 2}, key=len, reverse=True)
    if not known:
        return text
    pattern = "|".join(r"\s+".join(map(re.escape, each.split())) for each in known)
    return re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", sign, text, flags=re.IGNORECASE)


def words_of(text: str) -> list[str]:
    """The words by which somebody could be named."""
    return list(dict.fromkeys(re.findall(r"\w{3,}", text.lower())))


def nameless(text: str, people: Iterable[str], companies: Iterable[str], known: Set[str]) -> str:
    """The text without who is named in it: whole names, and single words of people's names that
    articles do not use as words of their own (`known`)."""
    people = list(people)
    text = without(without(text, companies, COMPANY), people, PERSON)
    alone = {word for name in people for word in words_of(name)} - known
    return without(text, alone & set(words_of(text)), PERSON)


def kept_query(typed: str) -> str:
    """What is kept of the words somebody typed."""
    return masked(" ".join(typed.split()).lower()[:QUERY_CHARS_MAX])


def is_same_search(before: str, before_at: datetime, now_typed: str, now: datetime) -> bool:
    """Whether somebody is still typing what they began."""
    begins = now_typed.startswith(before) or before.startswith(now_typed)
    return begins and now - before_at <= TYPING


def clusters(vectors: Sequence[Sequence[float] | None]) -> list[list[int]]:
    """Places of what is alike, the greatest group first; what has no direction is alone.

    The first of a group leads it, and each goes to the leader that it is nearest to: so a group has
    something in common with its first, and chains of likenesses do not grow into one.
    """
    leaders: list[int] = []
    groups: dict[int, list[int]] = {}
    led = np.empty((len(vectors), max((len(v) for v in vectors if v), default=0)), np.float32)
    for place, vector in enumerate(vectors):
        if not vector:
            groups[place] = [place]
            continue
        this = np.asarray(vector, np.float32)
        if leaders:
            nearness = led[: len(leaders)] @ this
            best = int(nearness.argmax())
            if nearness[best] >= ALIKE_MIN:
                groups[leaders[best]].append(place)
                continue
        led[len(leaders)] = this
        leaders.append(place)
        groups[place] = [place]
    return sorted(groups.values(), key=lambda group: (-len(group), group[0]))
