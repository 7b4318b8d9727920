"""Reads about requests that a View cannot say."""

from uuid import UUID

from infra.kernel.context import Context


async def models_of(ctx: Context, catalog_item_id: UUID) -> list[UUID]:
    """The product models that the item may be requested for."""
    rows = await ctx.fetch(
        """SELECT product_model_id FROM product_catalog_items
            WHERE tenant_id = $1 AND catalog_item_id = $2""",
        ctx.tenant_id,
        catalog_item_id,
    )
    return [row["product_model_id"] for row in rows]


async def items_for(ctx: Context, product_model_id: UUID) -> list[UUID]:
    """The items that may be requested for a product of the model."""
    rows = await ctx.fetch(
        """SELECT catalog_item_id FROM product_catalog_items
            WHERE tenant_id = $1 AND product_model_id = $2""",
        ctx.tenant_id,
        product_model_id,
    )
    return [row["catalog_item_id"] for row in rows]
