"""What is promised for a task of a case, by the customer and the level of support of its case."""

from collections.abc import Iterable
from dataclasses import replace

from backend.foundation.entitlements.resources import entitlements
from backend.platform.slas.choosing import Promise
from backend.platform.slas.models import Target
from backend.platform.slas.promises import by_rule, follow, resolution_due
from backend.platform.slas.resources import task_slas
from backend.platform.slas.terms import Moments
from backend.service.cases.coverage import asked_of
from backend.service.cases.models import Case, CaseTask
from backend.service.cases.resources import case_tasks, cases
from infra.kernel.context import Context
from infra.kernel.model import TaskState

_BEGUN = {TaskState.IN_PROGRESS, TaskState.WAITING, TaskState.DONE}


async def start_clocks(ctx: Context, task: CaseTask, case: Case) -> None:
    """Start what is promised for a task that is being opened; a day that was named stays."""
    if promises := await _owed(ctx, task, case):
        slas = await follow(ctx, task, moments_of(task), promises, is_opening=True)
        clock = resolution_due(slas)
        task.due_at = task.due_at or (clock.due_at if clock else None)


async def revise_clocks(ctx: Context, task: CaseTask) -> None:
    """Go on by what is promised now, after the task has changed."""
    case: Case = await ctx.find(cases, task.case_id)
    await _follow(ctx, task, await _owed(ctx, task, case))


async def follow_clocks(ctx: Context, task: CaseTask) -> None:
    """Let the clocks do what their terms say, after the task has changed."""
    await _follow(ctx, task, None)


async def drop_tasks(ctx: Context, tasks: Iterable[CaseTask]) -> None:
    """Withdraw tasks: nobody works on them any more, and their clocks end without a verdict."""
    for task in tasks:
        task.state, task.closed_at = TaskState.CANCELLED, ctx.now
        await follow_clocks(ctx, task)
        await ctx.save(task)


def moments_of(task: CaseTask) -> Moments:
    """What a task tells its clocks: whoever begins it has answered."""
    return Moments(
        answered=task.state in _BEGUN,
        waits=task.state is TaskState.WAITING,
        finished=task.state is TaskState.DONE,
        cancelled=task.state is TaskState.CANCELLED,
        escalated=task.escalated_at is not None,
    )


async def _owed(ctx: Context, task: CaseTask, case: Case) -> tuple[Promise, ...]:
    held = await ctx.find(entitlements, case.entitlement_id)
    asked = replace(asked_of(case, held.tier.value if held else None), priority=task.priority)
    return await by_rule(ctx, case_tasks.name, asked, task.assignment_group_id)


async def _follow(ctx: Context, task: CaseTask, promises: Iterable[Promise] | None) -> None:
    """The task's day moves with its clock, unless somebody has named another."""
    before = await ctx.every(task_slas).filter(record_id=task.id, target=Target.RESOLUTION).first()
    clock = resolution_due(await follow(ctx, task, moments_of(task), promises))
    if clock is not None and task.due_at in {None, before and before.due_at}:
        task.due_at = None if clock.withdrawn_at else clock.due_at
