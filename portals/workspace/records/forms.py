"""Entering a record and changing one: the fields of the action, each fault beside its field."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from starlette.responses import Response

from infra.kernel.columns import columns_of
from infra.kernel.errors import Forbidden, NotFound, Problem
from infra.kernel.performing import perform
from infra.kernel.resource import Resource
from portals.faults import Errors, StaleForm
from portals.uploads import keep
from portals.visits import Visit
from portals.workspace import custom
from portals.workspace.colleagues import names_of
from portals.workspace.desk import reader_of, show
from portals.workspace.reader import Reader, Row
from portals.workspace.records.applying import after_saving
from portals.workspace.records.cells import title_of
from portals.workspace.records.choosing import adviser, lists
from portals.workspace.records.composed import (
    COMPOSED,
    SEVERAL,
    collected,
    flat,
    laid_out,
    lists_in,
    rearranged,
    redraws,
    with_blank,
)
from portals.workspace.records.finding import naming
from portals.workspace.records.inputs import fields_of, is_key
from portals.workspace.records.kinds import url_of
from portals.workspace.records.of_cases import needed_by_type
from portals.workspace.records.page import record_of
from portals.workspace.records.previewing import previewed
from portals.workspace.records.sampling import sampled
from portals.workspace.records.shapes import Kind
from portals.workspace.records.typed import BEFORE, Typed, as_before, read

_FIELDS_MOST = 2000
_FULL = {"choice", "flag", "number", "decimal", "moment", "date", "pick", "ref"}
"""Kinds of fields that are either empty or say something: no column of theirs may be blank."""


async def new_record(visit: Visit, kind: Kind) -> Response:
    """`GET {base}/{collection}/new?account_id=…`."""
    fields = await _fields(visit, kind, "create", None)
    given = {each["name"]: visit.word(each["name"]) for each in fields}
    named = {each["name"]: UUID(given[each["name"]]) for each in fields
             if each["kind"] == "ref" and is_key(given[each["name"]])}  # fmt: skip
    values = dict(kind.first) | {name: text for name, text in given.items() if text}
    values |= await values_of(reader_of(visit), fields, named)
    composed = {each["name"] for each in fields if each["kind"] in COMPOSED}
    values |= {n: visit.word(n) for n in visit.query if n.partition(".")[0] in composed}
    return await _drawn(visit, kind, None, fields, with_blank(fields, values))


async def save_new(visit: Visit, kind: Kind) -> Response:
    """`POST {base}/{collection}/new`: enter it, or say who it may be already."""
    reader = reader_of(visit)
    fields = await _fields(visit, kind, "create", None)
    typed = Typed()
    try:
        form = await _posted(visit, fields)
        wish = form.get("do", "")
        if wish == "sample" and kind.sample:
            return await _sampled(visit, kind, None, fields, form)
        if wish not in ("", "preview", "draft"):
            return await _drawn(visit, kind, None, fields, rearranged(form, wish))
        laid = await _laid_out(reader, kind, None, fields, form)
        typed = await read(reader, laid, form)
        if wish == "draft" and kind.may_wait:
            typed.faults = [each for each in typed.faults if each.code != "missing"]
            typed.body["draft"] = True
        body = typed.require() | await custom.entered(visit, kind.collection, None)
        if wish == "preview":
            told = await previewed(visit, kind, "create", None, body)
            return await _drawn(visit, kind, None, fields, form, effects=told)
        twins = [] if form.get("sure") else await _twins(reader, kind, body)
        if twins:
            return await _drawn(visit, kind, None, fields, form, suspects=twins)
        forced = {"force": True} if form.get("sure") == "force" else {}
        made = await visit.do(f"{kind.collection}.create", **body, **forced)
    except StaleForm as refused:
        return await _again(visit, kind, None, fields, typed, refused)
    except (NotFound, Forbidden):
        raise
    except Problem as refused:
        return await _again(visit, kind, None, fields, typed, refused)
    return visit.go(url_of(kind.collection, made) or kind.path, notice=visit.say("Saved."))


async def edit_record(visit: Visit, kind: Kind, key: str) -> Response:
    """`GET {base}/{collection}/{id}/edit`."""
    row = await _changeable(visit, kind, key)
    fields = await _fields(visit, kind, "update", row)
    values = with_blank(fields, await values_of(reader_of(visit), fields, row))
    return await _drawn(visit, kind, row, fields, values)


async def save(visit: Visit, kind: Kind, key: str) -> Response:
    """`POST {base}/{collection}/{id}/edit`: keep what differs from what was shown."""
    row = await _changeable(visit, kind, key)
    fields = await _fields(visit, kind, "update", row)
    reader = reader_of(visit)
    typed = Typed()
    try:
        form = await _posted(visit, fields)
        wish = form.get("do", "")
        if wish == "sample" and kind.sample:
            return await _sampled(visit, kind, row, fields, form)
        if wish not in ("", "preview"):
            return await _drawn(visit, kind, row, fields, rearranged(form, wish))
        laid = await _laid_out(reader, kind, row, fields, form)
        typed = await read(reader, laid, form, changing=True)
        body = typed.require() | await custom.entered(visit, kind.collection, row)
        version = form.get("version", "")
        if wish == "preview":
            told = await previewed(visit, kind, "update", row, body)
            return await _drawn(visit, kind, row, fields, form, effects=told)
        if body:
            made = await perform(
                visit.services, visit.caller, f"{kind.collection}.update", record_id=row["id"],
                body=body, if_match=f'"{version}"' if version.isdigit() else None,
                request_id=visit.request_id,
            )  # fmt: skip
            if made.headers.get("ETag") != f'"{row.get("version")}"' and (
                onwards := await after_saving(visit, kind, row)
            ):
                return onwards
    except StaleForm as refused:
        return await _again(visit, kind, row, fields, typed, refused)
    except (NotFound, Forbidden):
        raise
    except Problem as refused:
        return await _again(visit, kind, row, fields, typed, refused)
    return visit.go(url_of(kind.collection, row) or kind.path, notice=visit.say("Saved."))


async def _posted(visit: Visit, fields: list[Row]) -> dict[str, str]:
    """What was sent, a file of it kept already, so that a refusal does not ask for it again."""
    await visit.form(_FIELDS_MOST)
    files = [each["name"] for each in fields if each["kind"] == "file"]
    if files and visit.files:
        (kept,) = await keep(visit, visit.files[:1])
        visit.many[files[0]] = [str(kept)]
    return _shown(visit)


def _shown(visit: Visit) -> dict[str, str]:
    """What was written, several values of a field together."""
    return {
        name: SEVERAL.join(given) if len(given) > 1 else given[0]
        for name, given in visit.many.items()
    }


async def _laid_out(
    reader: Reader, kind: Kind, row: Row | None, fields: list[Row], values: dict[str, str]
) -> list[Row]:
    advise = await adviser(reader, kind, row, values)
    return [laid_out(each, values, advise) for each in fields]


async def _sampled(
    visit: Visit, kind: Kind, row: Row | None, fields: list[Row], form: dict[str, str]
) -> Response:
    """The form with what people would see of it: that alone for the script."""
    laid = await _laid_out(reader_of(visit), kind, row, fields, form)
    sample = await sampled(visit, kind, row, laid, form)
    if visit.is_script:
        return await visit.fragment("workspace/_sample.html", sample=sample)
    return await _drawn(visit, kind, row, fields, form, errors=sample["errors"])


async def _changeable(visit: Visit, kind: Kind, key: str) -> Row:
    """The record; raises Forbidden for whoever may not change it."""
    reader = reader_of(visit)
    row = await record_of(reader, kind, key)
    if not await reader.reach(kind.collection, row["id"], ("update",)):
        raise Forbidden(f"you may not change this {kind.collection}")
    return row


async def _fields(visit: Visit, kind: Kind, verb: str, row: Row | None) -> list[Row]:
    definition = visit.services.registry.actions.get(f"{kind.collection}.{verb}")
    if definition is None or not visit.may(kind.collection, definition.granted_by):
        raise Forbidden(f"you may not {verb} {kind.collection}")
    owner = {name: str(row[name]) for name in ("account_id", "consumer_id")
             if row and row.get(name)}  # fmt: skip
    narrow = {"location_id": owner} | ({} if row else {"case_type_id": {"active": "true"}})
    fields = await fields_of(reader_of(visit), definition, kind.asks, narrow)
    if verb == "update":
        for each in fields:
            each["required"] |= _stays(definition.resource, each)
    return fields


def _stays(resource: Resource, field: Row) -> bool:
    """Whether a record cannot do without the field; nothing in the body of a change says so."""
    column = columns_of(resource).get(field["name"])
    if column is None or field["nullable"]:
        return False
    if resource.required is not None and field["name"] in resource.required:
        return True
    return field["kind"] in _FULL or (resource.required is None and not column.has_default)


async def values_of(reader: Reader, fields: list[Row], row: Row) -> dict[str, str]:
    """What a record's fields hold, as text; a reference by words that lead back to it."""
    values: dict[str, str] = {}
    for each in fields:
        value = row.get(each["name"])
        if value is None:
            continue
        if each["kind"] == "ref" and each["of"] == "profiles":
            called = await names_of(reader, [value])
            values[each["name"]] = called.get(str(value), str(value))
        elif each["kind"] == "ref":
            named = await reader.maybe(each["of"], value)
            values[each["name"]] = naming(named) if named else str(value)
        else:
            values |= flat(each, value, each["name"])
    return values


def _before(fields: list[Row], values: dict[str, str]) -> dict[str, str]:
    """What the fields showed first, as the form keeps it."""
    return {
        BEFORE + each["name"]: as_before(collected(each, values, {}, []))
        if each["kind"] in COMPOSED else values[each["name"]]
        for each in fields
        if each["kind"] in COMPOSED or each["name"] in values
    }  # fmt: skip


def _needed(asked: custom.Asked, names: Collection[str]) -> custom.Asked:
    """The tenant's own fields, with those that the type of the record must have."""
    return [each | {"required": each["required"] or each["name"] in names} for each in asked]


async def _again(
    visit: Visit, kind: Kind, row: Row | None, fields: list[Row], typed: Typed, refused: Problem
) -> Response:
    if visit.is_script:
        raise refused
    twins = _suspects(kind, refused.extra.get("candidates", ()))
    refused.faults = tuple(typed.located(refused.faults))
    return await _drawn(
        visit, kind, row, fields, _shown(visit), errors=visit.errors(refused),
        options=typed.options, status=refused.status, suspects=twins,
    )  # fmt: skip


async def _twins(reader: Reader, kind: Kind, body: dict[str, Any]) -> list[Row]:
    """Whom an entry looks like, asked before it is made."""
    definition = reader.services.registry.actions.get(f"{kind.collection}.duplicates")
    if definition is None:
        return []
    known = definition.body(reader.caller.audience).model_fields
    asked = {name: value for name, value in body.items() if name in known}
    told = await reader.ask(definition.permission, None, asked) or {}
    return _suspects(kind, told.get("data", ()))


def _suspects(kind: Kind, found: Any) -> list[Row]:
    return [
        {"name": each["name"], "number": each.get("number"), "score": each["score"],
         "blocks": each["blocks"], "url": url_of(kind.collection, each)}
        for each in found
    ]  # fmt: skip


async def _drawn(
    visit: Visit,
    kind: Kind,
    row: Row | None,
    fields: list[Row],
    values: dict[str, str],
    *,
    errors: Errors | None = None,
    options: dict[str, Any] | None = None,
    suspects: list[Row] | None = None,
    effects: Row | None = None,
    status: int = 200,
) -> Response:
    reader = reader_of(visit)
    laid = await _laid_out(reader, kind, row, fields, values)
    needed = await needed_by_type(reader, row, values) if kind.collection == "cases" else ()
    before: dict[str, str] = {}
    if row:
        first = await values_of(reader, fields, row)
        before = _before(await _laid_out(reader, kind, row, fields, first), first)
    path = url_of(kind.collection, row) if row else None
    say = visit.say
    return await show(
        visit, "workspace/record_form.html", status=status, here=kind.here,
        kind={"one": say(kind.one), "many": say(kind.many), "path": kind.path},
        record=row and {"title": title_of(kind, row, say), "url": path,
                        "version": values.get("version") or row.get("version", "")},
        action=f"{path}/edit" if path else f"{kind.path}/new", fields=laid, values=values,
        before=before, errors=errors or [], options=options or {}, suspects=suspects or [],
        effects=effects, can_preview=kind.shapes_access, may_wait=kind.may_wait and row is None,
        sample=await sampled(visit, kind, row, laid, values) if kind.sample else None,
        asked=_needed(await custom.asked(visit, kind.collection, row, visit.many), needed),
        has_redraws=redraws(laid), lists=lists(visit.services.registry, lists_in(laid)),
        may_force=visit.may("duplicate_candidates", "dismiss"),
    )  # fmt: skip
