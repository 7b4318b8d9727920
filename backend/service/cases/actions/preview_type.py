"""Trying a type before it is kept: what becomes of a sample case."""

from typing import Annotated, Any

from annotated_types import MaxLen
from pydantic import BaseModel, ConfigDict

from backend.foundation.entitlements.models import Channel
from backend.platform.slas.models import CustomerKind
from backend.platform.tasks.planned import placed
from backend.service.cases import rules
from backend.service.cases.models import CaseState
from backend.service.cases.resources import ContextValue, Priority, Weight
from backend.service.cases.types import rules as type_rules
from backend.service.cases.types import stages as stage_rules
from backend.service.cases.types.playbook import Playbook, cut, needed, playbook_faults
from backend.service.cases.types.resources import Weights, case_types
from backend.service.cases.types.stages import Stages
from infra.kernel.actions import action
from infra.kernel.columns import Text
from infra.kernel.context import Context
from infra.kernel.errors import Invalid
from tenants.settings.store import chosen

Words = Annotated[Text, MaxLen(300)]


class SampleCase(BaseModel):
    """What is said of a case that there is not."""

    model_config = ConfigDict(extra="forbid")

    subject: Words = ""
    category: Words | None = None
    subcategory: Words | None = None
    channel: Channel = Channel.PORTAL
    customer_kind: CustomerKind = CustomerKind.BUSINESS
    impact: Weight | None = None
    urgency: Weight | None = None
    priority: Priority | None = None
    custom: Annotated[dict[Annotated[Text, MaxLen(60)], ContextValue], MaxLen(100)] = {}


class PreviewedTask(BaseModel):
    """A task that the case would get; `due_hours` from its opening on."""

    key: str
    subject: str
    waits_for: list[str]
    due_hours: int | None


class PreviewedType(BaseModel):
    """What the case would be, with its tasks, and which of the playbook it would not get."""

    priority: int
    stage: str | None
    tasks: list[PreviewedTask]
    left_out: list[str]


@action(case_types, on="collection", name="preview", verb="update", audiences=("staff",))
async def preview_type(
    ctx: Context,
    *,
    tasks: Playbook = [],  # noqa: B006  never changed
    stages: Stages = [],  # noqa: B006
    priorities: dict[Weights, Priority] = {},  # noqa: B006
    default_priority: Priority | None = None,
    sample: SampleCase = SampleCase(),  # noqa: B008
) -> PreviewedType:
    """Show the priority, the stage and the tasks that a case like the sample would get."""
    if faults := [*stage_rules.stage_faults(stages), *playbook_faults(tasks)]:
        raise Invalid(faults)
    told: dict[str, Any] = sample.model_dump(mode="json")
    by_type = type_rules.priority_by(priorities, default_priority, sample.impact, sample.urgency)
    by_house = rules.priority_of(sample.impact, sample.urgency, (await chosen(ctx)).case_priorities)
    told["priority"] = sample.priority or by_type or by_house
    told["opened_at"] = ctx.now
    told["state"] = CaseState.NEW.value
    told["stage"] = stage_rules.first_in(stages, CaseState.NEW)
    given = needed(tasks, cut(told))
    stage = stage_rules.named(stages, told["stage"])
    return PreviewedType(
        priority=told["priority"],
        stage=stage.name if stage else None,
        tasks=[
            PreviewedTask(
                key=each.task.key,
                subject=each.task.subject,
                waits_for=list(each.waits_for),
                due_hours=each.due_hours,
            )
            for each in placed(given, tasks)
        ],
        left_out=[task.subject for task in tasks if task not in given],
    )
