"""A case whose work waits for consent: nobody is offered it and its clocks stand still, until the
question is answered. Rejected, it ends with the reason."""

from collections.abc import Sequence

from backend.platform.approvals.events import (
    ApprovalGranted,
    ApprovalRecalled,
    ApprovalRefused,
    ApprovalRequested,
)
from backend.platform.approvals.models import ApprovalRequest, RequestState
from backend.platform.approvals.resources import approval_requests
from backend.service.cases.actions.finish import cancel
from backend.service.cases.coverage import follow_clocks
from backend.service.cases.events import CaseHeld, CaseReleased
from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from backend.service.cases.rules import WORKED_ON
from infra.kernel.context import Context
from infra.kernel.events import RecordedEvent
from infra.kernel.jobs import reaction


async def hold(ctx: Context, case: Case) -> None:
    """Let the work wait from now on."""
    if case.held_since is None:
        case.held_since = ctx.now
        await follow_clocks(ctx, case)
        await ctx.save(case)
        ctx.emit(CaseHeld(case_id=case.id))


async def release(ctx: Context, case: Case) -> None:
    """Let the work begin: the clocks go on, and it is queued at once."""
    if case.held_since is not None:
        case.held_since = None
        await follow_clocks(ctx, case)
        await ctx.save(case)
        ctx.emit(CaseReleased(case_id=case.id))


@reaction(ApprovalRequested, ApprovalGranted, ApprovalRefused, ApprovalRecalled)
async def follow_consent(ctx: Context, event: RecordedEvent) -> None:
    """Bring a case to where the questions about it are now, whatever order the news came in."""
    if event.payload["about_kind"] != cases.name or event.payload["action"]:
        return
    case: Case | None = await ctx.find(cases, event.payload["about_id"], lock=True)
    if case is None or case.state not in WORKED_ON:
        return
    asked: Sequence[ApprovalRequest] = (
        await ctx.every(approval_requests)
        .filter(kind=cases.name, record_id=case.id, action="", holds_work=True)
        .order_by("-requested_at", "-id")
    )
    if any(each.state is RequestState.PENDING for each in asked):
        await hold(ctx, case)
    elif case.held_since is not None or event.type == ApprovalRefused.type:
        await _end(ctx, case, asked)


async def _end(ctx: Context, case: Case, asked: Sequence[ApprovalRequest]) -> None:
    """The latest word on it decides."""
    latest = asked[0] if asked else None
    if latest is not None and latest.state is RequestState.REJECTED:
        await cancel(ctx, case, reason=latest.reason or "")
    else:
        await release(ctx, case)
