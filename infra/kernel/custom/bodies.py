"""What an action's body says in the fields that the tenant added, and in columns with lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from infra.kernel.access import Caller
from infra.kernel.actions import ActionDefinition
from infra.kernel.context import Context
from infra.kernel.custom.accepting import Lists, Taken, list_faults, pointer_of, take
from infra.kernel.custom.fields import CustomField, Fields
from infra.kernel.database import Connection
from infra.kernel.errors import Fault, Invalid
from infra.kernel.model import Row
from infra.kernel.reading import reached
from infra.kernel.resource import CUSTOM


@dataclass(frozen=True)
class Own:
    """A body's part that is the tenant's own, in form."""

    fields: Fields
    lists: Lists
    taken: Taken | None
    """None where the action sets none of the tenant's fields."""

    @property
    def references(self) -> Mapping[str, tuple[CustomField, UUID]]:
        """Ids that the body gives, which must be of records that the caller can see."""
        return self.taken.references(self.fields) if self.taken and self.fields else {}

    def complete(self, values: dict[str, Any], row: Row | None) -> None:
        """Put what the record is to keep into the action's values; raises Invalid for a column
        that does not go with the one above it."""
        if self.taken is not None and (self.taken.values or CUSTOM in values):
            values[CUSTOM] = self.taken.merged(getattr(row, CUSTOM) if row else {})
        if row is not None and self.lists:
            names = {*self.lists, *(e.depends_on for e in self.lists.values() if e.depends_on)}
            before = {name: getattr(row, name) for name in names}
            if faults := list_faults(self.lists, values, before):
                raise Invalid(faults)


def takes_own(definition: ActionDefinition, caller: Caller) -> bool:
    """Whether a body of the action may say something in the tenant's own fields."""
    return definition.resource.is_customizable and bool(definition.settable(caller.audience))


async def own_of(
    ctx: Context, definition: ActionDefinition, body: Any, faults: Sequence[Fault]
) -> Own:
    """Read the body; raises Invalid with the faults and all that is wrong beside them. Asked inside
    the transaction, whose beginning has proven which fields there are."""
    known, caller = await ctx.customization(), ctx.caller
    name, creating = definition.resource.name, definition.on == "collection"
    settable = definition.settable(caller.audience)
    given: Mapping[str, Any] = body if isinstance(body, Mapping) else {}
    found = list(faults)
    fields, taken = known.fields_of(name), None
    if CUSTOM in settable:
        taken = take(fields, given.get(CUSTOM), caller.audience, creating=creating)
        found += taken.faults
    # What the service itself takes in, as from a letter, is not turned away for a word.
    lists = {} if caller.is_system else known.lists_of(name)
    if lists and creating:
        told = {fault.pointer for fault in found}
        wrong = list_faults(lists, {n: v for n, v in given.items() if n in settable}, None)
        found += [fault for fault in wrong if fault.pointer not in told]
    if found:
        raise Invalid(found)
    return Own(fields, lists, taken)


async def unseen(ctx: Context, connection: Connection, own: Own, row: Row | None) -> list[Fault]:
    """Faults for references to records that are not there for this caller."""
    before = getattr(row, CUSTOM) if row else {}
    wanted: dict[str, dict[str, UUID]] = {}
    for key, (field, target_id) in own.references.items():
        if before.get(key) != str(target_id):
            wanted.setdefault(field.target or "", {})[key] = target_id
    faults = []
    for target, by_key in wanted.items():
        resource = ctx.services.registry.resources.get(target)
        seen: set[UUID] = set()
        if resource is not None and ctx.may(resource, "read"):
            ids = list(by_key.values())
            seen = await reached(ctx.services, connection, ctx.caller, resource, ids)
        faults += [
            Fault(pointer_of(key), "not_found", "there is no such record")
            for key, target_id in by_key.items()
            if target_id not in seen
        ]
    return faults
