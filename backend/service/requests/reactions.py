"""What follows for a request when consent is given or refused, and when its case or tasks move."""

from backend.platform.approvals.events import ApprovalGranted, ApprovalRefused
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


@reaction(ApprovalGranted, ApprovalRefused)
async def answered(ctx: Context, event: RecordedEvent) -> None:
    """Begin what was agreed to; end what was refused."""
    if event.payload["about_kind"] != catalog_requests.name or event.payload["action"]:
        return
    before: CatalogRequest | None = await ctx.find(catalog_requests, event.payload["about_id"])
    request = await request_of(ctx, before.case_id) if before else None
    if request is None or request.fulfilment is not Fulfilment.AWAITING_APPROVAL:
        return
    case: Case = await ctx.find(cases, request.case_id, lock=True)
    if event.type == ApprovalGranted.type:
        await release_case(ctx, case)
        await begin(ctx, request)
        return
    request.fulfilment = Fulfilment.REJECTED
    await ctx.save(request)
    if case.state in WORKED_ON:
        await cancel_case(ctx, case, reason=event.payload["reason"])
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
            await ctx.save(request)
    elif event.type == CaseCancelled.type:
        if request.fulfilment in OPEN:
            request.fulfilment = Fulfilment.CANCELLED
            await ctx.save(request)
            ctx.emit(_ended(request))
    elif request.fulfilment in OPEN:
        await fulfil(ctx, request)


def _ended(request: CatalogRequest) -> CatalogRequestEnded:
    return CatalogRequestEnded(request.id, request.case_id, request.fulfilment.value)
