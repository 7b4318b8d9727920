"""Where the link of a survey's letter leads: how it was, asked of whoever holds the link."""

from typing import Any

from starlette.responses import Response

from infra.kernel.errors import Fault, Problem
from portals.linked import LinkPage, as_stranger, say, token_of
from portals.pages import page
from portals.visits import Visit
from portals.words import noted

ANSWERED = noted("This was answered already.")
OVER = noted("The time to answer is over.")
THANKS = noted("Thank you. We read it.")

_PAGE = LinkPage(
    "survey_invitations.form_by_link",
    "survey.html",
    "survey",
    lambda over: ANSWERED if over.type == "survey-answered" else OVER,
)
_YES_NO = {"yes": True, "no": False}


async def survey_page(visit: Visit) -> Response:
    """`GET /survey?token=…`: the questions."""
    return await _PAGE.show(visit, token_of(visit))


async def respond(visit: Visit) -> Response:
    """`POST /survey`: take the answer down, once."""
    token = token_of(visit)
    try:
        form = await visit.form()
        token = form.get("token", "")
        asked = await _PAGE.read(visit, token)
        body = body_of(asked["questions"], form)
        await as_stranger(visit).do("survey_invitations.respond", token=token, **body)
    except Problem as problem:
        return await _PAGE.show(visit, token, placed(problem))
    return await say(visit, 200, "notice", THANKS)


def body_of(questions: list[dict[str, Any]], form: dict[str, str]) -> dict[str, Any]:
    """The answer as the API takes it."""
    score = form.get("score", "")
    return {
        "comment": form.get("comment", "").strip(), "answers": _answers(questions, form),
        **({"score": int(score)} if score in {*"12345"} else {}),
    }  # fmt: skip


def placed(problem: Problem) -> Problem:
    """The faults of answers at the questions that they answer."""
    problem.faults = tuple(
        Fault(fault.pointer.replace("/answers/", "/q-", 1), fault.code, fault.message)
        for fault in problem.faults
    )
    return problem


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
