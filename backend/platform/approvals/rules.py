"""What a rule looks at, and what the answers of several people come to. Pure."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from backend.platform.approvals.models import SeatState, StepState

ESCALATION = -1
"""The slot of those whose word stands for the whole step."""

NAMES = ("record", "requester", "body", "action", "now")
UNSEEN = frozenset({"version", "updated_at"})
"""Columns that every change moves."""

_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_PLACE = re.compile(r"\brecord\.([a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*)")
_WHOLE = re.compile(r"\brecord\b(?!\s*\.)")


def watched(condition: str, pins: Iterable[str]) -> tuple[str, ...] | None:
    """The places of a record that the condition looks at, and those that are pinned besides; None
    for the whole of it."""
    text = _STRING.sub("''", condition)
    if _WHOLE.search(text):
        return None
    return tuple(sorted({*_PLACE.findall(text), *pins}))


def fingerprint(
    record: Mapping[str, Any], places: Sequence[str] | None, plan: Any, body_hash: str
) -> str:
    """A digest of what was seen, who is to agree, and to what."""
    return digest([seen(record, places), plan, body_hash])


def seen(record: Mapping[str, Any], places: Sequence[str] | None) -> Any:
    """What stands at these places of a record; all of it but what every change moves for None."""
    if places is None:
        return {name: value for name, value in record.items() if name not in UNSEEN}
    return [[place, _at(record, place)] for place in places]


def _at(record: Any, place: str) -> Any:
    """The value at a place; a call such as `.size()` ends where there is no such member."""
    for name in place.split("."):
        if not isinstance(record, Mapping) or name not in record:
            return record if not isinstance(record, Mapping) else None
        record = record[name]
    return record


def digest(value: Any) -> str:
    """The same text for the same JSON, however it was written."""
    text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=str)
    return hashlib.sha256(text).hexdigest()


@dataclass(frozen=True)
class Answer:
    """One seat as far as it counts."""

    slot: int
    need: int
    first_decides: bool
    state: SeatState


COUNTED = frozenset({SeatState.OPEN, SeatState.APPROVED, SeatState.REJECTED})


def tally(answers: Iterable[Answer]) -> StepState:
    """Whether a step is agreed on, refused, or still open.

    A slot is won when as many as it needs agree, and lost when that can no longer be; where the
    first to answer decides, by their answer. All slots must be won. Escalation stands for all.
    """
    slots: dict[int, list[Answer]] = {}
    for answer in answers:
        if answer.state in COUNTED:
            slots.setdefault(answer.slot, []).append(answer)
    above = [answer.state for answer in slots.pop(ESCALATION, ())]
    if SeatState.REJECTED in above:
        return StepState.REJECTED
    if SeatState.APPROVED in above:
        return StepState.APPROVED
    found = [_slot(each) for each in slots.values()]
    if StepState.REJECTED in found:
        return StepState.REJECTED
    return StepState.OPEN if not found or StepState.OPEN in found else StepState.APPROVED


def _slot(answers: Sequence[Answer]) -> StepState:
    need = answers[0].need
    agreed = sum(answer.state is SeatState.APPROVED for answer in answers)
    refused = sum(answer.state is SeatState.REJECTED for answer in answers)
    if agreed >= need:
        return StepState.APPROVED
    if answers[0].first_decides and refused:
        return StepState.REJECTED
    return StepState.REJECTED if len(answers) - refused < need else StepState.OPEN


def needed(need: str | int, people: int) -> int:
    """How many of so many people must agree."""
    if need == "any":
        return 1
    return people if need == "all" else int(need)
