"""Work that is done, or that somebody else does better."""

from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen
from pydantic import BaseModel, ConfigDict

from backend.foundation.skills.resources import Level, skills
from backend.omnichannel.routing import intake
from backend.omnichannel.routing.errors import NotAccepted
from backend.omnichannel.routing.events import WorkItemCompleted, WorkItemReturned
from backend.omnichannel.routing.explaining import RoutingExplanation, explain
from backend.omnichannel.routing.models import WorkItem, WorkState
from backend.omnichannel.routing.records import let_go
from backend.omnichannel.routing.resources import work_items
from infra.kernel.actions import action
from infra.kernel.columns import Text
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


class SkillNeeded(BaseModel):
    """A skill, and how well it is needed."""

    model_config = ConfigDict(extra="forbid")

    skill_id: UUID
    level: Level = 1


@action(work_items, audiences=("staff",), emits=(WorkItemCompleted,))
async def complete(ctx: Context, item: WorkItem) -> None:
    """Say that nothing more is to be done here; its holder has room for something else."""
    _require_accepted(item)
    await intake.finish(ctx, item)


@action(work_items, audiences=("staff",), emits=(WorkItemReturned,))
async def transfer(
    ctx: Context,
    item: WorkItem,
    *,
    skills_needed: Annotated[list[SkillNeeded], MaxLen(20)] | None = None,
    reason: Annotated[Text, MaxLen(500)] = "",
) -> None:
    """Give work on to whoever has the skills; it keeps its age, and the skills it needs unless new
    ones are named."""
    _require_accepted(item)
    if skills_needed is not None:
        await _need(ctx, item, skills_needed)
    holder = item.accepted_by_id
    await intake.put_back(ctx, item, declined_by=holder)
    await let_go(ctx, item)
    ctx.emit(WorkItemReturned(item.id, reason=reason or "transferred"))


@action(work_items, audiences=("staff",), method="GET", verb="read")
async def decision(ctx: Context, item: WorkItem) -> RoutingExplanation:
    """Tell why it was offered to whom it was: a reason for each agent with a presence."""
    return await explain(ctx, item)


def _require_accepted(item: WorkItem) -> None:
    if item.state is not WorkState.ACCEPTED:
        raise NotAccepted(f"it is {item.state.value}")


async def _need(ctx: Context, item: WorkItem, needed: list[SkillNeeded]) -> None:
    """Replace what the work needs; raises Invalid naming every skill that does not exist."""
    faults = []
    for position, one in enumerate(needed):
        if await ctx.find(skills, one.skill_id) is None:
            pointer = f"/skills_needed/{position}/skill_id"
            faults.append(Fault(pointer, "not_found", "there is no such record"))
    if faults:
        raise Invalid(faults)
    levels = {one.skill_id: one.level for one in needed}
    item.required_skills, item.required_levels = list(levels), list(levels.values())
