"""Periods end without anybody saving anything."""

from backend.foundation.units.drawing import locked
from backend.foundation.units.models import EntitlementPool
from backend.foundation.units.resources import entitlement_pools
from infra.kernel.context import Context
from infra.kernel.jobs import periodic

RENEWED_MOST = 500


@periodic("units.renew", every_seconds=3_600)
async def renew(ctx: Context) -> None:
    """Fill the pools whose period is over; one that is drawn from before is filled by that."""
    over = ctx.every(entitlement_pools).filter(period_ends_on__lt=ctx.now.date())
    found: list[EntitlementPool] = await over.order_by("period_ends_on", "id").limit(RENEWED_MOST)
    for pool_id in sorted(pool.id for pool in found):
        await locked(ctx, pool_id)
