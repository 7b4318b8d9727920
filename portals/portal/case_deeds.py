"""What customers do with their cases: write, close, take up again, rate, watch, send a draft."""

from typing import Any

from starlette.responses import Response

from infra.kernel.errors import NotFound, Problem
from portals import uploads
from portals.pages import page
from portals.portal.cases import refused
from portals.visits import Visit
from portals.words import noted

_SIMPLE = {
    "close": noted("Good. The case is closed."),
    "submit": noted("We have it and write to you."),
    "cancel": noted("You have taken it back."),
    "watch": noted("We write to you when something happens here."),
    "unwatch": noted("We write to you about this no more."),
}
"""Verbs that ask for nothing, and what is said of them."""


async def comment(visit: Visit) -> Response:
    """Write to us, with files."""
    try:
        form = await visit.form()
        told = await visit.read("cases", visit.path["number"], fields="id")
        kept = await uploads.keep(visit, visit.files)
        await visit.do("cases.comment", told["id"], body=form.get("body", "").strip())
        if not visit.is_repeat:
            await uploads.attach(visit, kept, "cases", str(told["id"]))
    except Problem as problem:
        return await refused(visit, problem)
    return visit.go(f"/cases/{visit.path['number']}")


async def simply(visit: Visit) -> Response:
    """`POST /cases/{number}/do/{verb}`: it works, it is sent, it is watched, nobody needs it."""
    verb = visit.path["verb"]
    if verb not in _SIMPLE:
        raise NotFound("there is no such verb")
    return await _do(visit, verb)


async def close(visit: Visit) -> Response:
    """It works."""
    return await _do(visit, "close")


async def _do(visit: Visit, verb: str) -> Response:
    try:
        await visit.form()
        await visit.do(f"cases.{verb}", visit.path["number"])
    except Problem as problem:
        return await refused(visit, problem)
    return visit.go(f"/cases/{visit.path['number']}", notice=visit.say(_SIMPLE[verb]))


async def reopen(visit: Visit) -> Response:
    """It does not work, or not any more. Where that comes too late for the case itself, it leads to
    the case that follows."""
    number = visit.path["number"]
    try:
        form = await visit.form()
        words = form.get("reason", "").strip()
        told = await visit.do("cases.reopen", number, **({"reason": words} if words else {}))
    except Problem as problem:
        return await refused(visit, problem)
    if str(told.get("number") or number) != number:
        notice = visit.say(
            noted("%(number)s was too long ago, so this is a new case that follows.")
        )
        return visit.go(f"/cases/{told['number']}", notice=notice % {"number": number})
    return visit.go(f"/cases/{number}", notice=visit.say(noted("The case is open again.")))


async def rate(visit: Visit) -> Response:
    """How we did, from 1 to 5."""
    try:
        form = await visit.form()
        score = form.get("score", "")
        given: dict[str, Any] = {"rating": int(score)} if score in {*"12345"} else {}
        body = given | {"comment": form.get("comment", "").strip()}
        await visit.do("cases.rate", visit.path["number"], **body)
    except Problem as problem:
        return await refused(visit, problem)
    return visit.go(f"/cases/{visit.path['number']}", notice=visit.say("Thank you. We read it."))


routes = (
    page("/cases/{number}/comments", comment, methods=("POST",), people="portal"),
    page("/cases/{number}/close", close, methods=("POST",), people="portal"),
    page("/cases/{number}/reopen", reopen, methods=("POST",), people="portal"),
    page("/cases/{number}/rating", rate, methods=("POST",), people="portal"),
    page("/cases/{number}/do/{verb}", simply, methods=("POST",), people="portal"),
)
