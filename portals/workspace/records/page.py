"""One record: what it is, what belongs to it tab by tab, and what can be done with it."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from infra.kernel.errors import NotFound
from portals.faults import Say
from portals.layouts.applying import as_role
from portals.visits import Visit
from portals.words import VERBS
from portals.workspace import custom
from portals.workspace.approvals_beside import approvals_of
from portals.workspace.case_verbs import verbs_at_hand
from portals.workspace.desk import reader_of, show
from portals.workspace.reader import IDS_MOST, Reader, Row
from portals.workspace.records.access import access_of
from portals.workspace.records.cells import expansions, heading, label_of, table, title_of
from portals.workspace.records.choosing import adviser
from portals.workspace.records.composed import laid_out, with_blank
from portals.workspace.records.inputs import fields_of
from portals.workspace.records.kinds import CASES, KINDS, kind_of, place_of, url_of
from portals.workspace.records.listed import tables_of
from portals.workspace.records.shapes import Kind, Panel

_ROWS_MOST = "50"
ACCESS = "access"


async def record_page(
    visit: Visit,
    kind: Kind,
    key: str,
    *,
    tab: str = "",
    status: int = 200,
    template: str = "workspace/record.html",
    refused: Mapping[str, Any] | None = None,
    effects: Row | None = None,
    preview: Row | None = None,
    trial: Row | None = None,
    **extra: Any,
) -> Response:
    """`GET {base}/{collection}/{id}?tab=…&do=…`. `refused` is the panel or the verb whose form is
    shown again: {"panel" or "verb", "values", "errors", "options"}; `do` opens that of a verb."""
    reader = reader_of(visit)
    if refused is None and visit.word("do", 40) in kind.told:
        refused = {"verb": visit.word("do", 40), "values": {}, "errors": [], "options": {}}
    row = await record_of(reader, kind, key)
    names = [*(each.name for each in kind.tabs), *(each.id for each in kind.previews)]
    first = "overview" if kind.has_overview or not kind.tabs else names[0]
    tab = tab or visit.word("tab", 30)
    current = tab if tab in (*names, ACCESS, "overview") else first
    shown = kind.tab(current)
    return await show(
        visit, template, status=status, here=kind.here, tab=current,
        record=await head_of(reader, kind, row, visit.say, refused),
        facts=await _facts(reader, kind, row, visit.say),
        told=await custom.facts(visit, kind.collection, row),
        tables=tables_of(kind, row, visit.say) if current == first else [],
        tabs=_tabs(kind, row, current, first, visit.say),
        panels=await _panels(visit, reader, kind, row, shown.panels if shown else (), refused),
        access=await access_of(visit, reader, kind, row) if current == ACCESS else None,
        errors=list(refused["errors"]) if refused else [], effects=effects,
        approvals=await approvals_of(reader, (kind.collection, row)),
        preview=preview, trial=trial, is_watched=kind.is_watched, as_role=as_role(visit),
        is_bare=not kind.tabs and not kind.has_overview and current == first, **extra,
    )  # fmt: skip


async def record_of(reader: Reader, kind: Kind, key: str) -> Row:
    """The record with all that its facts name; raises NotFound, Forbidden."""
    if not reader.may(kind.collection):
        raise NotFound("there is no such record")
    expand = expansions(reader, kind.collection, (*kind.facts, *kind.parents))
    return await reader.one(kind.collection, key, expand)


async def head_of(
    reader: Reader, kind: Kind, row: Row, say: Say, refused: Mapping[str, Any] | None = None
) -> Row:
    """The header: the name, the way back, and what can be done. `refused` is the verb whose form is
    shown again."""
    verbs = ("update", *kind.verbs)
    allowed = await reader.reach(kind.collection, row["id"], verbs)
    if kind is CASES:
        allowed &= await verbs_at_hand(reader, row)
    state = str(getattr(row.get("state"), "value", row.get("state")))
    path = place_of(kind, row)
    parents = [
        {"name": label_of(row[name]), "url": url}
        for name in kind.parents
        if row.get(name)
        for url in [url_of(_target(reader, kind, name), row[name])]
        if url
    ]
    return {
        "id": str(row["id"]), "title": title_of(kind, row, say),
        "kind": say(kind.one), "many": say(kind.many), "list_url": kind.path, "url": path,
        "code": row.get("code") or row.get("number"), "state": row.get("state"),
        "is_faced": kind.is_faced, "icon": kind.icon, "parents": parents,
        "email": row.get("email"), "phone": row.get("phone"),
        "edit_url": f"{url_of(kind.collection, row) or path}/edit"
        if kind.asks and "update" in allowed and state in kind.states.get("update", (state,))
        else None,
        "verbs": [await _verb(reader, kind, row, verb, path, refused)
                  for verb in kind.verbs
                  if verb in allowed and state in kind.states.get(verb, (state,))],
    }  # fmt: skip


async def _verb(
    reader: Reader,
    kind: Kind,
    row: Row,
    verb: str,
    path: str,
    refused: Mapping[str, Any] | None,
) -> Row:
    """A verb of the record, with what it asks for."""
    name = _named(kind.collection, verb)
    drawn: Row = {"name": name, "action": f"{path}/do/{verb}", "fields": [], "main": False,
                  "key": None}  # fmt: skip
    if verb not in kind.told:
        return drawn
    again = refused if refused and refused.get("verb") == verb else None
    kept = {n: str(row[n]) for n in kind.kept.get(verb, ()) if row.get(n)}
    values = kept | (dict(again["values"]) if again else {})
    return drawn | {
        "fields": await verb_fields(reader, kind, row, verb, values), "values": values,
        "errors": again["errors"] if again else [], "options": again["options"] if again else {},
        "is_open": again is not None, "can_preview": kind.shapes_access or verb in kind.tried,
    }  # fmt: skip


async def verb_fields(
    reader: Reader, kind: Kind, row: Row, verb: str, values: dict[str, str]
) -> list[Row]:
    """The fields that a verb of the record asks for, laid out."""
    definition = reader.services.registry.actions[f"{kind.collection}.{verb}"]
    fields = await fields_of(reader, definition, kind.told[verb])
    advise = await adviser(reader, kind, row, values)
    return [laid_out(each, with_blank(fields, values), advise) for each in fields]


def _target(reader: Reader, kind: Kind, relation: str) -> str:
    return reader.services.registry.resources[kind.collection].relations[relation].resource


async def _facts(reader: Reader, kind: Kind, row: Row, say: Say) -> list[Row]:
    known = [name for name in kind.facts if _known(reader, kind, row, name)]
    (cells,) = await table(reader, kind.collection, [row], known, say)
    return [
        {"name": name, "cell": cell}
        for name, cell in zip(known, cells, strict=True)
        if cell["kind"] != "none"
    ]


def _known(reader: Reader, kind: Kind, row: Row, name: str) -> bool:
    return name in row or name in reader.services.registry.resources[kind.collection].relations


def _tabs(kind: Kind, row: Row, current: str, first: str, say: Say) -> list[Row]:
    path = place_of(kind, row)
    named = [(each.name, say(each.title)) for each in kind.tabs]
    named += [(each.id, say(each.title)) for each in kind.previews]
    if first == "overview" and kind.tab("overview") is None:
        named.insert(0, ("overview", say("Overview")))
    named.append((ACCESS, say("Access")))
    return [
        {"name": words, "url": path if name == first else f"{path}?tab={name}",
         "current": name == current}
        for name, words in named
    ]  # fmt: skip


async def details(visit: Visit, kind: Kind, key: str) -> Response:
    """`GET {base}/{collection}/{id}/details`: the facts alone, for whoever watches them change."""
    reader = reader_of(visit)
    row = await record_of(reader, kind, key)
    facts = await _facts(reader, kind, row, visit.say)
    told = await custom.facts(visit, kind.collection, row)
    return await visit.fragment("workspace/_facts.html", facts=facts, told=told)


async def lists_of(visit: Visit, kind: Kind, key: str) -> Response:
    """`GET {base}/{collection}/{id}/lists`: the first tab's lists alone."""
    reader = reader_of(visit)
    row = await record_of(reader, kind, key)
    panels = kind.tabs[0].panels if kind.tabs else ()
    drawn = await _panels(visit, reader, kind, row, panels, None)
    return await visit.fragment("workspace/_panels.html", panels=drawn)


# ── Panels ───────────────────────────────────────────────────────────────────────────────────


async def _panels(
    visit: Visit,
    reader: Reader,
    kind: Kind,
    row: Row,
    panels: tuple[Panel, ...],
    refused: Mapping[str, Any] | None,
) -> list[Row]:
    drawn = [panel for panel in panels if reader.may(panel.collection)]
    return list(
        await asyncio.gather(*(_panel(visit, reader, kind, row, panel, refused) for panel in drawn))
    )


async def _panel(
    visit: Visit,
    reader: Reader,
    kind: Kind,
    row: Row,
    panel: Panel,
    refused: Mapping[str, Any] | None,
) -> Row:
    query = {panel.key: str(row[panel.column]), "limit": _ROWS_MOST} | dict(panel.where)
    if panel.sort:
        query["sort"] = panel.sort
    if expand := expansions(reader, panel.collection, panel.columns):
        query["expand"] = expand
    page = await reader.page(panel.collection, query)
    cells = await table(reader, panel.collection, page.data, panel.columns, visit.say)
    for row_shown, line in zip(page.data, cells, strict=True):
        if panel.collection in KINDS and line[0]["kind"] != "link":
            line[0] = heading(row_shown, line[0], url_of(panel.collection, row_shown))
    base = f"{place_of(kind, row)}/panels/{panel.id}"
    again = refused if refused and refused.get("panel") == panel.id else None
    return {
        "id": panel.id, "title": visit.say(panel.title), "none": visit.say(panel.none),
        "columns": panel.columns, "has_more": page.next is not None,
        "rows": [
            {"cells": line, "verbs": verbs}
            for line, verbs in zip(
                cells, await _row_verbs(reader, kind, row, panel, page.data, base), strict=True
            )
        ],
        "form": await _form(reader, kind, row, panel, base, again),
        "enter_url": _enter_url(reader, row, panel),
    }  # fmt: skip


def _enter_url(reader: Reader, row: Row, panel: Panel) -> str | None:
    """Where a new row of the panel is entered, if that has a page of its own."""
    if not panel.enters or not reader.may(panel.collection, "create"):
        return None
    path = kind_of(panel.collection).path
    return f"{path}/new?{urlencode({panel.key: str(row[panel.column])})}"


async def _row_verbs(
    reader: Reader, kind: Kind, row: Row, panel: Panel, rows: list[Row], base: str
) -> list[list[Row]]:
    """What can be done with each row of a panel."""
    own = await reader.reach(kind.collection, row["id"], panel.own_verbs)
    found: list[list[Row]] = []
    for each in rows[:IDS_MOST]:
        is_over = each.get("state") in ("ended", "void")
        asked = (*panel.verbs, *(("update",) if panel.edits else ()))
        may = set() if is_over or not asked else await reader.reach(
            panel.collection, each["id"], asked
        )  # fmt: skip
        named = [
            verb for verb in panel.verbs if verb in may and _is_timely(panel.collection, verb, each)
        ]
        named += [verb for verb in panel.own_verbs if verb in own and _makes_sense(verb, each)]
        found.append(
            [
                {"name": _named(panel.collection, verb), "action": f"{base}/{each['id']}/{verb}"}
                for verb in named
            ]
        )
        if panel.edits and "update" in may and _is_timely(panel.collection, "update", each):
            found[-1].append({"name": "update", "url": f"{url_of(panel.collection, each)}/edit"})
    return found


def _named(collection: str, verb: str) -> str:
    """The code of a verb's words, where those of the collection are others than usual."""
    own = f"{collection}.{verb}"
    return own if own in VERBS else verb


def _is_timely(collection: str, verb: str, row: Row) -> bool:
    """Whether the verb is offered in the state that the row is in."""
    states = KINDS[collection].states if collection in KINDS else {}
    return verb not in states or row.get("state") in states[verb]


def _makes_sense(verb: str, row: Row) -> bool:
    """Nobody is made what they are."""
    done = {"appoint_head": "is_head", "make_primary": "is_primary"}.get(verb)
    return done is None or not row.get(done)


async def _form(
    reader: Reader, kind: Kind, row: Row, panel: Panel, base: str, again: Mapping[str, Any] | None
) -> Row | None:
    """The form that adds to a panel; None for whoever may not."""
    collection = kind.collection if panel.own else panel.collection
    definition = reader.services.registry.actions.get(f"{collection}.{panel.add}")
    if not panel.add or definition is None:
        return None
    if panel.own:
        may = bool(await reader.reach(collection, row["id"], (definition.granted_by,)))
    else:
        may = reader.may(collection, definition.granted_by)
    if not may:
        return None
    fields = await fields_of(reader, definition, panel.asks, panel.narrow)
    values = with_blank(fields, dict(again["values"]) if again else {})
    return {
        "action": base,
        "fields": [laid_out(each, values) for each in fields],
        "values": values,
        "errors": again["errors"] if again else [],
        "options": again["options"] if again else {},
        "is_open": again is not None,
    }
