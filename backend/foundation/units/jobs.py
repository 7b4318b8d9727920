"""Periods end without anybody saving anything."""

from backend.foundation.units.drawing import locked
from backend.foundation.units.queries import pools_over
from infra.kernel.context import Context
from infra.kernel.jobs import periodic

RENEWED_MOST = 500


@periodic("units.renew", every_seconds=3_600)
async def renew(ctx: Context) -> None:
    """Fill the pools whose period is over; one that is drawn from before is filled by that."""
    for pool_id in sorted(await pools_over(ctx, ctx.now.date(), RENEWED_MOST)):
        await locked(ctx, pool_id)
