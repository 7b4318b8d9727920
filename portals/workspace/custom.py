"""The tenant's own fields on the desk: in lists, on records, and in the forms that change them."""

from collections.abc import Mapping, Sequence
from typing import Any

from infra.kernel.custom import forms
from infra.kernel.custom.fields import Access, CustomField, Fields, words_in
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


async def columns(
    visit: Visit, collection: str, rows: Sequence[Row]
) -> tuple[list[str], list[list[Row]]]:
    """The headings of the fields that are listed, and what each row says in them."""
    fields = Fields(tuple(e for e in (await fields_of(visit, collection)).all if e.listed))
    shown = [each for each in fields.all if each.may(visit.caller.audience, Access.READ)]
    if not shown:
        return [], [[] for _ in rows]
    headings = [words_in(each.label, visit.locale) for each in shown]
    return headings, [_line(visit, shown, row.get("custom") or {}) for row in rows]


def _line(visit: Visit, fields: Sequence[CustomField], values: Mapping[str, Any]) -> list[Row]:
    """What a record says in each field; nothing where it says nothing."""
    line = []
    for each in fields:
        told = forms.facts(Fields((each,)), values, visit.caller.audience, visit.locale)
        line.append(told[0] if told else {"type": "none", "text": None})
    return line


async def facts(visit: Visit, collection: str, row: Row) -> list[dict[str, Any]]:
    """What a record says in them."""
    return await custom.facts(visit.services, visit.caller, collection, row, visit.locale)
