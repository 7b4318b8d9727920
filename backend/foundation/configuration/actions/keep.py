"""Configuration items in their trees and their graph of needs, neither of which has a circle."""

from typing import Any

from backend.foundation.configuration.errors import ConfigurationCycle, DependencyCycle
from backend.foundation.configuration.models import ConfigurationDependency, ConfigurationItem
from backend.foundation.configuration.queries import needs
from backend.foundation.configuration.resources import (
    configuration_dependencies,
    configuration_items,
)
from backend.foundation.products.queries import lock_tree
from backend.foundation.products.trees import require_no_cycle
from infra.kernel.actions import action, apply
from infra.kernel.context import Context


@action(configuration_items, name="update", audiences=("staff",))
async def update(ctx: Context, item: ConfigurationItem, **values: Any) -> None:
    """Change a configuration item, or move it into another."""
    apply(configuration_items, item, values)
    if values.get("parent_id"):
        await require_no_cycle(
            ctx, configuration_items, item.id, values["parent_id"], ConfigurationCycle
        )
    await ctx.save(item)


@action(configuration_dependencies, on="collection", name="create", audiences=("staff",))
async def depend(ctx: Context, **values: Any) -> ConfigurationDependency:
    """Write down that one configuration item needs another."""
    dependency = ConfigurationDependency(**{k: v for k, v in values.items() if v is not None})
    await lock_tree(ctx, configuration_dependencies.table)
    if await needs(ctx, dependency.needed_id, dependency.item_id):
        raise DependencyCycle("what it would need, needs it already")
    await ctx.save(dependency)
    return dependency
