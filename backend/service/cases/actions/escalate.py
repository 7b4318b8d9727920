"""Escalation: a flag that a task hands up to its case, and a case down to what is open of it."""

from typing import Annotated

from annotated_types import MaxLen, MinLen

from backend.service.cases.actions.tasks import refuse_over
from backend.service.cases.branches import OVER, tree_in
from backend.service.cases.events import CaseCalmed, CaseEscalated
from backend.service.cases.models import Case, CaseTask
from backend.service.cases.resources import case_tasks, cases
from backend.service.cases.stream import note_down
from backend.service.cases.types.reading import permit
from infra.kernel.actions import action
from infra.kernel.columns import Text
from infra.kernel.context import Context

Reason = Annotated[Text, MinLen(1), MaxLen(2_000)]


@action(cases, audiences=("staff",), emits=(CaseEscalated,))
async def escalate(ctx: Context, case: Case, *, reason: Reason) -> None:
    """Escalate a case and all of its tasks that are not over."""
    await permit(ctx, case, "assign")
    for task in await ctx.every(case_tasks).filter(case_id=case.id, escalated_at=None):
        if task.state not in OVER:
            task.escalated_at = ctx.now
            await ctx.save(task)
    await mark(ctx, case, reason)


@action(cases, audiences=("staff",), emits=(CaseCalmed,))
async def deescalate(ctx: Context, case: Case) -> None:
    """Take the escalation back, from the case and from all of its tasks."""
    for task in await ctx.every(case_tasks).filter(case_id=case.id, escalated_at__isnull=False):
        task.escalated_at = None
        await ctx.save(task)
    if case.escalated_at is not None:
        case.escalated_at = None
        await ctx.save(case)
        ctx.emit(CaseCalmed(case_id=case.id))


@action(case_tasks, name="escalate", audiences=("staff",), emits=(CaseEscalated,))
async def escalate_task(ctx: Context, task: CaseTask, *, reason: Reason) -> None:
    """Escalate a task, the tasks that it is a part of, and its case."""
    refuse_over(task, "escalate")
    tree = await tree_in(ctx, task.case_id)
    for above_id in tree.ancestors(task.id):
        above: CaseTask | None = await ctx.find(case_tasks, above_id)
        if above is not None and above.escalated_at is None and above.state not in OVER:
            above.escalated_at = ctx.now
            await ctx.save(above)
    task.escalated_at = task.escalated_at or ctx.now
    await ctx.save(task)
    case: Case | None = await ctx.find(cases, task.case_id, lock=True)
    if case is not None:
        await mark(ctx, case, f"{task.number}: {reason}", task)


async def mark(ctx: Context, case: Case, reason: str, task: CaseTask | None = None) -> None:
    """Set the flag once, say why, and tell whoever listens."""
    if case.escalated_at is None:
        case.escalated_at = ctx.now
        await ctx.save(case)
    await note_down(ctx, case, f"Escalated. {reason}")
    ctx.emit(CaseEscalated(case_id=case.id, case_task_id=task.id if task else None))
