"""Approvals on pages: what waits for me, one question with its story, and the link of a letter.

The same pages serve staff and customers, each in the frame of their own door.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.responses import Response

from infra.kernel.errors import Conflict, Fault, Invalid, NotFound, Problem
from portals.pages import page
from portals.visits import Visit
from portals.words import noted
from portals.workspace.desk import show

_RECORDS = {
    "cases": ("/workspace/cases/", "/cases/"),
    "catalog_requests": (None, None),
}
_RENAMED = dict.fromkeys(("reason", "comment", "question", "text"), "why")
"""What the verbs call the one field for words."""
_MINE_MOST = "20"
_VERBS = {
    "approve": noted("Approved."),
    "reject": noted("Rejected."),
    "ask": noted("Your question is sent."),
    "answer": noted("Your answer is sent."),
    "reassign": noted("Handed on."),
    "recall": noted("Taken back."),
}
OVER = noted("This has been decided already, or was taken back.")
NOT_GOOD = noted("This link is not valid, or no longer.")
DECIDED = {"approve": noted("You have approved it."), "reject": noted("You have rejected it.")}


async def index(visit: Visit) -> Response:
    """`GET /approvals`: what waits for me, what I asked for, who stands in."""
    return await _index(visit)


async def _index(visit: Visit, problem: Problem | None = None) -> Response:
    waiting = await visit.ask("approvals.waiting", limit=100)
    mine = await visit.list(
        "approval_requests", requested_by_id=str(visit.caller.profile_id), limit=_MINE_MOST,
        fields="id,number,subject,state,requested_at",
    )  # fmt: skip
    deputies = await visit.list("approval_deputies", limit="20", ends_at__gt=_now().isoformat())
    return await _shown(
        visit,
        "approvals.html",
        problem,
        count=waiting["count"],
        waiting=[each | {"url": f"/approvals/{each['number']}"} for each in waiting["items"]],
        mine=[each | {"url": f"/approvals/{each['number']}"} for each in mine.data],
        deputies=[
            {
                "id": str(each["id"]), "principal": each["principal_name"],
                "deputy": each["deputy_name"], "starts_at": each["starts_at"],
                "ends_at": each["ends_at"], "reason": each["reason"], "active": each["active"],
                "is_mine": str(each["principal_id"]) == str(visit.caller.profile_id),
            }
            for each in deputies.data
        ],
        people=await _people(visit),
    )  # fmt: skip


async def _shown(
    visit: Visit, name: str, problem: Problem | None = None, **values: Any
) -> Response:
    """The page in the frame of the reader's door."""
    values |= {
        "values": visit.typed,
        "errors": visit.errors(problem, **_RENAMED) if problem else [],
    }
    status = problem.status if problem else 200
    if visit.caller.audience == "staff":
        return await show(visit, f"workspace/{name}", status=status, here="approvals", **values)
    return await visit.page(f"portal/{name}", status=status, **values)


async def _people(visit: Visit) -> list[dict[str, str]]:
    """Whom one could hand a question on to, as far as the reader may see people."""
    if not visit.may("profiles", "read"):
        return []
    query = {"kind": "staff"} if visit.caller.audience == "staff" else {}
    found = await visit.list("profiles", limit="200", state="active", expand="user", **query)
    mine = str(visit.caller.user_id)
    people = {
        str(row["user_id"]): {"value": str(row["id"]), "label": str(row["user"]["name"])}
        for row in found.data
        if row.get("user") and str(row["user_id"]) != mine
    }
    return sorted(people.values(), key=lambda each: each["label"].casefold())


def _now() -> datetime:
    return datetime.now(UTC)


async def question(visit: Visit) -> Response:
    """`GET /approvals/{number}`."""
    return await _question(visit)


async def _question(visit: Visit, problem: Problem | None = None) -> Response:
    told = await visit.read("approval_requests", visit.path["number"])
    key = str(told["id"])
    steps = await visit.list("approval_steps", request_id=key, limit="100")
    seats = await visit.list("approvals", request_id=key, limit="200")
    story = await visit.list("approval_entries", request_id=key, limit="200")
    waiting = await visit.ask("approvals.waiting", limit=200)
    mine = next((each for each in waiting["items"] if each["request_id"] == key), None)
    is_mine = str(told["requested_by_id"]) == str(visit.caller.profile_id)
    return await _shown(
        visit,
        "approval.html",
        problem,
        asked={
            "number": told["number"], "subject": told["subject"], "state": told["state"],
            "note": told["note"], "requester": told["requester_name"], "reason": told["reason"],
            "requested_at": told["requested_at"], "waits_for_answer": told["waits_for_answer"],
            "failure": told.get("failure"), "url": f"/approvals/{told['number']}",
            "record_url": await _record_url(visit, told), "what": told["action"],
            "facts": await _facts(visit, told),
        },
        can_decide=mine is not None,
        for_name=mine["for_name"] if mine else None,
        can_recall=is_mine and told["state"] == "pending",
        can_answer=is_mine and told["state"] == "pending" and told["waits_for_answer"],
        levels=_levels(steps.data, seats.data),
        story=[
            {
                "what": each["what"], "by": each["by_name"] or None, "for": each["for_name"],
                "text": each["text"], "at": each["created_at"],
            }
            for each in story.data
        ],
        people=await _people(visit) if mine else [],
    )  # fmt: skip


def _levels(steps: list[Any], seats: list[Any]) -> list[dict[str, Any]]:
    return [
        {
            "level": step["level"], "name": step["name"], "state": step["state"],
            "why": step.get("why") or "", "due_at": step["due_at"],
            "is_overdue": bool(step["overdue_at"]),
            "people": [
                {"name": seat["approver_name"], "state": seat["state"], "why": seat["why"]}
                for seat in seats
                if seat["step_id"] == step["id"] and seat["state"] != "moved"
            ],
        }
        for step in steps
    ]  # fmt: skip


async def _record_url(visit: Visit, told: dict[str, Any]) -> str | None:
    """Where the record is shown, for whoever may see it."""
    at_desk, in_portal = _RECORDS.get(told["kind"], (None, None))
    base = at_desk if visit.caller.audience == "staff" else in_portal
    if base is None:
        return None
    try:
        row = await visit.read(told["kind"], told["record_id"], fields="id,number")
    except Problem:
        return None
    return f"{base}{row['number']}"


async def _facts(visit: Visit, told: dict[str, Any]) -> list[dict[str, str]]:
    """What was answered, where it is a request from the catalogue that the reader may see."""
    if told["kind"] != "catalog_requests":
        return []
    try:
        row = await visit.read("catalog_requests", told["record_id"])
    except Problem:
        return []
    said = row["answers"]
    return [
        {"label": field["label"], "text": _said(visit, said[field["name"]])}
        for field in row["form"]
        if field["name"] in said
    ]


def _said(visit: Visit, answer: Any) -> str:
    if isinstance(answer, bool):
        return visit.say(noted("Yes")) if answer else visit.say(noted("No"))
    return ", ".join(answer) if isinstance(answer, list) else str(answer)


async def deed(visit: Visit) -> Response:
    """`POST /approvals/{number}/do/{verb}`."""
    number, verb = visit.path["number"], visit.path["verb"]
    if verb not in _VERBS:
        raise NotFound("there is no such verb")
    try:
        form = await visit.form()
        await visit.do(f"approval_requests.{verb}", number, **_body(verb, form))
    except NotFound:
        raise
    except Problem as refused:
        return await _question(visit, refused)
    back = "/approvals" if verb in {"approve", "reject", "reassign"} else f"/approvals/{number}"
    return visit.go(back, notice=visit.say(_VERBS[verb]))


def _body(verb: str, form: dict[str, str]) -> dict[str, str]:
    words = form.get("why", "").strip()
    match verb:
        case "approve":
            return {"comment": words}
        case "reject" | "recall":
            return {"reason": words}
        case "ask":
            return {"question": words}
        case "answer":
            return {"text": words}
    return {"to_id": form.get("to_id", ""), "reason": words}


async def appoint(visit: Visit) -> Response:
    """`POST /approvals/deputies`: whole days, in the reader's own zone as UTC days."""
    try:
        form = await visit.form()
        first, last = _day(form, "starts_on"), _day(form, "ends_on")
        await visit.do(
            "approval_deputies.create",
            deputy_id=form.get("deputy_id", ""),
            starts_at=max(first, _now()).isoformat(),
            ends_at=(last + timedelta(days=1)).isoformat(),
            reason=form.get("why", "").strip(),
        )
    except Problem as refused:
        return await _index(visit, refused)
    return visit.go("/approvals#deputies", notice=visit.say(noted("Your deputy is named.")))


def _day(form: dict[str, str], name: str) -> datetime:
    try:
        return datetime.fromisoformat(form.get(name, "")[:10]).replace(tzinfo=UTC)
    except ValueError:
        raise Invalid([Fault(f"/{name}", "missing", "name a day")]) from None


async def dismiss(visit: Visit) -> Response:
    """`POST /approvals/deputies/{id}/end`."""
    await visit.form()
    await visit.do("approval_deputies.end", visit.path["id"])
    return visit.go("/approvals#deputies", notice=visit.say(noted("That is ended.")))


# ── By the link of a letter ──────────────────────────────────────────────────────────────────


async def by_link(visit: Visit) -> Response:
    """`GET /approve?token=…`: looking decides nothing."""
    return await _linked(visit, visit.word("token", 300))


async def respond(visit: Visit) -> Response:
    """`POST /approve`: the decision."""
    token = visit.word("token", 300)
    try:
        form = await visit.form()
        token = form.get("token", "")
        decision = form.get("decision", "")
        await replace(visit, visitor=None).do(
            "approval_requests.respond",
            token=token, decision=decision, reason=form.get("why", "").strip(),
        )  # fmt: skip
    except Problem as problem:
        return await _linked(visit, token, problem)
    return await _say(visit, 200, "notice", DECIDED[decision])


async def _linked(visit: Visit, token: str, problem: Problem | None = None) -> Response:
    try:
        asked = await replace(visit, visitor=None).ask("approval_requests.by_link", token=token)
    except Conflict:
        return await _say(visit, 409, "notice", OVER)
    except Invalid:
        return await _say(visit, 404, "404", NOT_GOOD)
    return await visit.page(
        "approve.html",
        status=problem.status if problem else 200,
        token=token,
        asked=asked,
        values=visit.typed,
        errors=visit.errors(problem, **_RENAMED) if problem else [],
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


routes = (
    page("/approve", by_link, people="all"),
    page("/approve", respond, methods=("POST",), people="all"),
    page("/approvals", index),
    page("/approvals/deputies", appoint, methods=("POST",)),
    page("/approvals/deputies/{id:uuid}/end", dismiss, methods=("POST",)),
    page("/approvals/{number}", question),
    page("/approvals/{number}/do/{verb}", deed, methods=("POST",)),
)
