"""Bodies against the tenant's own fields and lists: every fault is named, nothing is guessed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from infra.kernel.custom.fields import Access, Choice, CustomField, Fields, FieldType
from infra.kernel.custom.kinds import Wrong, accept
from infra.kernel.errors import Fault
from infra.kernel.resource import CUSTOM, Audience


@dataclass
class Taken:
    """The values of a body that are in form, by key; None removes one."""

    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def merged(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """What a record keeps after this patch."""
        merged = {**before, **self.values}
        return {key: value for key, value in merged.items() if value is not None}

    def references(self, fields: Fields) -> dict[str, tuple[CustomField, UUID]]:
        """Key → the field and the id that was given for it."""
        found = {}
        for key, value in self.values.items():
            known = fields.by_key.get(key)
            if known is not None and known.type is FieldType.REFERENCE and value is not None:
                found[key] = known, UUID(value)
        return found


def take(fields: Fields, given: Any, audience: Audience, *, creating: bool) -> Taken:
    """Read `{"custom": …}` of a body as this audience may write it."""
    taken = Taken()
    for key, value in given.items() if isinstance(given, Mapping) else ():
        _take_one(taken, fields.by_key.get(key), key, value, audience)
    if creating:
        _complete(taken, fields, audience)
    return taken


def _take_one(
    taken: Taken, known: CustomField | None, key: str, value: Any, audience: Audience
) -> None:
    pointer = pointer_of(key)
    if known is None or not known.may(audience, Access.READ):
        taken.faults.append(Fault(pointer, "unknown_field", "there is no such field"))
    elif not known.may(audience, Access.WRITE):
        taken.faults.append(Fault(pointer, "read_only", "cannot be set"))
    elif value is None:
        taken.values[key] = None
        if known.required:
            taken.faults.append(Fault(pointer, "missing", "is required"))
    else:
        try:
            taken.values[key] = accept(known, value)
        except Wrong as wrong:
            taken.faults.append(Fault(pointer, wrong.code, str(wrong)))


def _complete(taken: Taken, fields: Fields, audience: Audience) -> None:
    """Defaults for what was left out, faults for what must not be."""
    told = {fault.pointer for fault in taken.faults}
    for known in fields.all:
        pointer = pointer_of(known.key)
        if known.key in taken.values or pointer in told:
            continue
        if known.default is not None:
            taken.values[known.key] = known.default
        elif known.required and known.may(audience, Access.WRITE) and audience != "system":
            taken.faults.append(Fault(pointer, "missing", "is required"))


def pointer_of(key: str) -> str:
    """The field's place in a body, as a JSON Pointer."""
    escaped = str(key).replace("~", "~0").replace("/", "~1")
    return f"/{CUSTOM}/{escaped}"[:300]


def defaults(fields: Fields) -> dict[str, Any]:
    """What a record starts with that the service itself makes."""
    return {each.key: each.default for each in fields.all if each.default is not None}


# ── Lists of choices for columns that are plain text otherwise ───────────────────────────────


@dataclass(frozen=True)
class ChoiceList:
    """What a column may say, and the column on which that depends."""

    field: str
    choices: tuple[Choice, ...]
    depends_on: str | None = None

    def offered(self, above: str | None) -> list[Choice]:
        """The choices there are below this value of the column above."""
        return [
            choice for choice in self.choices
            if choice.active and (choice.parent is None or choice.parent == above)
        ]  # fmt: skip


Lists = Mapping[str, ChoiceList]


def list_faults(
    lists: Lists, given: Mapping[str, Any], before: Mapping[str, Any] | None
) -> list[Fault]:
    """Faults of columns that say what their list does not offer; what a record says already may
    stay, unless the column above it changes."""
    faults = []
    for name, known in lists.items():
        was = (before or {}).get(name)
        value = given.get(name, was)
        above_was = (before or {}).get(known.depends_on) if known.depends_on else None
        above = given.get(known.depends_on, above_was) if known.depends_on else None
        if value is None or not isinstance(value, str) or (value == was and above == above_was):
            continue
        if value not in {choice.value for choice in known.offered(above)}:
            words = "must be one of the choices"
            if known.depends_on and value in {c.value for c in known.choices if c.active}:
                words = f"does not go with this {known.depends_on.replace('_', ' ')}"
            faults.append(Fault(f"/{name}", "not_a_choice", words))
    return faults
