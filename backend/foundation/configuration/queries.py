"""Reads about configuration items that a View cannot say."""

from typing import Any
from uuid import UUID

from infra.kernel.context import Context

IMPACT_MAX = 500


async def needs(ctx: Context, item_id: UUID, needed_id: UUID) -> bool:
    """Whether the item needs the other, by however many steps, or is it."""
    return bool(
        await ctx.fetchval(
            """WITH RECURSIVE line AS (
                 SELECT $2::uuid AS id
                 UNION
                 SELECT d.needed_id FROM configuration_dependencies d
                   JOIN line ON d.item_id = line.id WHERE d.tenant_id = $1)
               SELECT EXISTS (SELECT FROM line WHERE id = $3)""",
            ctx.tenant_id,
            item_id,
            needed_id,
        )
    )


async def hit_by(ctx: Context, item_id: UUID) -> list[Any]:
    """The items that fail with this one, nearest first, each with how many steps away it is."""
    return await ctx.fetch(
        """WITH RECURSIVE hit AS (
             SELECT $2::uuid AS id, 0 AS steps
             UNION
             SELECT d.item_id, hit.steps + 1
               FROM configuration_dependencies d JOIN hit ON d.needed_id = hit.id
              WHERE d.tenant_id = $1 AND hit.steps < 50)
           SELECT c.id, c.number, c.name, c.ci_class, c.state, min(hit.steps) AS steps
             FROM hit JOIN configuration_items c ON c.tenant_id = $1 AND c.id = hit.id
            WHERE c.id <> $2
            GROUP BY c.id, c.number, c.name, c.ci_class, c.state ORDER BY steps, c.name, c.id
            LIMIT $3""",
        ctx.tenant_id,
        item_id,
        IMPACT_MAX,
    )


async def products_on(ctx: Context, item_ids: list[UUID]) -> list[Any]:
    """The customers' installed items that stand for one of these."""
    return await ctx.fetch(
        """SELECT i.id, i.number, i.name, i.configuration_item_id, i.sold_product_id,
                  s.account_id, s.consumer_id
             FROM install_base_items i
             JOIN sold_products s ON s.tenant_id = i.tenant_id AND s.id = i.sold_product_id
            WHERE i.tenant_id = $1 AND i.configuration_item_id = ANY ($2) AND i.state <> 'removed'
            ORDER BY i.name, i.id LIMIT $3""",
        ctx.tenant_id,
        item_ids,
        IMPACT_MAX,
    )
