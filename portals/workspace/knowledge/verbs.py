"""The buttons of an article: given to its readers, looked over, taken back."""

from typing import Any

from starlette.responses import Response

from infra.kernel.errors import Conflict, Invalid, NotFound
from portals.visits import Visit
from portals.words import noted
from portals.workspace.knowledge.article import drawn
from portals.workspace.knowledge.beside import PATH, VERBS, WORDED, zone_of
from portals.workspace.records.typed import moment_of


async def deed(visit: Visit) -> Response:
    """`POST /workspace/knowledge/{number}/do/{verb}`."""
    number, name = visit.path["number"], visit.path["verb"]
    if name not in {*VERBS, "comment", "restore"}:
        raise NotFound("there is no such verb")
    try:
        await visit.do(
            f"articles.{name}", number, **_body(name, await visit.form(), zone_of(visit))
        )
    except (Conflict, Invalid) as refused:
        return await drawn(visit, visit.errors(refused), status=refused.status)
    return visit.go(f"{PATH}/{number}", notice=visit.say(_SAID.get(name, "Done")))


def _body(name: str, typed: dict[str, str], zone: str) -> dict[str, Any]:
    if name == "schedule":
        return {"publish_at": moment_of(typed.get("publish_at", ""), zone)}
    if name == "comment":
        return {"body": typed.get("body", "").strip()}
    if name == "restore":
        edition = typed.get("edition", "")
        return {"edition": int(edition) if edition.isdigit() else edition}
    message = typed.get("message", "").strip()
    return {"message": message} if name in WORDED and (message or WORDED[name]) else {}


_SAID = {
    "publish": noted("Readers have it now"),
    "retire": noted("Taken from readers"),
    "schedule": noted("It goes out by itself"),
    "unschedule": noted("It does not go out by itself"),
    "request_review": noted("Somebody will look over it"),
    "approve": noted("Approved, word for word"),
    "request_changes": noted("Sent back to its author"),
    "restore": noted("The old text waits to be published again"),
}
