"""From the request to what was asked for: consent where the item wants it, then its tasks."""

from collections.abc import Sequence
from uuid import UUID

from backend.foundation.catalog.forms import read_form
from backend.foundation.catalog.tasks import CatalogTask, tasks_for
from backend.platform.approvals.asking import ask
from backend.platform.approvals.errors import NobodyToAsk
from backend.platform.approvals.planning import Wish
from backend.service.cases.coverage import follow_clocks
from backend.service.cases.held import hold, release
from backend.service.cases.models import Case, CaseState, CaseTask
from backend.service.cases.planned import give_out
from backend.service.cases.resources import case_tasks, cases
from backend.service.cases.rules import WORKED_ON
from backend.service.cases.types.reading import enter
from backend.service.requests.clocks import keep
from backend.service.requests.events import CatalogRequestFulfilled
from backend.service.requests.models import CatalogRequest, Fulfilment
from backend.service.requests.resources import catalog_requests
from infra.kernel.context import Context
from infra.kernel.model import TaskState

OPEN = frozenset({Fulfilment.AWAITING_APPROVAL, Fulfilment.FULFILLING})


async def set_out(ctx: Context, request: CatalogRequest, case: Case) -> None:
    """Ask for consent where a rule wants it, or begin. Raises NobodyToAsk for an item that wants
    consent of which no rule knows whose."""
    asker = request.requested_by_id
    asked = await ask(ctx, Wish(catalog_requests, request.id, asker)) if asker else None
    if asked is None:
        if request.approval:
            raise NobodyToAsk(f"no rule says whose consent {request.approval} is")
        await release_case(ctx, case)
        await begin(ctx, request)
        return
    request.fulfilment = Fulfilment.AWAITING_APPROVAL
    await keep(ctx, request)
    await enter(ctx, case, CaseState.WAITING_INTERNAL)
    if asked.holds_work:
        await hold(ctx, case)
    await follow_clocks(ctx, case)
    await ctx.save(case)


async def begin(ctx: Context, request: CatalogRequest) -> None:
    """Give out the tasks: those of a step wait for all of the step before."""
    request.fulfilment = Fulfilment.FULFILLING
    needed = tasks_for(request.tasks, read_form(request.form), request.answers)
    await give_out(ctx, request.case_id, needed, map(CatalogTask.model_validate, request.tasks))
    request.task_count, request.done_count = len(needed), 0
    await keep(ctx, request)


async def release_case(ctx: Context, case: Case) -> None:
    """A case that waited for consent goes on."""
    if case.state is CaseState.WAITING_INTERNAL:
        await enter(ctx, case, CaseState.IN_PROGRESS if case.assigned_to_id else CaseState.NEW)
        await follow_clocks(ctx, case)
        await ctx.save(case)
    await release(ctx, case)


async def request_of(ctx: Context, case_id: UUID) -> CatalogRequest | None:
    """The request that a case is the work on, locked before its case: both are, in this order,
    wherever both are changed."""
    row = await ctx.every(catalog_requests).filter(case_id=case_id).first()
    if row is None:
        return None
    found: CatalogRequest | None = await ctx.find(catalog_requests, row.id, lock=True)
    case = await ctx.find(cases, case_id, lock=True)
    return found if case else None


async def tasks_of(ctx: Context, case_id: UUID) -> Sequence[CaseTask]:
    """The tasks of the request's case."""
    found: Sequence[CaseTask] = await ctx.every(case_tasks).filter(case_id=case_id)
    return found


async def count(ctx: Context, request: CatalogRequest) -> None:
    """How far the tasks are; with the last of them the request is fulfilled."""
    tasks = await tasks_of(ctx, request.case_id)
    over = [task for task in tasks if task.state in {TaskState.DONE, TaskState.CANCELLED}]
    request.task_count, request.done_count = len(tasks), len(over)
    if request.fulfilment is Fulfilment.FULFILLING and tasks and len(over) == len(tasks):
        await fulfil(ctx, request)
        return
    await keep(ctx, request)


async def fulfil(ctx: Context, request: CatalogRequest) -> None:
    """It is done."""
    request.fulfilment, request.fulfilled_at = Fulfilment.FULFILLED, ctx.now
    await keep(ctx, request)
    ctx.emit(CatalogRequestFulfilled(request.id, case_id=request.case_id))


def may_still_change(case: Case) -> bool:
    """Whether the case's state lets the request be changed or withdrawn."""
    return case.state in WORKED_ON
