"""Reads about what is installed that a View cannot say."""

from uuid import UUID

from infra.kernel.context import Context


async def placed(ctx: Context, sold_product_id: UUID, item_id: UUID, without: UUID) -> int:
    """How many of the product are installed as this item, not counting one of the rows."""
    return int(
        await ctx.fetchval(
            """SELECT coalesce(sum(quantity), 0) FROM installed_products
               WHERE tenant_id = $1 AND sold_product_id = $2 AND install_base_item_id = $3
                 AND id <> $4""",
            ctx.tenant_id,
            sold_product_id,
            item_id,
            without,
        )
    )


async def most_placed(ctx: Context, sold_product_id: UUID) -> int:
    """How many of the product the most used of its items stands for."""
    return int(
        await ctx.fetchval(
            """SELECT coalesce(max(total), 0) FROM (
                 SELECT sum(quantity) AS total FROM installed_products
                  WHERE tenant_id = $1 AND sold_product_id = $2
                  GROUP BY install_base_item_id) each""",
            ctx.tenant_id,
            sold_product_id,
        )
    )
