"""What was typed into a form, as the body of its action: text becomes what the field takes, and
a record that was named by its number, name or address becomes its id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from infra.kernel.errors import Fault, Invalid
from portals.workspace.reader import Reader, Row
from portals.workspace.records.finding import SEPARATOR, found
from portals.workspace.records.inputs import is_key

BEFORE = "was:"
"""Leads the name of a hidden field with what its field showed first: unchanged is not sent."""


@dataclass
class Typed:
    """The body, what is wrong already, and the records that a name may have meant."""

    body: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    options: dict[str, list[Row]] = field(default_factory=dict)

    def require(self) -> dict[str, Any]:
        """The body; raises Invalid with every fault."""
        if self.faults:
            raise Invalid(self.faults)
        return self.body


async def read(
    reader: Reader, fields: Sequence[Row], form: Mapping[str, str], *, changing: bool = False
) -> Typed:
    """Read the fields of a form. Of a change only what differs from before is part of the body."""
    typed = Typed()
    for each in fields:
        name, text = each["name"], form.get(each["name"], "").strip()
        if changing and text == form.get(BEFORE + name, "").strip():
            continue
        if text:
            await _take(reader, typed, each, text)
        elif changing and each["nullable"]:
            typed.body[name] = None
        elif changing and each["kind"] in ("text", "textarea", "email", "tel"):
            typed.body[name] = ""
        elif each["required"]:
            typed.faults.append(Fault(f"/{name}", "missing", "is missing"))
    return typed


async def _take(reader: Reader, typed: Typed, each: Row, text: str) -> None:
    name, kind = each["name"], each["kind"]
    if kind == "flag":
        typed.body[name] = text == "true"
    elif kind == "number":
        typed.body[name] = int(text) if text.lstrip("+-").isdigit() and len(text) < 20 else text
    elif kind == "list":
        parts = text.replace("\n", ",").split(",")
        typed.body[name] = [part.strip() for part in parts if part.strip()]
    elif kind == "json":
        try:
            typed.body[name] = orjson.loads(text)
        except orjson.JSONDecodeError:
            typed.faults.append(Fault(f"/{name}", "unreadable", "is not JSON"))
    elif kind == "ref" and not is_key(text):
        await _name(reader, typed, each, text)
    else:
        typed.body[name] = text


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
    typed.options[name] = near
    code = "several" if near else "not_found"
    typed.faults.append(Fault(f"/{name}", code, "names no single record"))
