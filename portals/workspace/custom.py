"""The tenant's own fields on the desk: in lists, on records, and in the forms that change them."""

from collections.abc import Mapping
from typing import Any

from infra.kernel.custom import forms
from infra.kernel.custom.fields import Fields
from portals import custom
from portals.visits import Visit
from portals.workspace.reader import Row

Asked = list[forms.Question]


async def fields_of(visit: Visit, collection: str) -> Fields:
    """The fields of a collection; none of one that takes none."""
    resource = visit.services.registry.resources[collection]
    if not resource.is_customizable:
        return Fields()
    return await custom.fields_of(visit.services, visit.caller, collection)


async def asked(
    visit: Visit, collection: str, row: Row | None, written: Mapping[str, list[str]]
) -> Asked:
    """What a form asks, with what was written, what the record says, or what is usual."""
    fields = await fields_of(visit, collection)
    given = dict(written) if written else _said(visit, fields, row)
    return custom.questions(fields, visit.caller, given, visit.locale) if fields else []


def _said(visit: Visit, fields: Fields, row: Row | None) -> dict[str, list[str]]:
    """What a record says, as its form shows it."""
    if row is None:
        return {}
    return forms.shown(fields, row.get("custom") or {}, visit.caller.audience, visit.caller.zone)


async def entered(visit: Visit, collection: str, row: Row | None) -> dict[str, Any]:
    """`custom` of the body: all that was entered, or of a change only what differs, where empty
    takes a value away."""
    fields = await fields_of(visit, collection)
    if not fields:
        return {}
    reader = visit.caller
    given = forms.typed(fields, reader.audience, visit.many, reader.zone)
    if row is not None:
        before = forms.typed(fields, reader.audience, _said(visit, fields, row), reader.zone)
        # A form that did not ask for a field takes nothing away.
        emptied = {key for key in before if f"custom.{key}" in visit.many} - set(given)
        given = {key: value for key, value in given.items() if before.get(key) != value}
        given |= dict.fromkeys(emptied)
    return {"custom": given} if given else {}


async def facts(visit: Visit, collection: str, row: Row) -> list[dict[str, Any]]:
    """What a record says in them."""
    return await custom.facts(visit.services, visit.caller, collection, row, visit.locale)
