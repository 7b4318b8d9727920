"""Defining responsibilities and what they give."""

from typing import Any

from backend.platform.responsibilities import rules
from backend.platform.responsibilities.errors import KeyTaken, KindInUse
from backend.platform.responsibilities.models import AccessConfiguration, Responsibility
from backend.platform.responsibilities.resources import (
    access_configurations,
    held_responsibilities,
    responsibilities,
)
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Forbidden, Invalid
from tenants.people.queries import custom_role_audiences
from tenants.roles import BUILT_IN


@action(responsibilities, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> Responsibility:
    """Define a responsibility, for our own people or for the customers'."""
    if await ctx.every(responsibilities).filter(key=values["key"]).exists():
        raise KeyTaken(f"there is a responsibility {values['key']!r} already")
    responsibility = Responsibility(**_present(values))
    await ctx.save(responsibility)
    return responsibility


@action(responsibilities, name="update", audiences=("staff",))
async def update(ctx: Context, responsibility: Responsibility, **values: Any) -> None:
    """Change a responsibility; for whom it is cannot change while somebody has it."""
    kind = values.get("kind")
    if kind is not None and kind != responsibility.kind:
        held = ctx.every(held_responsibilities).filter(responsibility_id=responsibility.id)
        if await held.exists():
            raise KindInUse(f"{responsibility.name} is held as one for {responsibility.kind}s")
    responsibility.update_from_dict(values)
    await ctx.save(responsibility)


@action(access_configurations, on="collection", name="create", audiences=("staff",))
async def create_configuration(ctx: Context, **values: Any) -> AccessConfiguration:
    """Say what a responsibility gives on a resource; it counts from everybody's next request on."""
    if await ctx.every(access_configurations).filter(key=values["key"]).exists():
        raise KeyTaken(f"there is a configuration {values['key']!r} already")
    configuration = AccessConfiguration(**_present(values))
    await _require_sound(ctx, configuration)
    await ctx.save(configuration)
    return configuration


@action(access_configurations, name="update", audiences=("staff",))
async def update_configuration(
    ctx: Context, configuration: AccessConfiguration, **values: Any
) -> None:
    """Change what a responsibility gives."""
    configuration.update_from_dict(values)
    await _require_sound(ctx, configuration)
    await ctx.save(configuration)


async def _require_sound(ctx: Context, configuration: AccessConfiguration) -> None:
    """Raises Invalid for nonsense, Forbidden for more than its author has."""
    found: Responsibility | None = await ctx.find(responsibilities, configuration.responsibility_id)
    if found is None:
        raise Invalid([Fault("/responsibility_id", "not_found", "there is no such responsibility")])
    registry = ctx.services.registry
    faults = rules.faults_of(
        registry,
        kind=found.kind.value,
        resource_name=configuration.resource,
        via=configuration.via,
        beneath=configuration.beneath,
        verbs=configuration.verbs,
        columns=configuration.columns,
        conditions=configuration.conditions,
        roles=configuration.roles,
        known_roles={*BUILT_IN, *await custom_role_audiences(ctx)},
    )
    if faults:
        raise Invalid(faults)
    resource = registry.resources[configuration.resource]
    excess = [verb for verb in configuration.verbs if not ctx.may(resource, verb)]
    if excess:
        raise Forbidden(f"you cannot give {resource.name}.{excess[0]}, which you do not have")


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
