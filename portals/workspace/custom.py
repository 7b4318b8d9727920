"""The tenant's own fields on the desk: in lists, on records, and in the forms that change them."""

from collections.abc import Mapping, Sequence
from typing import Any

from infra.kernel.custom import forms
from infra.kernel.custom.asking import condition
from infra.kernel.custom.fields import Access, CustomField, Fields, FieldType, words_in
from portals import custom, references
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
    if not fields:
        return []
    return await custom.questions(visit.services, fields, visit.caller, given, visit.locale)


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
    given = await references.resolve(visit.services, reader, fields, given)
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
    said = [row.get("custom") or {} for row in rows]
    named = await references.names(visit.services, visit.caller, fields, said)
    return headings, [_line(visit, shown, each, named) for each in said]


def _line(
    visit: Visit,
    fields: Sequence[CustomField],
    values: Mapping[str, Any],
    named: Mapping[str, str],
) -> list[Row]:
    """What a record says in each field; nothing where it says nothing."""
    line = []
    for each in fields:
        told = forms.facts(Fields((each,)), values, visit.caller.audience, visit.locale, named)
        line.append(told[0] if told else {"type": "none", "text": None})
    return line


async def narrowed(visit: Visit, collection: str) -> tuple[dict[str, str], list[Row]]:
    """The filters of the address by fields that are indexed, and all that one may filter by:
    {"name", "label", "value", "choices", "told"}; what no field can be is left out."""
    fields, asked, offered = await fields_of(visit, collection), dict[str, str](), []
    for each in fields.all:
        if each.index_state != "ready" or not each.may(visit.caller.audience, Access.READ):
            continue
        if each.type is FieldType.REFERENCE:
            continue
        value = visit.word(each.path, 200)
        if value and _can_be(each, value):
            asked[each.path] = value
        choices = _choices(visit, each)
        told = {choice["value"]: choice["label"] for choice in choices}
        offered.append(
            {"name": each.path, "label": words_in(each.label, visit.locale), "choices": choices,
             "value": asked.get(each.path), "told": told.get(value, value)}
        )  # fmt: skip
    return asked, offered


def _can_be(field: CustomField, value: str) -> bool:
    try:
        condition(field, "eq", value)
    except ValueError:
        return False
    return True


def _choices(visit: Visit, field: CustomField) -> list[Row]:
    if field.type is FieldType.BOOLEAN:
        return [{"value": "true", "label": visit.say("Yes")},
                {"value": "false", "label": visit.say("No")}]  # fmt: skip
    return [{"value": c.value, "label": words_in(c.label, visit.locale)} for c in field.choices]


async def facts(visit: Visit, collection: str, row: Row) -> list[dict[str, Any]]:
    """What a record says in them."""
    return await custom.facts(visit.services, visit.caller, collection, row, visit.locale)
