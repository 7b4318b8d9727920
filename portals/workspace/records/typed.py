"""What was typed into a form, as the body of its action: text becomes what the field takes, and
a record that was named by its number, name or address becomes its id."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from infra.kernel.errors import Fault, Invalid
from portals.workspace.reader import Reader, Row
from portals.workspace.records.composed import COMPOSED, Unreadable, collected, plain
from portals.workspace.records.finding import SEPARATOR, found
from portals.workspace.records.inputs import is_key

BEFORE = "was:"
"""Leads the name of a hidden field with what its field showed first: unchanged is not sent."""


@dataclass
class Typed:
    """The body, what is wrong already, the records that a name may have meant, and which field of
    the form stands for a place in the body."""

    body: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    options: dict[str, list[Row]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def require(self) -> dict[str, Any]:
        """The body; raises Invalid with every fault."""
        if self.faults:
            raise Invalid(self.faults)
        return self.body

    def located(self, faults: Iterable[Fault]) -> list[Fault]:
        """The faults of a body at the fields of the form."""
        return [Fault(self._field(each.pointer), each.code, each.message) for each in faults]

    def _field(self, pointer: str) -> str:
        """The nearest field around a place. Where rows are of several kinds, a fault names the kind
        as a step of its own: that step is none of the form's."""
        steps = pointer.split("/")
        while len(steps) > 1:
            without = ["/".join(steps[:n] + steps[n + 1 :]) for n in range(2, len(steps) - 1)]
            for tried in ("/".join(steps), *without):
                if tried in self.places:
                    return f"/{self.places[tried]}"
            steps.pop()
        return pointer


async def read(
    reader: Reader, fields: Sequence[Row], form: Mapping[str, str], *, changing: bool = False
) -> Typed:
    """Read the fields of a form. Of a change only what differs from before is part of the body."""
    typed = Typed()
    for each in fields:
        name, text = each["name"], form.get(each["name"], "").strip()
        if each["kind"] in COMPOSED:
            _compose(typed, each, form, changing=changing)
            continue
        if changing and text == form.get(BEFORE + name, "").strip():
            continue
        if text:
            await _take(reader, typed, each, text)
        elif changing and each["nullable"]:
            typed.body[name] = None
        elif changing and each["kind"] in ("list", "many", "lines"):
            typed.body[name] = []
        elif changing and each["kind"] in ("text", "textarea", "email", "tel"):
            typed.body[name] = ""
        elif each["required"]:
            typed.faults.append(Fault(f"/{name}", "missing", "is missing"))
    return typed


def _compose(typed: Typed, each: Row, form: Mapping[str, str], *, changing: bool) -> None:
    """Read a field that is made of fields; empty rows are none."""
    name = each["name"]
    faults: list[Fault] = []
    told = collected(each, form, typed.places, faults)
    typed.faults += typed.located(faults)
    if changing and as_before(told) == form.get(BEFORE + name, as_before(None)):
        return
    if told or changing:
        typed.body[name] = told
    elif each["required"]:
        typed.faults.append(Fault(f"/{name}", "missing", "is missing"))


def as_before(told: Any) -> str:
    """What a form keeps of a composed field, to see whether it was changed."""
    return orjson.dumps(told or None, option=orjson.OPT_SORT_KEYS).decode()


async def _take(reader: Reader, typed: Typed, each: Row, text: str) -> None:
    name, kind = each["name"], each["kind"]
    if kind == "moment":
        typed.body[name] = moment_of(text, reader.caller.zone)
    elif kind == "ref" and not is_key(text):
        await _name(reader, typed, each, text)
    else:
        try:
            typed.body[name] = plain(each, text)
        except Unreadable as wrong:
            typed.faults.append(Fault(f"/{name}", "unreadable", str(wrong)))


def moment_of(text: str, zone: str) -> str:
    """A moment as a browser's field gives it, without an offset: it is the reader's time."""
    try:
        moment = datetime.fromisoformat(text)
        return text if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone)).isoformat()
    except (ValueError, KeyError, OSError):
        return text


async def _name(reader: Reader, typed: Typed, each: Row, text: str) -> None:
    """The one record that is called this, or a fault with those that may be meant."""
    name = each["name"]
    near = await found(reader, each["of"], text)
    bare = text.partition(SEPARATOR)[0].casefold()
    named = [one for one in near if bare in one["names"]]
    chosen = named if len(named) == 1 else near if len(near) == 1 else []
    if chosen:
        typed.body[name] = chosen[0]["id"]
        return
    typed.options[name] = [one | {"label": one.get("told") or one["label"]} for one in near]
    code = "several" if near else "not_found"
    typed.faults.append(Fault(f"/{name}", code, "names no single record"))
