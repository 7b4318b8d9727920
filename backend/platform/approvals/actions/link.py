"""Deciding by the link of a letter, once and without signing in. Looking decides nothing."""

from typing import Annotated, Literal

from annotated_types import MaxLen
from pydantic import BaseModel

from backend.platform.approvals import queries
from backend.platform.approvals.deciding import Decider, decide
from backend.platform.approvals.errors import ApprovalOver
from backend.platform.approvals.events import ApprovalGranted, ApprovalRefused
from backend.platform.approvals.models import (
    Approval,
    ApprovalRequest,
    Door,
    RequestState,
    SeatState,
)
from backend.platform.approvals.resources import approval_requests, approvals
from infra.kernel.actions import action
from infra.kernel.columns import Text
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from tenants import tokens

Token = Annotated[str, MaxLen(300)]
Words = Annotated[Text, MaxLen(4_000)]
_WORD = {"approve": SeatState.APPROVED, "reject": SeatState.REJECTED}


class LinkedApproval(BaseModel):
    """What somebody is asked who holds a link."""

    number: str
    subject: str
    note: str
    requester_name: str
    approver_name: str
    why: str


class Decided(BaseModel):
    """What was taken down."""

    decision: Literal["approve", "reject"]


@action(approval_requests, on="collection", name="by_link", verb="respond")
async def by_link(ctx: Context, *, token: Token) -> LinkedApproval:
    """What a link asks; looking does not use it up."""
    row = await seat_of(ctx, token)
    request: ApprovalRequest = await ctx.find(approval_requests, row.request_id)
    require_open(row, request)
    return LinkedApproval(
        number=request.number or "",
        subject=request.subject,
        note=request.note,
        requester_name=request.requester_name,
        approver_name=row.approver_name,
        why=row.why,
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
    row = await seat_of(ctx, token)
    request: ApprovalRequest = await ctx.find(approval_requests, row.request_id, lock=True)
    row = await seat_of(ctx, token)
    require_open(row, request)
    person = (await queries.people(ctx, [row.approver_id]))[row.approver_id]
    who = Decider(row.approver_id, person["user_id"], person["name"], person["kind"], Door.LINK)
    ctx.actor = {
        "kind": person["kind"],
        "user_id": str(person["user_id"]),
        "profile_id": str(row.approver_id),
        "name": person["name"],
        "door": "link",
    }
    await decide(ctx, request, who, _WORD[decision], reason=reason, only=row)
    return Decided(decision=decision)


async def seat_of(ctx: Context, text: str) -> Approval:
    """The seat of a good link whose bearer still has access; one answer for all others."""
    token = tokens.parse(text, "approval")
    row: Approval | None = None
    if token is not None and token.tenant_id == ctx.tenant_id:
        row = await ctx.find(approvals, token.row_id)
    if row is None or row.token_hash is None or not tokens.same(row.token_hash, text):
        raise _spent()
    if row.token_expires_at is None or row.token_expires_at <= ctx.now:
        raise _spent()
    person = (await queries.people(ctx, [row.approver_id])).get(row.approver_id)
    if person is None:
        raise _spent()
    if row.group_id is not None and not await queries.members(
        ctx, row.group_id, [person["user_id"]]
    ):
        raise _spent()
    return row


def require_open(row: Approval, request: ApprovalRequest) -> None:
    """Raises ApprovalOver."""
    if row.state is not SeatState.OPEN or request.state is not RequestState.PENDING:
        raise ApprovalOver("this has been decided, or taken back")


def _spent() -> Invalid:
    return Invalid([Fault("/token", "spent", "this link is not valid, or no longer")])
