"""Escalation: a record with a level, handed up from a task to its case and down to what is open."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen

from backend.service.cases.actions.tasks import refuse_over
from backend.service.cases.actions.work import require_staff
from backend.service.cases.branches import OVER, tree_in
from backend.service.cases.errors import EscalationOver
from backend.service.cases.escalations.models import CaseEscalation, Cause, EscalationState
from backend.service.cases.escalations.raising import end_all, raise_to, running_on
from backend.service.cases.escalations.resources import Level, Minutes, case_escalations
from backend.service.cases.events import CaseCalmed, CaseEscalated
from backend.service.cases.models import Case, CaseTask
from backend.service.cases.resources import case_tasks, cases
from backend.service.cases.task_clocks import follow_clocks
from backend.service.cases.types.reading import permit
from infra.kernel.actions import action
from infra.kernel.columns import Words
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from tenants.people.resources import groups

Reason = Annotated[Words, MinLen(1), MaxLen(2_000)]


@action(cases, audiences=("staff",), emits=(CaseEscalated,))
async def escalate(
    ctx: Context,
    case: Case,
    *,
    reason: Reason,
    level: Level = 1,
    assignment_group_id: UUID | None = None,
    assigned_to_id: UUID | None = None,
    due_in_minutes: Minutes | None = None,
) -> None:
    """Escalate a case, and all of its tasks that are not over, to a group or a person."""
    await permit(ctx, case, "escalate")
    if assigned_to_id is not None:
        await require_staff(ctx, assigned_to_id)
    if assignment_group_id is not None and await ctx.find(groups, assignment_group_id) is None:
        raise Invalid([Fault("/assignment_group_id", "not_found", "there is no such record")])
    for task in await ctx.every(case_tasks).filter(case_id=case.id, escalated_at=None):
        if task.state not in OVER:
            await set_escalated(ctx, task, ctx.now)
    await raise_to(
        ctx,
        case,
        reason=reason,
        cause=Cause.PERSON,
        level=level,
        group_id=assignment_group_id,
        person_id=assigned_to_id,
        due_at=ctx.now + timedelta(minutes=due_in_minutes) if due_in_minutes else None,
    )


@action(cases, audiences=("staff",), emits=(CaseCalmed,))
async def deescalate(ctx: Context, case: Case) -> None:
    """Take every escalation back, from the case and from all of its tasks."""
    for task in await ctx.every(case_tasks).filter(case_id=case.id, escalated_at__isnull=False):
        await set_escalated(ctx, task, None)
    await end_all(ctx, case, await running_on(ctx, case.id))


@action(case_tasks, name="escalate", audiences=("staff",), emits=(CaseEscalated,))
async def escalate_task(ctx: Context, task: CaseTask, *, reason: Reason) -> None:
    """Escalate a task, the tasks that it is a part of, and its case."""
    refuse_over(task, "escalate")
    tree = await tree_in(ctx, task.case_id)
    for above_id in tree.ancestors(task.id):
        above: CaseTask | None = await ctx.find(case_tasks, above_id)
        if above is not None and above.escalated_at is None and above.state not in OVER:
            await set_escalated(ctx, above, ctx.now)
    await set_escalated(ctx, task, task.escalated_at or ctx.now)
    case: Case | None = await ctx.find(cases, task.case_id, lock=True)
    if case is not None:
        told = f"{task.number}: {reason}"
        await raise_to(ctx, case, reason=told, cause=Cause.TASK, task_id=task.id)


@action(case_escalations, audiences=("staff",))
async def acknowledge(ctx: Context, escalation: CaseEscalation) -> None:
    """Say that one looks at it; saying it again changes nothing."""
    refuse_ended(escalation)
    if escalation.state is EscalationState.OPEN:
        escalation.state = EscalationState.ACKNOWLEDGED
        escalation.acknowledged_at = ctx.now
        escalation.acknowledged_by_id = ctx.caller.profile_id
        await ctx.save(escalation)


@action(case_escalations, audiences=("staff",), emits=(CaseCalmed,))
async def end(ctx: Context, escalation: CaseEscalation) -> None:
    """End one escalation; the last one that ends makes the case an ordinary one again."""
    refuse_ended(escalation)
    case: Case = await ctx.find(cases, escalation.case_id, lock=True)
    await end_all(ctx, case, [escalation])


async def set_escalated(ctx: Context, task: CaseTask, since: datetime | None) -> None:
    """Mark a task, whose clocks may be about just that."""
    task.escalated_at = since
    await follow_clocks(ctx, task)
    await ctx.save(task)


def refuse_ended(escalation: CaseEscalation) -> None:
    """Raises EscalationOver for what has ended."""
    if escalation.state is EscalationState.ENDED:
        raise EscalationOver("the escalation has ended", allowed_states=["open", "acknowledged"])
