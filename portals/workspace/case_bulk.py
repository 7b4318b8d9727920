"""Verbs for several cases at once, and taking them back."""

from typing import Any

from starlette.responses import Response

from infra.kernel.errors import Problem
from infra.kernel.ids import parse
from portals.visits import Visit
from portals.workspace.case_views import PATH
from portals.workspace.desk import reader_of
from portals.workspace.reader import Reader, Row
from tenants.redirects import local_path

_BULK_MOST = 50


def bulk_verbs(reader: Reader) -> list[dict[str, str]]:
    """What may be done to several cases at once."""
    names = (("assign_to_me", "assign"), ("wait", "wait"))
    return [{"value": name, "name": name} for name, verb in names if reader.may("cases", verb)]


async def bulk(visit: Visit) -> Response:
    """`POST /workspace/cases/bulk`: the verb for each chosen case; says how many it was for."""
    typed = await visit.form()
    chosen = (await visit.request.form()).getlist("case")
    ids = [key for each in chosen[:_BULK_MOST] if isinstance(each, str) and (key := parse(each))]
    verb = typed.get("do", "")
    rows = await reader_of(visit).by_id("cases", ids)
    done = [str(key) for key in ids if str(key) in rows and await _one(visit, verb, rows[str(key)])]
    notice = _said(visit, verb, len(done), len(ids))
    undo = None
    if done and verb == "assign_to_me":
        before = {key: rows[key] for key in done}
        fields = {f"was-{key}": str(row.get("assigned_to_id") or "") for key, row in before.items()}
        if len(fields) <= 10:  # the word on what happened travels in a cookie
            undo = {"action": f"{PATH}/bulk/undo", "fields": fields}
    return visit.go(local_path(typed.get("next") or PATH), notice=notice, undo=undo)


async def _one(visit: Visit, verb: str, row: Row) -> bool:
    bodies: dict[str, tuple[str, dict[str, Any]]] = {
        "assign_to_me": (
            "cases.assign",
            {
                "assigned_to_id": str(visit.caller.profile_id),
                "assignment_group_id": _text(row.get("assignment_group_id")),
            },
        ),
        "wait": ("cases.wait", {"on": "customer"}),
    }
    if verb not in bodies:
        return False
    action, body = bodies[verb]
    try:
        await visit.ask(action, row["id"], **body)
    except Problem:
        # One case that is closed by now does not keep the others; the count tells.
        return False
    return True


def _text(value: Any) -> str | None:
    return str(value) if value else None


def _said(visit: Visit, verb: str, done: int, of: int) -> str:
    if not of:
        return visit.say("Choose cases first")
    words = {
        "assign_to_me": visit.say("%(done)s of %(all)s cases are yours now"),
        "wait": visit.say("%(done)s of %(all)s cases wait for their customers"),
    }
    return words.get(verb, "%(done)s / %(all)s") % {"done": done, "all": of}


async def undo(visit: Visit) -> Response:
    """Give cases back to whom they were taken from."""
    typed = await visit.form()
    pairs = [(parse(name.removeprefix("was-")), value) for name, value in typed.items()
             if name.startswith("was-")]  # fmt: skip
    rows = await reader_of(visit).by_id("cases", (key for key, _ in pairs if key))
    for key, value in pairs[:_BULK_MOST]:
        row = rows.get(str(key))
        former = parse(value) if value else None
        if row is not None:
            body = {
                "assigned_to_id": _text(former),
                "assignment_group_id": _text(row.get("assignment_group_id")),
            }
            try:
                await visit.ask("cases.assign", row["id"], **body)
            except Problem:
                continue
    return visit.go(PATH, notice=visit.say("Taken back"))
