"""What the clockwork of units asks: which pools begin a new period."""

from datetime import date
from uuid import UUID

from infra.kernel.context import Context


async def pools_over(ctx: Context, on: date, limit: int) -> list[UUID]:
    """Pools whose period is over, but for those of contracts that are, the longest over first."""
    rows = await ctx.fetch(
        """SELECT p.id FROM entitlement_pools p
             LEFT JOIN service_contracts c ON c.tenant_id = p.tenant_id AND c.id = p.contract_id
            WHERE p.tenant_id = $1 AND p.period_ends_on < $2
              AND (p.contract_id IS NULL OR c.state NOT IN ('expired', 'cancelled'))
            ORDER BY p.period_ends_on, p.id LIMIT $3""",
        ctx.tenant_id,
        on,
        limit,
    )
    return [row["id"] for row in rows]
