"""Changing a product model."""

from typing import Any

from backend.foundation.products.errors import ProductCycle
from backend.foundation.products.models import ProductModel
from backend.foundation.products.queries import is_part_of
from backend.foundation.products.resources import product_models
from infra.kernel.actions import action
from infra.kernel.context import Context


@action(product_models, name="update", audiences=("staff",))
async def update(ctx: Context, model: ProductModel, **values: Any) -> None:
    """Change a product model."""
    model.update_from_dict(values)
    if values.get("parent_id") and await is_part_of(
        ctx, "product_models", values["parent_id"], model.id
    ):
        raise ProductCycle(f"{model.name} would become a part of itself")
    await ctx.save(model)
