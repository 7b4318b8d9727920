"""Deciding by the link of a letter, once and without signing in. Looking decides nothing."""

from typing import Annotated, Literal

from annotated_types import MaxLen
from pydantic import BaseModel

from backend.platform.approvals.deciding import Decider, decide
from backend.platform.approvals.errors import ApprovalOver
from backend.platform.approvals.events import ApprovalGranted, ApprovalRefused
from backend.platform.approvals.links import Bearer, bearer_of
from backend.platform.approvals.models import (
    Approval,
    ApprovalRequest,
    Door,
    RequestState,
    SeatState,
)
from backend.platform.approvals.resources import approval_requests
from backend.platform.approvals.summary import Summary, summary_of
from backend.platform.automations.acting import callers_for
from infra.kernel.actions import action
from infra.kernel.columns import Text
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid

Token = Annotated[str, MaxLen(300)]
Words = Annotated[Text, MaxLen(4_000)]
_WORD = {"approve": SeatState.APPROVED, "reject": SeatState.REJECTED}


class LinkedApproval(BaseModel):
    """What somebody is asked who holds a link."""

    number: str
    kind: str
    subject: str
    note: str
    requester_name: str
    approver_name: str
    for_name: str | None
    """Whose deputy the bearer is in this."""
    why: str
    summary: Summary


class Decided(BaseModel):
    """What was taken down."""

    decision: Literal["approve", "reject"]


@action(approval_requests, on="collection", name="by_link", verb="respond")
async def by_link(ctx: Context, *, token: Token) -> LinkedApproval:
    """What a link asks; looking does not use it up."""
    bearer = await bearer_of(ctx, token)
    row = bearer.seat
    request: ApprovalRequest = await ctx.find(approval_requests, row.request_id)
    require_open(row, request)
    reader = (await callers_for(ctx, [bearer.person["id"]])).get(bearer.person["id"])
    seen = await summary_of(ctx, request, reader, bearer.person["locale"] or "en")
    return LinkedApproval(
        number=request.number or "",
        kind=request.kind,
        subject=request.subject,
        note=request.note,
        requester_name=request.requester_name,
        approver_name=bearer.person["name"],
        for_name=row.approver_name if bearer.is_deputy else None,
        why=row.why,
        summary=seen,
    )


@action(
    approval_requests, on="collection", name="respond", emits=(ApprovalGranted, ApprovalRefused)
)
async def respond(
    ctx: Context, *, token: Token, decision: Literal["approve", "reject"], reason: Words = ""
) -> Decided:
    """Decide with the link from the letter, once and without signing in."""
    if decision == "reject" and not reason.strip():
        raise Invalid([Fault("/reason", "missing", "say why")])
    request, bearer = await bear(ctx, token)
    row, person = bearer.seat, bearer.person
    who = Decider(person["id"], person["user_id"], person["name"], person["kind"], Door.LINK)
    await decide(ctx, request, who, _WORD[decision], reason=reason, only=row)
    return Decided(decision=decision)


async def bear(ctx: Context, token: str) -> tuple[ApprovalRequest, Bearer]:
    """The question, locked, and who holds the link and acts by it from now on; raises Invalid,
    ApprovalOver."""
    row = (await bearer_of(ctx, token)).seat
    request: ApprovalRequest = await ctx.find(approval_requests, row.request_id, lock=True)
    # Once more, now that nobody else can use the link up.
    bearer = await bearer_of(ctx, token)
    require_open(bearer.seat, request)
    ctx.actor = {
        "kind": bearer.person["kind"],
        "user_id": str(bearer.person["user_id"]),
        "profile_id": str(bearer.person["id"]),
        "name": bearer.person["name"],
        "door": "link",
    }
    return request, bearer


def require_open(row: Approval, request: ApprovalRequest) -> None:
    """Raises ApprovalOver."""
    if row.state is not SeatState.OPEN or request.state is not RequestState.PENDING:
        raise ApprovalOver("this has been decided, or taken back")
