"""Writing promises down."""

from typing import Any

from pydantic import TypeAdapter

from backend.platform.slas.models import SlaDefinition, Target
from backend.platform.slas.resources import sla_definitions
from backend.platform.slas.terms import MINUTES_MAX, Milestone, milestone_faults, names_for
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid

_milestones = TypeAdapter(list[Milestone])


@action(sla_definitions, on="collection", name="create")
async def create(ctx: Context, **values: Any) -> SlaDefinition:
    """Create a promise of time for a kind of task."""
    given = {name: value for name, value in values.items() if value is not None}
    definition = SlaDefinition(**({"milestones": []} | given))
    refuse_faults(ctx, definition)
    await ctx.save(definition)
    return definition


@action(sla_definitions, name="update")
async def update(ctx: Context, definition: SlaDefinition, **values: Any) -> None:
    """Change a promise; what runs already keeps its deadlines until it is applied to it."""
    definition.update_from_dict(values)
    refuse_faults(ctx, definition)
    await ctx.save(definition)


def refuse_faults(ctx: Context, definition: SlaDefinition) -> None:
    """Raises Invalid with every fault."""
    faults = []
    if definition.priority is not None and not 1 <= definition.priority <= 4:
        faults.append(Fault("/priority", "range", "must be from 1 to 4"))
    if not 1 <= definition.warning_percent <= 99:
        faults.append(Fault("/warning_percent", "range", "must be from 1 to 99"))
    if definition.account_id is not None and definition.consumer_id is not None:
        faults.append(Fault("/consumer_id", "one_of", "a promise is made to one customer"))
    promised = {target: getattr(definition, f"{target}_minutes") for target in Target}
    if not definition.milestones and all(minutes is None for minutes in promised.values()):
        message = "a promise needs response_minutes, resolution_minutes, both or a milestone"
        faults.append(Fault("/response_minutes", "missing", message))
    for target, minutes in promised.items():
        if minutes is not None and not 1 <= minutes <= MINUTES_MAX:
            message = f"must be from 1 to {MINUTES_MAX}"
            faults.append(Fault(f"/{target}_minutes", "range", message))
    if len(set(definition.calendar_order)) < len(definition.calendar_order):
        faults.append(Fault("/calendar_order", "duplicate", "names something twice"))
    faults += _kind_faults(ctx, definition)
    if faults:
        raise Invalid(faults)


def _kind_faults(ctx: Context, definition: SlaDefinition) -> list[Fault]:
    """What a definition says of its kind of task, checked against the resource that it names."""
    registry = ctx.services.registry
    kinds = sorted(name for name, resource in registry.resources.items() if resource.is_promised)
    if definition.kind not in kinds:
        return [Fault("/kind", "unknown", f"must be one of {', '.join(kinds)}")]
    milestones = _milestones.validate_python(definition.milestones)
    found = milestone_faults(milestones, names_for(registry.resources[definition.kind]))
    for place, milestone in enumerate(milestones):
        if getattr(definition, f"{milestone.target}_minutes", None) is not None:
            message = f"{milestone.target}_minutes promises it already"
            found.append(Fault(f"/milestones/{place}/target", "duplicate", message))
    return found
