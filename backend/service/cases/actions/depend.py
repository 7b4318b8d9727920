"""Tasks that wait for other tasks of their case."""

from uuid import UUID

from backend.service.cases.actions.tasks import refuse_over
from backend.service.cases.branches import tree_in
from backend.service.cases.errors import CaseTaskCircle
from backend.service.cases.models import CaseTask, CaseTaskDependency
from backend.service.cases.resources import case_task_dependencies, case_tasks
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(case_task_dependencies, on="collection", name="create", audiences=("staff",))
async def depend(ctx: Context, *, task_id: UUID, depends_on_id: UUID) -> CaseTaskDependency:
    """Let a task wait for another of its case; nothing waits for itself in the end."""
    task: CaseTask | None = await ctx.find(case_tasks, task_id)
    if task is None:
        raise Invalid([Fault("/task_id", "not_found", "there is no such record")])
    refuse_over(task, "waiting for another")
    tree = await tree_in(ctx, task.case_id, lock=True)
    if depends_on_id not in tree.nodes:
        message = "must be a task of the same case"
        raise Invalid([Fault("/depends_on_id", "other_case", message)])
    if tree.with_dependency(task_id, depends_on_id).is_circular():
        raise CaseTaskCircle("the task would wait for itself")
    link = CaseTaskDependency(case_id=task.case_id, task_id=task_id, depends_on_id=depends_on_id)
    await ctx.save(link)
    return link
