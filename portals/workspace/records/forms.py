"""Entering a record and changing one: the fields of the action, each fault beside its field."""

from typing import Any

from starlette.responses import Response

from infra.kernel.errors import Forbidden, NotFound, Problem
from infra.kernel.performing import perform
from portals.faults import Errors, StaleForm
from portals.visits import Visit
from portals.workspace.desk import reader_of, show
from portals.workspace.reader import Reader, Row
from portals.workspace.records.finding import naming
from portals.workspace.records.inputs import fields_of
from portals.workspace.records.kinds import url_of
from portals.workspace.records.page import record_of
from portals.workspace.records.previewing import previewed
from portals.workspace.records.shapes import Kind
from portals.workspace.records.typed import BEFORE, Typed, read


async def new_record(visit: Visit, kind: Kind) -> Response:
    """`GET {base}/{collection}/new?account_id=…`."""
    fields = await _fields(visit, kind, "create", None)
    values = {each["name"]: visit.word(each["name"]) for each in fields}
    return await _drawn(visit, kind, None, fields, values)


async def save_new(visit: Visit, kind: Kind) -> Response:
    """`POST {base}/{collection}/new`: enter it, or say who it may be already."""
    reader = reader_of(visit)
    fields = await _fields(visit, kind, "create", None)
    typed = Typed()
    try:
        form = await visit.form()
        typed = await read(reader, fields, form)
        body = typed.require()
        if form.get("do") == "preview":
            told = await previewed(visit, kind, "create", None, body)
            return await _drawn(visit, kind, None, fields, visit.typed, effects=told)
        twins = [] if form.get("sure") else await _twins(reader, kind, body)
        if twins:
            return await _drawn(visit, kind, None, fields, visit.typed, suspects=twins)
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
    return await _drawn(visit, kind, row, fields, await values_of(reader_of(visit), fields, row))


async def save(visit: Visit, kind: Kind, key: str) -> Response:
    """`POST {base}/{collection}/{id}/edit`: keep what differs from what was shown."""
    row = await _changeable(visit, kind, key)
    fields = await _fields(visit, kind, "update", row)
    typed = Typed()
    try:
        form = await visit.form()
        typed = await read(reader_of(visit), fields, form, changing=True)
        body, version = typed.require(), form.get("version", "")
        if form.get("do") == "preview":
            told = await previewed(visit, kind, "update", row, body)
            return await _drawn(visit, kind, row, fields, visit.typed, effects=told)
        if body:
            await perform(
                visit.services, visit.caller, f"{kind.collection}.update", record_id=row["id"],
                body=body, if_match=f'"{version}"' if version.isdigit() else None,
                request_id=visit.request_id,
            )  # fmt: skip
    except StaleForm as refused:
        return await _again(visit, kind, row, fields, typed, refused)
    except (NotFound, Forbidden):
        raise
    except Problem as refused:
        return await _again(visit, kind, row, fields, typed, refused)
    return visit.go(url_of(kind.collection, row) or kind.path, notice=visit.say("Saved."))


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
    return await fields_of(reader_of(visit), definition, kind.asks, {"location_id": owner})


async def values_of(reader: Reader, fields: list[Row], row: Row) -> dict[str, str]:
    """What a record's fields hold, as text; a reference by words that lead back to it."""
    values: dict[str, str] = {}
    for each in fields:
        value = row.get(each["name"])
        if value is None:
            continue
        if each["kind"] == "ref":
            named = await reader.maybe(each["of"], value)
            values[each["name"]] = naming(named) if named else str(value)
        elif each["kind"] == "flag":
            values[each["name"]] = "true" if value else "false"
        elif each["kind"] == "list":
            values[each["name"]] = ", ".join(str(part) for part in value)
        else:
            values[each["name"]] = str(getattr(value, "value", value))
    return values


async def _again(
    visit: Visit, kind: Kind, row: Row | None, fields: list[Row], typed: Typed, refused: Problem
) -> Response:
    if visit.is_script:
        raise refused
    twins = _suspects(kind, refused.extra.get("candidates", ()))
    return await _drawn(
        visit, kind, row, fields, visit.typed, errors=visit.errors(refused),
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
    before = await values_of(reader_of(visit), fields, row) if row else {}
    path = url_of(kind.collection, row) if row else None
    say = visit.say
    return await show(
        visit, "workspace/record_form.html", status=status, here=kind.here,
        kind={"one": say(kind.one), "many": say(kind.many), "path": kind.path},
        record=row and {"title": row.get(kind.title) or say(kind.one), "url": path,
                        "version": values.get("version") or row.get("version", "")},
        action=f"{path}/edit" if path else f"{kind.path}/new", fields=fields, values=values,
        before={BEFORE + name: value for name, value in before.items()}, errors=errors or [],
        options=options or {}, suspects=suspects or [], effects=effects,
        can_preview=kind.shapes_access,
        may_force=visit.may("duplicate_candidates", "dismiss"),
    )  # fmt: skip
