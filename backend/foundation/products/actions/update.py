"""Changing a product model, and where it belongs."""

from typing import Any

from backend.foundation.products.errors import ProductCycle
from backend.foundation.products.models import ProductModel
from backend.foundation.products.resources import product_models
from backend.foundation.products.trees import require_no_cycle
from infra.kernel.actions import action, apply
from infra.kernel.context import Context


@action(product_models, name="update", audiences=("staff",))
async def update(ctx: Context, model: ProductModel, **values: Any) -> None:
    """Change a product model."""
    apply(product_models, model, values)
    if values.get("parent_id"):
        await require_no_cycle(ctx, product_models, model.id, values["parent_id"], ProductCycle)
    await ctx.save(model)
