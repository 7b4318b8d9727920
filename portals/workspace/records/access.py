"""Why somebody may see a record: the very ways that decide, in words, and who holds what on it."""

from typing import Any

from infra.kernel.errors import Forbidden, NotFound
from infra.kernel.explaining import AccessExplanation, explain
from portals.faults import Say
from portals.visits import Visit
from portals.workspace.colleagues import names_of
from portals.workspace.reader import Reader, Row
from portals.workspace.records.cells import label_of, table
from portals.workspace.records.finding import found
from portals.workspace.records.shapes import Kind

_HOLDS_MOST = "100"
_HELD = "held:"
"""How the names of ways along responsibilities begin."""


async def access_of(visit: Visit, reader: Reader, kind: Kind, row: Row) -> Row:
    """The panel "Access": one's own access, or for an admin anybody's, and the holds."""
    is_admin = "admin" in reader.caller.roles
    words = visit.word("person") if is_admin else ""
    near = await _people(reader, words) if words else []
    chosen = near[0] if len(near) == 1 else None
    subject = {chosen["by"]: chosen["id"]} if chosen else {}
    told = await _explained(visit, kind, row, subject) if not words or chosen else None
    return {
        "is_admin": is_admin, "words": words, "name": chosen["label"] if chosen else None,
        "choices": [{"label": each["label"], "url": f"?tab=access&person={each['label']}"}
                    for each in near] if not chosen else [],
        "is_unknown": bool(words) and not near,
        "told": told and await _told(reader, told, visit.say),
        "holds": await _holds(reader, kind, row, visit.say),
    }  # fmt: skip


async def _explained(
    visit: Visit, kind: Kind, row: Row, subject: dict[str, str]
) -> AccessExplanation | None:
    try:
        return await explain(
            visit.services, visit.caller, kind.collection, str(row["id"]), dict(subject)
        )
    except (NotFound, Forbidden):
        return None


async def _people(reader: Reader, words: str) -> list[Row]:
    """Whom an admin may mean: colleagues by their profile, others by their user."""
    colleagues = [each | {"by": "profile"} for each in await found(reader, "profiles", words)]
    exact = [each for each in colleagues if each["label"].casefold() == words.casefold()]
    if len(exact) == 1:
        return exact
    others = [each | {"by": "user"} for each in await found(reader, "users", words)]
    known = {each["label"] for each in colleagues}
    others = [each for each in others if each["label"] not in known]
    named = [each for each in others if each["label"].casefold() == words.casefold()]
    return named if len(named) == 1 and not colleagues else colleagues + others


async def _told(reader: Reader, told: AccessExplanation, say: Say) -> Row:
    grants = []
    anchors = await _anchor_names(reader, told)
    for link in told.grants:
        by_role, by_hold = say("By the role %(name)s"), say("By the responsibility %(name)s")
        words = by_hold if link.path.startswith(_HELD) else by_role
        grants.append({
            "title": words % {"name": link.source.replace("_", " ")},
            "relation": link.relation, "verbs": link.verbs, "columns": link.columns,
            "holds": [{"name": hold.responsibility,
                       "on": anchors.get(str(hold.anchor_id)) or hold.anchor_kind,
                       "by": hold.source_kind.replace("_", " ")} for hold in link.holds],
        })  # fmt: skip
    return {"allowed": told.allowed, "grants": grants}


async def _anchor_names(reader: Reader, told: AccessExplanation) -> dict[str, str]:
    wanted: dict[str, set[str]] = {}
    for link in told.grants:
        for hold in link.holds:
            wanted.setdefault(hold.anchor_kind, set()).add(str(hold.anchor_id))
    names: dict[str, str] = {}
    for collection, ids in wanted.items():
        if collection == "profiles":
            names |= await names_of(reader, ids)
        elif collection in reader.services.registry.resources:
            rows = await reader.by_id(collection, ids)
            names |= {key: label_of(row) or key for key, row in rows.items()}
    return names


async def _holds(reader: Reader, kind: Kind, row: Row, say: Say) -> list[list[Row]]:
    """Who holds which responsibility on this very record, for those who may know."""
    query: dict[str, Any] = {
        "anchor_kind": kind.collection, "anchor_id": str(row["id"]), "limit": _HOLDS_MOST,
        "expand": "responsibility",
    }  # fmt: skip
    rows = await reader.rows("held_responsibilities", query)
    return await table(reader, "held_responsibilities", rows, ("holder", "responsibility"), say)
