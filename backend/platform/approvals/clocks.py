"""What time does to questions: reminders, and those above when a level does not answer."""

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

import structlog

from backend.platform.approvals import queries
from backend.platform.approvals.asking import escalate
from backend.platform.approvals.events import ApprovalOverdue
from backend.platform.approvals.links import deputies_of, write_to
from backend.platform.approvals.models import (
    Approval,
    ApprovalRequest,
    ApprovalStep,
    RequestState,
    SeatState,
    StepState,
)
from backend.platform.approvals.resources import approval_requests, approval_steps, approvals
from backend.platform.approvals.seats import TOPIC, note
from backend.platform.notifications.telling import notify
from infra.kernel.context import Context
from infra.kernel.jobs import periodic

log = structlog.get_logger(__name__)
AT_ONCE_MAX = 200


@periodic("approvals.clocks", every_seconds=60)
async def tick(ctx: Context) -> None:
    """Remind whom a rule wants reminded; ask those above where a level is overdue."""
    for due in await queries.steps_to_remind(ctx, AT_ONCE_MAX):
        await _alone(ctx, _remind, due)
    for due in await queries.due_steps(ctx, AT_ONCE_MAX):
        await _alone(ctx, _overdue, due)


async def _alone(
    ctx: Context, turn: Callable[[Context, UUID, UUID], Awaitable[None]], due: Mapping[str, UUID]
) -> None:
    """Do one, and let none of the others wait because it cannot be done."""
    try:
        async with ctx.savepoint():
            await turn(ctx, due["request_id"], due["id"])
    except Exception as error:  # noqa: BLE001  whatever it is, it is this question's alone
        log.warning("approvals.clock_failed", step_id=str(due["id"]), error=type(error).__name__)


async def _locked(
    ctx: Context, request_id: UUID, step_id: UUID
) -> tuple[ApprovalRequest, ApprovalStep] | None:
    """The two, if the step still waits now that nobody else can change it."""
    request: ApprovalRequest | None = await ctx.find(approval_requests, request_id, lock=True)
    step: ApprovalStep | None = await ctx.find(approval_steps, step_id)
    if request is None or step is None or request.state is not RequestState.PENDING:
        return None
    return (request, step) if step.state is StepState.OPEN and step.held_at is None else None


async def _remind(ctx: Context, request_id: UUID, step_id: UUID) -> None:
    found = await _locked(ctx, request_id, step_id)
    if found is None:
        return
    request, step = found
    step.remind_at = None
    await ctx.save(step)
    seats: list[Approval] = await ctx.every(approvals).filter(step_id=step.id, state=SeatState.OPEN)
    deputies = await deputies_of(ctx, [row.approver_user_id for row in seats])
    people = {row.approver_id for row in seats}
    for row in seats:
        here = [d.deputy_id for d in deputies if d.principal_user_id == row.approver_user_id]
        await write_to(ctx, request, step, row, [row.approver_id, *here])
        people.update(here)
    await notify(
        ctx, sorted(people), topic=TOPIC, title=f"{request.subject} still waits for your approval",
        about=("approval_requests", request.id),
    )  # fmt: skip
    await note(ctx, request, "reminded", text=step.name)


async def _overdue(ctx: Context, request_id: UUID, step_id: UUID) -> None:
    found = await _locked(ctx, request_id, step_id)
    if found is None:
        return
    request, step = found
    step.overdue_at = ctx.now
    await ctx.save(step)
    await note(ctx, request, "overdue", text=step.name)
    ctx.emit(ApprovalOverdue(request.id, request.kind, request.record_id, step.level, step.name))
    asked = await escalate(ctx, request, step)
    if asked:
        people = await queries.people(ctx, asked)
        names = ", ".join(sorted(row["name"] for row in people.values()))
        await note(ctx, request, "escalated", text=step.name, for_name=names[:200])
    await notify(
        ctx, [request.requested_by_id], topic=TOPIC,
        title=f"{request.subject}: {step.name} is overdue",
        about=("approval_requests", request.id),
    )  # fmt: skip
