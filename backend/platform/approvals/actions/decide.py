"""Saying yes or no, signed in."""

from typing import Annotated

from annotated_types import MaxLen, MinLen

from backend.platform.approvals.deciding import decide, decider_of
from backend.platform.approvals.events import ApprovalGranted, ApprovalRefused
from backend.platform.approvals.models import ApprovalRequest, SeatState
from backend.platform.approvals.resources import approval_requests
from infra.kernel.actions import action
from infra.kernel.columns import Text
from infra.kernel.context import Context

Comment = Annotated[Text, MaxLen(4_000)]
Reason = Annotated[Text, MinLen(1), MaxLen(4_000)]
PEOPLE = ("staff", "customer", "partner")


@action(approval_requests, name="approve", audiences=PEOPLE, emits=(ApprovalGranted,))
async def approve(ctx: Context, request: ApprovalRequest, *, comment: Comment = "") -> None:
    """Agree, for oneself and for those whose deputy one is. It is final."""
    await decide(ctx, request, decider_of(ctx), SeatState.APPROVED, reason=comment)


@action(approval_requests, name="reject", audiences=PEOPLE, emits=(ApprovalRefused,))
async def reject(ctx: Context, request: ApprovalRequest, *, reason: Reason) -> None:
    """Refuse, and say why. It is final."""
    await decide(ctx, request, decider_of(ctx), SeatState.REJECTED, reason=reason)
