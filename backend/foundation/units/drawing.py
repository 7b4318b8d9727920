"""Units as the verbs of a case use them: drawn as it opens, settled as it ends.

The pool is locked from the draw to the commit, so no two cases get the last unit. Pool, ledger and
use are queued like every row and go out together with the case.
"""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from backend.foundation.units import rules
from backend.foundation.units.models import (
    EntitlementMovement,
    EntitlementPool,
    EntitlementUse,
    UseState,
)
from backend.foundation.units.resources import entitlement_pools, entitlement_uses
from infra.kernel.context import Context


async def locked(ctx: Context, pool_id: UUID) -> EntitlementPool:
    """The pool, ours until the end of the transaction, filled for today's period."""
    pool: EntitlementPool = await ctx.find(entitlement_pools, pool_id, lock=True)
    await write(ctx, pool, rules.renew(pool, ctx.now.date()))
    return pool


async def write(ctx: Context, pool: EntitlementPool, lines: Iterable[EntitlementMovement]) -> None:
    """Queue the pool and the lines of its ledger; they stand or fall together."""
    for line in lines:
        line.made_by_id = ctx.caller.profile_id
        await ctx.save(line)
    await ctx.save(pool)


async def draw(
    ctx: Context, pool_id: UUID, amount: Decimal, *, case_id: UUID, entitlement_id: UUID
) -> tuple[EntitlementPool, EntitlementUse | None]:
    """Put units aside for a case; no use, where fewer than that remain."""
    pool = await locked(ctx, pool_id)
    short = rules.lacks(pool, amount, ctx.now.date())
    line = None if short else rules.reserve(pool, amount, case_id)
    if line is None:
        return pool, None
    await write(ctx, pool, [line])
    drawn = EntitlementUse(
        pool_id=pool.id,
        entitlement_id=entitlement_id,
        case_id=case_id,
        amount=amount,
        period_starts_on=pool.period_starts_on,
    )
    await ctx.save(drawn)
    return pool, drawn


async def has_drawn(ctx: Context, case_id: UUID, pool_id: UUID) -> bool:
    """Whether the case holds units of the pool, or has used them before it was reopened."""
    held = ctx.every(entitlement_uses).filter(case_id=case_id, pool_id=pool_id)
    return bool(await held.exclude(state=UseState.RELEASED).exists())


async def settle(ctx: Context, case_id: UUID, as_: UseState) -> None:
    """Use up or give back what the case has put aside; nothing where it has nothing."""
    held: list[EntitlementUse] = await ctx.every(entitlement_uses).filter(
        case_id=case_id, state=UseState.RESERVED
    )
    for drawn in sorted(held, key=lambda each: each.pool_id):
        pool = await locked(ctx, drawn.pool_id)
        if as_ is UseState.USED:
            line = rules.use(pool, drawn.amount, case_id)
        else:
            line = rules.give_back(pool, drawn.amount, case_id, drawn.period_starts_on)
        drawn.state = as_
        await write(ctx, pool, [line])
        await ctx.save(drawn)
