"""Writing promises down."""

from typing import Any

from backend.platform.slas.models import SlaDefinition
from backend.platform.slas.resources import sla_definitions
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid

MINUTES_MAX = 525_600


@action(sla_definitions, on="collection", name="create")
async def create(ctx: Context, **values: Any) -> SlaDefinition:
    """Create a promise of time for a kind of task."""
    definition = SlaDefinition(**values)
    refuse_faults(definition)
    await ctx.save(definition)
    return definition


@action(sla_definitions, name="update")
async def update(ctx: Context, definition: SlaDefinition, **values: Any) -> None:
    """Change a promise; what is running already keeps its deadlines."""
    definition.update_from_dict(values)
    refuse_faults(definition)
    await ctx.save(definition)


def refuse_faults(definition: SlaDefinition) -> None:
    """Raises Invalid with every fault."""
    faults = []
    if definition.priority is not None and not 1 <= definition.priority <= 4:
        faults.append(Fault("/priority", "range", "must be from 1 to 4"))
    if not 1 <= definition.warning_percent <= 99:
        faults.append(Fault("/warning_percent", "range", "must be from 1 to 99"))
    if definition.response_minutes is None and definition.resolution_minutes is None:
        message = "a promise needs response_minutes, resolution_minutes or both"
        faults.append(Fault("/response_minutes", "missing", message))
    for name in ("response_minutes", "resolution_minutes"):
        minutes = getattr(definition, name)
        if minutes is not None and not 1 <= minutes <= MINUTES_MAX:
            faults.append(Fault(f"/{name}", "range", f"must be from 1 to {MINUTES_MAX}"))
    if faults:
        raise Invalid(faults)
