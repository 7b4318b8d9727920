"""What is done on a record's page: its own verbs, adding to a panel, and the verbs of its rows."""

from typing import Any

from starlette.responses import Response

from infra.kernel.errors import Forbidden, NotFound, Problem
from portals.faults import StaleForm
from portals.visits import Visit
from portals.words import noted
from portals.workspace.desk import reader_of
from portals.workspace.records.composed import laid_out
from portals.workspace.records.inputs import fields_of
from portals.workspace.records.kinds import place_of, url_of
from portals.workspace.records.page import record_of, record_page, verb_fields
from portals.workspace.records.previewing import previewed
from portals.workspace.records.shapes import Kind, Panel
from portals.workspace.records.trying import tried
from portals.workspace.records.typed import Typed, read

_DONE = {"delete": noted("Deleted."), "end": noted("Ended."), "leave": noted("Removed.")}


async def deed(visit: Visit, kind: Kind, key: str, verb: str) -> Response:
    """`POST {base}/{collection}/{id}/do/{verb}`."""
    if verb not in kind.verbs:
        raise NotFound("there is no such verb here")
    reader = reader_of(visit)
    row = await record_of(reader, kind, key)
    typed = Typed()
    try:
        form = await visit.form()
        if verb in kind.told:
            typed = await read(reader, await verb_fields(reader, kind, row, verb, form), form)
        body = typed.require()
        if form.get("do") == "preview" and kind.shapes_access:
            told = await previewed(visit, kind, verb, row, body)
            again: dict[str, Any] = {"verb": verb, "values": form, "errors": [], "options": {}}
            return await record_page(visit, kind, key, refused=again, effects=told)
        if form.get("do") == "preview" and verb in kind.tried:
            told = await tried(visit, f"{kind.collection}.{verb}", row, body)
            again = {"verb": verb, "values": form, "errors": [], "options": {}}
            return await record_page(visit, kind, key, refused=again, trial=told)
        await visit.do(f"{kind.collection}.{verb}", row["id"], **body)
    except (NotFound, Forbidden):
        raise
    except Problem as refused:
        if visit.is_script or verb not in kind.told:
            raise
        again = {"verb": verb, "values": visit.typed, "errors": visit.errors(refused),
                 "options": typed.options}  # fmt: skip
        return await record_page(visit, kind, key, status=refused.status, refused=again)
    path = kind.path if verb == "delete" else url_of(kind.collection, row) or place_of(kind, row)
    return visit.go(path, notice=visit.say(_DONE.get(verb, noted("Done."))))


async def add(visit: Visit, kind: Kind, key: str, name: str) -> Response:
    """`POST {base}/{collection}/{id}/panels/{panel}`: add what was filled in below it."""
    panel, tab = _panel(kind, name)
    reader = reader_of(visit)
    row = await record_of(reader, kind, key)
    collection = kind.collection if panel.own else panel.collection
    definition = visit.services.registry.actions.get(f"{collection}.{panel.add}")
    if definition is None:
        raise NotFound("nothing can be added here")
    typed = Typed()
    try:
        form = await visit.form()
        fields = await fields_of(reader, definition, panel.asks, panel.narrow)
        typed = await read(reader, [laid_out(each, form) for each in fields], form)
        body = typed.require()
        if panel.own:
            await visit.do(definition.permission, row["id"], **body)
        else:
            await visit.do(definition.permission, **{panel.key: str(row[panel.column])} | body)
    except StaleForm as refused:
        return await _again(visit, kind, key, tab, panel, typed, refused)
    except (NotFound, Forbidden):
        raise
    except Problem as refused:
        return await _again(visit, kind, key, tab, panel, typed, refused)
    return visit.go(_back(kind, row, tab, panel), notice=visit.say("Added."))


async def row_deed(
    visit: Visit, kind: Kind, key: str, name: str, row_id: str, verb: str
) -> Response:
    """`POST {base}/{collection}/{id}/panels/{panel}/{row}/{verb}`."""
    panel, tab = _panel(kind, name)
    await visit.form()
    reader = reader_of(visit)
    row = await record_of(reader, kind, key)
    each = await reader.one(panel.collection, row_id)
    if str(each.get(panel.key)) != str(row[panel.column]):
        raise NotFound("this is no part of the record")
    if verb in panel.own_verbs:
        body: dict[str, Any] = {panel.names: str(each[panel.names])}
        await visit.do(f"{kind.collection}.{verb}", row["id"], **body)
    elif verb in panel.verbs:
        await visit.do(f"{panel.collection}.{verb}", each["id"])
    else:
        raise NotFound("there is no such verb here")
    notice = visit.say(_DONE.get(verb, noted("Done.")))
    return visit.go(_back(kind, row, tab, panel), notice=notice)


def _panel(kind: Kind, name: str) -> tuple[Panel, str]:
    for tab in kind.tabs:
        for panel in tab.panels:
            if panel.id == name:
                return panel, tab.name
    raise NotFound("there is no such panel")


def _back(kind: Kind, row: dict[str, Any], tab: str, panel: Panel) -> str:
    return f"{place_of(kind, row)}?tab={tab}#{panel.id}"


async def _again(
    visit: Visit, kind: Kind, key: str, tab: str, panel: Panel, typed: Typed, refused: Problem
) -> Response:
    if visit.is_script:
        raise refused
    again = {"panel": panel.id, "values": visit.typed, "errors": visit.errors(refused),
             "options": typed.options}  # fmt: skip
    return await record_page(visit, kind, key, tab=tab, status=refused.status, refused=again)
