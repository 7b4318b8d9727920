"""Tasks by a plan: those of one step at the same time, each step after all of the one before."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.platform.tasks.planned import PlannedTask
from backend.service.cases.actions.tasks import create as open_task
from backend.service.cases.models import CaseTaskDependency
from infra.kernel.context import Context


async def give_out(ctx: Context, case_id: UUID, plan: Sequence[PlannedTask]) -> None:
    """Open the tasks of a plan, which is in the order of its steps."""
    before: list[UUID] = []
    here: list[UUID] = []
    step = plan[0].step if plan else 0
    for task in plan:
        if task.step != step:
            before, here, step = here, [], task.step
        made = await open_task(ctx, **_values(ctx, case_id, task))
        here.append(made.id)
        for awaited in before:
            await ctx.save(
                CaseTaskDependency(case_id=case_id, task_id=made.id, depends_on_id=awaited)
            )


def _values(ctx: Context, case_id: UUID, task: PlannedTask) -> dict[str, Any]:
    values: dict[str, Any] = {
        "case_id": case_id,
        "subject": task.subject,
        "description": task.description,
    }
    if task.assignment_group_id is not None:
        values["assignment_group_id"] = task.assignment_group_id
    if task.due_hours is not None:
        values["due_at"] = ctx.now + timedelta(hours=task.due_hours)
    return values
