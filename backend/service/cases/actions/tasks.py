"""Tasks on a case for the middle and the back office."""

from typing import Annotated, Any

from annotated_types import MaxLen

from backend.service.cases import rules
from backend.service.cases.actions.work import require_staff
from backend.service.cases.branches import OVER, require_free, require_whole, settle_parent, tree_in
from backend.service.cases.errors import CaseTaskOver
from backend.service.cases.events import CaseTaskCompleted
from backend.service.cases.models import Case, CaseTask
from backend.service.cases.resources import case_tasks, cases
from backend.service.cases.task_clocks import drop_tasks, follow_clocks, revise_clocks, start_clocks
from infra.kernel.actions import action
from infra.kernel.columns import Text
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from infra.kernel.model import TaskState

_ALIVE = "new, in_progress, waiting"


@action(case_tasks, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> CaseTask:
    """Ask somebody else for a piece of a case's work."""
    case: Case | None = await ctx.find(cases, values["case_id"])
    if case is None:
        raise Invalid([Fault("/case_id", "not_found", "there is no such record")])
    rules.require(case.state, "update")
    if values.get("assigned_to_id"):
        await require_staff(ctx, values["assigned_to_id"])
    task = CaseTask(**values)
    task.opened_at = ctx.now
    await settle_parent(ctx, task)
    task.escalated_at = case.escalated_at and ctx.now
    await start_clocks(ctx, task, case)
    await ctx.save(task)
    return task


@action(case_tasks, name="update", audiences=("staff",))
async def update(ctx: Context, task: CaseTask, **values: Any) -> None:
    """Change a task that is not over."""
    refuse_over(task, "update")
    if values.get("assigned_to_id"):
        await require_staff(ctx, values["assigned_to_id"])
    task.update_from_dict(values)
    if "parent_id" in values:
        await settle_parent(ctx, task)
    if {"priority", "assignment_group_id"} & task.changes().keys():
        await revise_clocks(ctx, task)
    else:
        await follow_clocks(ctx, task)
    await ctx.save(task)


@action(case_tasks, name="start", audiences=("staff",))
async def begin(ctx: Context, task: CaseTask) -> None:
    """Take a task and work on it."""
    refuse_over(task, "start")
    await require_free(ctx, task, "start")
    task.state = TaskState.IN_PROGRESS
    task.assigned_to_id = ctx.caller.profile_id or task.assigned_to_id
    await follow_clocks(ctx, task)
    await ctx.save(task)


@action(case_tasks, name="wait", audiences=("staff",))
async def hold(ctx: Context, task: CaseTask) -> None:
    """Wait for somebody outside, while the clocks are held, until the task is started again."""
    refuse_over(task, "wait")
    await require_free(ctx, task, "wait")
    task.state = TaskState.WAITING
    await follow_clocks(ctx, task)
    await ctx.save(task)


@action(case_tasks, audiences=("staff",), emits=(CaseTaskCompleted,))
async def complete(
    ctx: Context, task: CaseTask, *, outcome: Annotated[Text, MaxLen(10_000)] = ""
) -> None:
    """Finish a task and say what came of it."""
    refuse_over(task, "complete")
    await require_free(ctx, task, "complete")
    await require_whole(ctx, task)
    task.state, task.outcome, task.closed_at = TaskState.DONE, outcome or None, ctx.now
    await follow_clocks(ctx, task)
    await ctx.save(task)
    ctx.emit(CaseTaskCompleted(task.id, case_id=task.case_id))


@action(case_tasks, name="cancel", audiences=("staff",))
async def drop(ctx: Context, task: CaseTask) -> None:
    """Withdraw a task and its parts."""
    refuse_over(task, "cancel")
    tree = await tree_in(ctx, task.case_id, lock=True)
    parts = await ctx.every(case_tasks).filter(id__in=tree.open_parts(task.id) or [task.id])
    await drop_tasks(ctx, (task, *(part for part in parts if part.id != task.id)))


def refuse_over(task: CaseTask, verb: str) -> None:
    """Raises CaseTaskOver, naming the states that allow the verb."""
    if task.state in OVER:
        raise CaseTaskOver(
            f"the task is {task.state.value}; {verb} is allowed while it is {_ALIVE}"
        )
