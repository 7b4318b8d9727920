"""Changing a request, or withdrawing it, while nobody has begun the work."""

from typing import Annotated

from annotated_types import MaxLen

from backend.foundation.catalog.forms import Answers, read_answers, read_form, told
from backend.platform.approvals.asking import take_back
from backend.platform.approvals.models import ApprovalRequest, RequestState
from backend.platform.approvals.resources import approval_requests
from backend.platform.approvals.seats import note
from backend.service.cases.actions.finish import cancel as cancel_case
from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from backend.service.requests.clocks import keep
from backend.service.requests.errors import RequestBegun, RequestOver, RequestUnderWay
from backend.service.requests.events import CatalogRequestEnded
from backend.service.requests.fulfilling import OPEN, may_still_change, set_out, tasks_of
from backend.service.requests.models import CatalogRequest, Fulfilment
from backend.service.requests.resources import catalog_requests
from infra.kernel.actions import action
from infra.kernel.columns import Text
from infra.kernel.context import Context
from infra.kernel.errors import Invalid
from infra.kernel.model import TaskState

PEOPLE = ("staff", "customer", "partner")


@action(catalog_requests, name="change", audiences=PEOPLE)
async def change(ctx: Context, request: CatalogRequest, *, answers: Answers) -> None:
    """Answer the questions anew, as they were asked; consent to other answers is asked again."""
    case = await _untouched(ctx, request)
    if request.fulfilment is Fulfilment.FULFILLING and request.task_count:
        raise RequestBegun("its tasks are given out; withdraw it and ask anew")
    form = read_form(request.form)
    kept, faults = read_answers(form, answers)
    if faults:
        raise Invalid(faults)
    before = told(form, request.answers)
    request.answers = kept
    case.description = (
        case.description.replace(before, told(form, kept), 1)
        if before
        else ("\n\n".join(part for part in (told(form, kept), case.description) if part))
    )
    await keep(ctx, request)
    await ctx.save(case)
    if request.fulfilment is Fulfilment.AWAITING_APPROVAL:
        # Whatever a rule looks at: who agreed, agreed to the answers as they were.
        await _withdraw_question(ctx, request, RequestState.STALE, "stale")
        await set_out(ctx, request, case)


@action(catalog_requests, name="cancel", audiences=PEOPLE, emits=(CatalogRequestEnded,))
async def cancel(
    ctx: Context, request: CatalogRequest, *, reason: Annotated[Text, MaxLen(4_000)] = ""
) -> None:
    """Withdraw a request; whose consent was asked for need not answer any more."""
    if request.fulfilment is Fulfilment.CANCELLED:
        return
    case = await _untouched(ctx, request)
    request.fulfilment = Fulfilment.CANCELLED
    await keep(ctx, request)
    await _withdraw_question(ctx, request, RequestState.RECALLED, "recalled", reason)
    await cancel_case(ctx, case, reason=reason)
    ctx.emit(CatalogRequestEnded(request.id, request.case_id, request.fulfilment.value))


async def _untouched(ctx: Context, request: CatalogRequest) -> Case:
    """The case, once nobody has begun; raises RequestOver, RequestUnderWay."""
    if request.fulfilment not in OPEN:
        raise RequestOver(f"it is {request.fulfilment.value}")
    case: Case = await ctx.find(cases, request.case_id)
    if not may_still_change(case):
        raise RequestOver(f"its case is {case.state.value}")
    begun = [t for t in await tasks_of(ctx, request.case_id) if t.state is not TaskState.NEW]
    if begun or case.assigned_to_id is not None or case.first_responded_at is not None:
        raise RequestUnderWay("write on its case instead")
    return case


async def _withdraw_question(
    ctx: Context, request: CatalogRequest, state: RequestState, what: str, reason: str = ""
) -> None:
    waiting = ctx.every(approval_requests).filter(
        record_id=request.id, action="", state=RequestState.PENDING
    )
    for row in await waiting:
        asked: ApprovalRequest = await ctx.find(approval_requests, row.id, lock=True)
        if asked.state is RequestState.PENDING:
            by = (ctx.caller.profile_id, ctx.caller.name)
            await note(ctx, asked, what, text=reason, by=by)
            await take_back(ctx, asked, state)
