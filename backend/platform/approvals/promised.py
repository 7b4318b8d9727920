"""What is promised for questions themselves: by when they are decided, however many levels ask."""

from backend.platform.approvals.models import ApprovalRequest, RequestState
from backend.platform.approvals.resources import approval_requests
from backend.platform.slas.choosing import Asked
from backend.platform.slas.promises import by_rule, follow
from backend.platform.slas.terms import Moments
from infra.kernel.context import Context


async def start_clocks(ctx: Context, request: ApprovalRequest) -> None:
    """Start what is promised for a question that is being asked."""
    if promises := await by_rule(ctx, approval_requests.name, Asked()):
        await follow(ctx, request, moments_of(request), promises, is_opening=True)


async def keep(ctx: Context, request: ApprovalRequest) -> None:
    """Save a question, and let its clocks do what their terms say."""
    await follow(ctx, request, moments_of(request))
    await ctx.save(request)


def moments_of(request: ApprovalRequest) -> Moments:
    """What a question tells its clocks: they wait while whoever asked is asked back."""
    return Moments(
        answered=request.decided_at is not None,
        waits=request.waits_for_answer,
        finished=request.state in {RequestState.APPROVED, RequestState.REJECTED},
        cancelled=request.state in {RequestState.RECALLED, RequestState.STALE},
    )
