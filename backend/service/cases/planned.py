"""Tasks by a plan, opened on a case together with what each waits for."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.platform.tasks.planned import Placed, PlannedTask, placed
from backend.service.cases.actions.tasks import create as open_task
from backend.service.cases.models import CaseTaskDependency
from infra.kernel.context import Context


async def give_out(
    ctx: Context, case_id: UUID, needed: Sequence[PlannedTask], whole: Iterable[PlannedTask]
) -> None:
    """Open the tasks of a plan that are needed; the others of it only say what waits for what."""
    made: dict[str, UUID] = {}
    for each in placed(needed, whole):
        task = await open_task(ctx, **_values(ctx, case_id, each))
        made[each.task.key] = task.id
        for key in each.waits_for:
            await ctx.save(
                CaseTaskDependency(case_id=case_id, task_id=task.id, depends_on_id=made[key])
            )


def _values(ctx: Context, case_id: UUID, each: Placed) -> dict[str, Any]:
    task = each.task
    values: dict[str, Any] = {
        "case_id": case_id,
        "subject": task.subject,
        "description": task.description,
    }
    if task.assignment_group_id is not None:
        values["assignment_group_id"] = task.assignment_group_id
    if each.due_hours is not None:
        values["due_at"] = ctx.now + timedelta(hours=each.due_hours)
    return values
