"""Reading the tree of a case's tasks, and what it refuses."""

from uuid import UUID

from backend.service.cases.errors import CaseTaskBlocked, CaseTaskCircle, CaseTaskHasOpenParts
from backend.service.cases.models import CaseTask
from backend.service.cases.resources import case_task_dependencies, case_tasks, cases
from backend.service.cases.structure import Node, Tree, tree_of
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from infra.kernel.model import TaskState

OVER = (TaskState.DONE, TaskState.CANCELLED)


async def tree_in(ctx: Context, case_id: UUID, *, lock: bool = False) -> Tree:
    """All tasks of a case; locked, the tree stays as it is until the transaction ends."""
    if lock:
        await ctx.find(cases, case_id, lock=True)
    tasks = await ctx.every(case_tasks).filter(case_id=case_id)
    links = await ctx.every(case_task_dependencies).filter(case_id=case_id)
    return tree_of(
        (Node(task.id, task.parent_id, task.state in OVER) for task in tasks),
        ((link.task_id, link.depends_on_id) for link in links),
    )


async def settle_parent(ctx: Context, task: CaseTask) -> None:
    """Raises Invalid or CaseTaskCircle where the task cannot be a part of the named one."""
    if task.parent_id is None:
        return
    tree = await tree_in(ctx, task.case_id, lock=True)
    if task.parent_id not in tree.nodes:
        message = "must be a task of the same case"
        raise Invalid([Fault("/parent_id", "other_case", message)])
    if tree.with_parent(task.id, task.parent_id).is_circular():
        raise CaseTaskCircle("the task would wait for itself")


async def require_free(ctx: Context, task: CaseTask, verb: str) -> None:
    """Raises CaseTaskBlocked while something that the task depends on is not over."""
    tree = await tree_in(ctx, task.case_id)
    if blockers := tree.blockers(task.id):
        raise CaseTaskBlocked(
            f"{verb} waits for {len(blockers)} other task{'s' if len(blockers) > 1 else ''}",
            blocked_by=[str(one) for one in blockers],
        )


async def require_whole(ctx: Context, task: CaseTask) -> None:
    """Raises CaseTaskHasOpenParts while a part of the task is not over."""
    tree = await tree_in(ctx, task.case_id)
    if parts := tree.open_parts(task.id):
        raise CaseTaskHasOpenParts(
            f"{len(parts)} of its parts {'are' if len(parts) > 1 else 'is'} open",
            open_parts=[str(one) for one in parts],
        )
