"""Asking back before deciding, and answering. While somebody waits for an answer, no clock runs."""

from backend.platform.approvals.actions.decide import PEOPLE, Reason
from backend.platform.approvals.deciding import decider_of, seats_of
from backend.platform.approvals.errors import ApprovalOver, NotAsked
from backend.platform.approvals.models import ApprovalRequest, RequestState, SeatState
from backend.platform.approvals.pausing import go_on_counting, pause
from backend.platform.approvals.resources import approval_requests, approvals
from backend.platform.approvals.seats import TOPIC, note
from backend.platform.notifications.telling import notify
from infra.kernel.actions import action
from infra.kernel.context import Context


@action(approval_requests, name="ask", audiences=PEOPLE)
async def ask_back(ctx: Context, request: ApprovalRequest, *, question: Reason) -> None:
    """Ask the requester for information before deciding."""
    who = decider_of(ctx)
    require_pending(request)
    seats = await ctx.every(approvals).filter(request_id=request.id, state=SeatState.OPEN)
    if not await seats_of(ctx, seats, who):
        raise NotAsked
    await pause(ctx, request)
    await note(ctx, request, "asked_back", text=question, by=(who.profile_id, who.name))
    await notify(
        ctx, [request.requested_by_id], topic=TOPIC,
        title=f"{request.subject}: {who.name} asks before deciding", body=question,
        about=("approval_requests", request.id),
    )  # fmt: skip


@action(approval_requests, name="answer", audiences=PEOPLE)
async def answer(ctx: Context, request: ApprovalRequest, *, text: Reason) -> None:
    """Tell the approvers what they asked; their time goes on from where it stopped."""
    require_pending(request)
    if not request.waits_for_answer:
        raise ApprovalOver("nobody waits for an answer")
    seats = await go_on_counting(ctx, request)
    by = (ctx.caller.profile_id, ctx.caller.name)
    await note(ctx, request, "answered", text=text, by=by)
    await notify(
        ctx, [seat.approver_id for seat in seats], topic=TOPIC,
        title=f"{request.subject}: your question was answered", body=text,
        about=("approval_requests", request.id),
    )  # fmt: skip


def require_pending(request: ApprovalRequest) -> None:
    """Raises ApprovalOver."""
    if request.state is not RequestState.PENDING:
        raise ApprovalOver(f"it is {request.state.value}")
