"""Where the link of a survey's letter leads: how it was, asked of whoever holds the link."""

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from infra.kernel.errors import Conflict, Invalid, Problem
from portals.pages import page
from portals.visits import Visit
from portals.words import noted

ANSWERED = noted("This was answered already.")
OVER = noted("The time to answer is over.")
NOT_GOOD = noted("This link is not valid, or no longer.")
THANKS = noted("Thank you. We read it.")

_YES_NO = {"yes": True, "no": False}


async def survey_page(visit: Visit) -> Response:
    """The questions; looking at them does not use the link up."""
    return await _show(visit, visit.word("token", 300))


async def respond(visit: Visit) -> Response:
    """Take the answer down, once."""
    token = visit.word("token", 300)
    try:
        form = await visit.form()
        token = form.get("token", "")
        stranger = _as_stranger(visit)
        asked = await stranger.ask("survey_invitations.form_by_link", token=token)
        score = form.get("score", "")
        await stranger.do(
            "survey_invitations.respond",
            token=token,
            comment=form.get("comment", "").strip(),
            answers=_answers(asked["questions"], form),
            **({"score": int(score)} if score in {*"12345"} else {}),
        )
    except Problem as problem:
        return await _show(visit, token, problem)
    return await _say(visit, 200, "notice", THANKS)


async def _show(visit: Visit, token: str, problem: Problem | None = None) -> Response:
    try:
        asked = await _as_stranger(visit).ask("survey_invitations.form_by_link", token=token)
    except Conflict as over:
        answered = over.type == "survey-answered"
        text = ANSWERED if answered else OVER
        return await _say(visit, 409, "notice", text)
    except Invalid:
        return await _say(visit, 404, "404", NOT_GOOD)
    return await visit.page(
        "survey.html",
        status=problem.status if problem else 200,
        token=token,
        survey=asked,
        values=visit.typed,
        errors=visit.errors(problem) if problem else [],
    )


async def _say(visit: Visit, status: int, kind: str, text: str) -> Response:
    return await visit.page(
        "message.html",
        status=status,
        kind=kind,
        title=visit.say(text),
        text=visit.say("You can close this page."),
        action=None,
        request_id=None,
    )


def _as_stranger(visit: Visit) -> Visit:
    """The link says enough, whoever is signed in in this browser."""
    return replace(visit, visitor=None)


def _answers(questions: list[dict[str, Any]], form: dict[str, str]) -> dict[str, Any]:
    """What was typed, as the API takes it."""
    found: dict[str, Any] = {}
    for question in questions:
        typed = form.get(f"q-{question['key']}", "").strip()
        if not typed:
            continue
        value: Any = typed
        if question["kind"] == "rating" and typed in {*"12345"}:
            value = int(typed)
        elif question["kind"] == "yes_no":
            value = _YES_NO.get(typed, typed)
        found[question["key"]] = value
    return found


routes = (
    page("/survey", survey_page, people="all"),
    page("/survey", respond, methods=("POST",), people="all"),
)
