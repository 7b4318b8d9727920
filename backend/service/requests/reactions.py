"""What follows for a request when consent is given or refused, and when its case or tasks move."""

from backend.platform.approvals.events import ApprovalGranted, ApprovalRecalled, ApprovalRefused
from backend.platform.approvals.models import ApprovalRequest, RequestState
from backend.platform.approvals.resources import approval_requests
from backend.service.cases.actions.finish import cancel as cancel_case
from backend.service.cases.events import (
    CaseCancelled,
    CaseClosed,
    CaseReopened,
    CaseResolved,
    CaseTaskCompleted,
)
from backend.service.cases.models import Case
from backend.service.cases.resources import case_tasks, cases
from backend.service.cases.rules import WORKED_ON
from backend.service.requests.clocks import keep
from backend.service.requests.events import CatalogRequestEnded
from backend.service.requests.fulfilling import (
    OPEN,
    begin,
    count,
    fulfil,
    release_case,
    request_of,
)
from backend.service.requests.models import CatalogRequest, Fulfilment
from backend.service.requests.resources import catalog_requests
from infra.kernel.context import Context
from infra.kernel.events import RecordedEvent
from infra.kernel.jobs import reaction


@reaction(ApprovalGranted, ApprovalRefused, ApprovalRecalled)
async def answered(ctx: Context, event: RecordedEvent) -> None:
    """Begin what was agreed to, or what nobody has to agree to any more; end what was refused, or
    taken back by whoever asked."""
    if event.payload["about_kind"] != catalog_requests.name or event.payload["action"]:
        return
    about = event.payload["about_id"]
    request: CatalogRequest | None = await ctx.find(catalog_requests, about, lock=True)
    if request is None or request.fulfilment is not Fulfilment.AWAITING_APPROVAL:
        return
    case: Case | None = await ctx.find(cases, request.case_id, lock=True)
    # The latest word decides, whatever order the news came in.
    asked: ApprovalRequest | None = (
        await ctx.every(approval_requests)
        .filter(kind=catalog_requests.name, record_id=request.id, action="")
        .order_by("-requested_at", "-id")
        .first()
    )
    if asked is None or case is None:
        return
    reason = asked.reason or ""
    match asked.state:
        case RequestState.APPROVED | RequestState.STALE:
            await release_case(ctx, case)
            await begin(ctx, request)
        case RequestState.REJECTED:
            await _end(ctx, request, case, Fulfilment.REJECTED, reason)
        case RequestState.RECALLED:
            await _end(ctx, request, case, Fulfilment.CANCELLED, reason)


async def _end(
    ctx: Context, request: CatalogRequest, case: Case, how: Fulfilment, reason: str
) -> None:
    request.fulfilment = how
    await keep(ctx, request)
    if case.state in WORKED_ON:
        await cancel_case(ctx, case, reason=reason)
    ctx.emit(_ended(request))


@reaction(CaseTaskCompleted, "case_tasks.updated")
async def moved(ctx: Context, event: RecordedEvent) -> None:
    """A task is over, or was taken back."""
    task = await ctx.find(case_tasks, event.record_id)
    if task is None or (event.changes and "state" not in event.changes):
        return
    request = await request_of(ctx, task.case_id)
    if request is not None and request.fulfilment is Fulfilment.FULFILLING:
        await count(ctx, request)


@reaction(CaseResolved, CaseClosed, CaseCancelled, CaseReopened)
async def ended(ctx: Context, event: RecordedEvent) -> None:
    """The case has come to its end, or goes on."""
    request = await request_of(ctx, event.record_id)
    if request is None:
        return
    if event.type == CaseReopened.type:
        if request.fulfilment is Fulfilment.FULFILLED:
            request.fulfilment, request.fulfilled_at = Fulfilment.FULFILLING, None
            await keep(ctx, request)
    elif event.type == CaseCancelled.type:
        if request.fulfilment in OPEN:
            request.fulfilment = Fulfilment.CANCELLED
            await keep(ctx, request)
            ctx.emit(_ended(request))
    elif request.fulfilment in OPEN:
        await fulfil(ctx, request)


def _ended(request: CatalogRequest) -> CatalogRequestEnded:
    return CatalogRequestEnded(request.id, request.case_id, request.fulfilment.value)
