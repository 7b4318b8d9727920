"""Who would be asked for an approval, in words: the people, and how many of them must agree."""

from collections.abc import Mapping, Sequence
from typing import Any

from portals.approval_summary import why
from portals.faults import Say
from portals.words import CODES, noted

NOBODY, TOO_FEW = noted("nobody"), noted("there are too few of them")
FIRST, ALL, SOME = noted("whoever answers first"), noted("all of them"), noted("%(n)s of them")
UNTOLD = frozenset({"first_decides", "suffices", "need"})
"""Columns that say nothing beside the lines, or of people who are only told."""


FORESEEN = frozenset({"slots", "people", "why", "occasion"})


def foreseen(name: str, value: Any, say: Say) -> str:
    """A part of what would be asked, in words: of people who count together a line each."""
    match name:
        case "slots":
            return "\n".join(_line(slot, say) for slot in value)
        case "people":
            return _names(value)
        case "occasion":
            return say(CODES.get(value, value))
    return why(say, str(value))


def _names(people: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(str(person["name"]) for person in people)


def _line(slot: Mapping[str, Any], say: Say) -> str:
    people, need = slot["people"], slot["need"]
    line = f"{_names(people) or say(NOBODY)} ({why(say, slot['why'])})"
    if not slot["suffices"]:
        return f"{line}: {say(TOO_FEW)}"
    if len(people) == 1:
        return line
    if slot["first_decides"]:
        return f"{line}: {say(FIRST)}"
    if need == len(people):
        return f"{line}: {say(ALL)}"
    return f"{line}: {say(SOME) % {'n': need}}"
