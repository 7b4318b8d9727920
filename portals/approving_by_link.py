"""Deciding by the link of a letter: looking decides nothing, and only the form's post does."""

from typing import Any

from starlette.responses import Response

from infra.kernel.errors import Problem
from portals.approval_summary import drawn, why
from portals.approving import WORDS
from portals.linked import LinkPage, as_stranger, say, token_of
from portals.pages import page
from portals.visits import Visit
from portals.words import noted

OVER = noted("This has been decided already, or was taken back.")
HAND_ON = "hand_on"
DONE = {
    "approve": noted("You have approved it."),
    "reject": noted("You have rejected it."),
    HAND_ON: noted("You have handed it on."),
}


def _shaped(visit: Visit, told: dict[str, Any]) -> dict[str, Any]:
    seen = drawn(visit, told["kind"], told["summary"])
    return told | {"summary": seen, "why": why(visit.say, told["why"])}


_PAGE = LinkPage(
    "approval_requests.by_link",
    "approve.html",
    "asked",
    lambda _over: OVER,
    renamed=tuple(WORDS.items()),
    shaped=_shaped,
)


async def by_link(visit: Visit) -> Response:
    """`GET /approve?token=…`."""
    return await _PAGE.show(visit, token_of(visit))


async def respond(visit: Visit) -> Response:
    """`POST /approve`: the decision, or who decides instead."""
    token = token_of(visit)
    try:
        form = await visit.form()
        token = form.get("token", "")
        decision, words = form.get("decision", ""), form.get("why", "").strip()
        told = {"token": token, "reason": words}
        if decision == HAND_ON:
            verb, told = "hand_on", told | {"to": form.get("to", "").strip()}
        else:
            verb, told = "respond", told | {"decision": decision}
        await as_stranger(visit).do(f"approval_requests.{verb}", **told)
    except Problem as problem:
        return await _PAGE.show(visit, token, problem)
    return await say(visit, 200, "notice", DONE[decision])


routes = (
    page("/approve", by_link, people="all"),
    page("/approve", respond, methods=("POST",), people="all"),
)
