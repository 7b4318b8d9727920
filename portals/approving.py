"""Approvals on pages: what waits for me, one question with its story, and the link of a letter.

The same pages serve staff and customers, each in the frame of their own door.
"""

from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from infra.kernel.errors import NotFound, Problem
from portals.approval_summary import drawn, why
from portals.pages import page
from portals.visits import Visit
from portals.words import noted
from portals.workspace.desk import show
from portals.workspace.records.kinds import url_of

WORDS = dict.fromkeys(("reason", "comment", "question", "text"), "why")
"""What the verbs call the one field for words."""
_MINE_MOST = "20"
ALWAYS = "always"
"""Why a level is asked that needs no saying."""
_VERBS = {
    "approve": noted("Approved."),
    "reject": noted("Rejected."),
    "ask": noted("Your question is sent."),
    "answer": noted("Your answer is sent."),
    "reassign": noted("Handed on."),
    "recall": noted("Taken back."),
}


async def index(visit: Visit) -> Response:
    """`GET /approvals`: what waits for me, what I asked for, who stands in."""
    return await index_page(visit)


async def index_page(visit: Visit, problem: Problem | None = None) -> Response:
    """The page, again with what was refused."""
    waiting = await visit.ask("approvals.waiting", limit=100)
    mine = await visit.list(
        "approval_requests", requested_by_id=str(visit.caller.profile_id), limit=_MINE_MOST,
        fields="id,number,subject,state,requested_at",
    )  # fmt: skip
    deputies = await visit.list(
        "approval_deputies", limit="20", ends_at__gt=datetime.now(UTC).isoformat()
    )
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
        "errors": visit.errors(problem, **WORDS) if problem else [],
    }
    status = problem.status if problem else 200
    if visit.caller.audience == "staff":
        return await show(visit, f"workspace/{name}", status=status, here="approvals", **values)
    return await visit.page(f"portal/{name}", status=status, **values)


async def _people(visit: Visit) -> list[dict[str, str]]:
    """Whom one could hand a question on to, or name as a deputy."""
    told = await visit.ask("approvals.colleagues")
    return [{"value": each["profile_id"], "label": each["name"]} for each in told["items"]]


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
    seen = await visit.ask("approval_requests.summary", key, locale=visit.locale)
    is_mine = str(told["requested_by_id"]) == str(visit.caller.profile_id)
    return await _shown(
        visit,
        "approval.html",
        problem,
        asked={
            "number": told["number"], "subject": told["subject"], "state": told["state"],
            "note": told["note"], "requester": told["requester_name"],
            "reason": why(visit.say, told["reason"] or ""),
            "requested_at": told["requested_at"], "waits_for_answer": told["waits_for_answer"],
            "failure": told.get("failure"), "url": f"/approvals/{told['number']}",
            "record_url": await _record_url(visit, told), "what": told["action"],
        },
        seen=drawn(visit, told["kind"], seen),
        can_decide=mine is not None,
        for_name=mine["for_name"] if mine else None,
        can_recall=is_mine and told["state"] == "pending",
        can_answer=is_mine and told["state"] == "pending" and told["waits_for_answer"],
        levels=_levels(steps.data, seats.data),
        story=[
            {
                "what": each["what"], "by": each["by_name"] or None, "for": each["for_name"],
                "text": why(visit.say, each["text"]), "at": each["created_at"],
            }
            for each in story.data
        ],
        people=await _people(visit) if mine else [],
    )  # fmt: skip


def _levels(steps: list[Any], seats: list[Any]) -> list[dict[str, Any]]:
    return [
        {
            "level": step["level"], "name": step["name"], "state": step["state"],
            "why": _why(step), "due_at": step["due_at"],
            "is_overdue": bool(step["overdue_at"]),
            "people": [
                {"name": seat["approver_name"], "state": seat["state"], "why": seat["why"]}
                for seat in seats
                if seat["step_id"] == step["id"] and seat["state"] != "moved"
            ],
        }
        for step in steps
    ]  # fmt: skip


def _why(step: Any) -> str:
    """The condition by which a level is asked, for whoever may know it."""
    told = step.get("why") or ""
    return "" if told == ALWAYS else told


async def _record_url(visit: Visit, told: dict[str, Any]) -> str | None:
    """Where the record is shown, for whoever may see it."""
    is_staff = visit.caller.audience == "staff"
    try:
        row = await visit.read(told["kind"], told["record_id"])
    except Problem:
        return None
    if is_staff:
        return url_of(told["kind"], row)
    return f"/cases/{row['number']}" if told["kind"] == "cases" else None


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


routes = (
    page("/approvals", index),
    page("/approvals/{number}", question),
    page("/approvals/{number}/do/{verb}", deed, methods=("POST",)),
)
