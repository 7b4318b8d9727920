"""Reads about warranties that a View cannot say."""

from datetime import date
from uuid import UUID

from infra.kernel.context import Context

TURNED_MAX = 1_000


async def turned(ctx: Context, on: date) -> list[UUID]:
    """Sold products of which something began or ceased to be under warranty by the day."""
    rows = await ctx.fetch(
        """SELECT DISTINCT id FROM (
             (SELECT id FROM sold_products WHERE tenant_id = $1
                 AND warranty_status = 'active' AND warranty_ends_on < $2 LIMIT $3)
             UNION ALL
             (SELECT sold_product_id FROM install_base_items WHERE tenant_id = $1
                 AND warranty_status = 'active' AND warranty_ends_on < $2 LIMIT $3)
             UNION ALL
             (SELECT w.sold_product_id FROM sold_products s
                JOIN warranties w ON w.tenant_id = $1 AND w.sold_product_id = s.id
               WHERE s.tenant_id = $1 AND s.warranty_status = 'pending' AND w.state = 'active'
                 AND w.starts_on <= $2 LIMIT $3)
             UNION ALL
             (SELECT w.sold_product_id FROM install_base_items i
                JOIN warranties w ON w.tenant_id = $1 AND w.sold_product_id = i.sold_product_id
               WHERE i.tenant_id = $1 AND i.warranty_status = 'pending' AND w.state = 'active'
                 AND w.starts_on <= $2 LIMIT $3)) moved
           LIMIT $3""",
        ctx.tenant_id,
        on,
        TURNED_MAX,
    )
    return [row["id"] for row in rows]
