"""A consumer's memberships as one thing: exactly one of them comes first.

Whoever changes them holds the consumer's row, so two changes of the same consumer wait for each
other. A unique index is asked row by row: what was first is written before what is first now.
"""

from collections.abc import Sequence
from uuid import UUID

from backend.foundation.consumers.resources import consumers
from backend.foundation.households.models import HouseholdMember
from backend.foundation.households.resources import household_members
from backend.foundation.households.rules import first_of
from infra.kernel.context import Context

Memberships = Sequence[HouseholdMember]


async def memberships_of(ctx: Context, consumer_id: UUID) -> list[HouseholdMember]:
    """All households that the consumer belongs to, held until the end of the transaction."""
    await ctx.find(consumers, consumer_id, lock=True)
    found: list[HouseholdMember] = await ctx.every(household_members).filter(
        consumer_id=consumer_id
    )
    return found


async def put_first(ctx: Context, first: HouseholdMember, memberships: Memberships) -> None:
    """Make one of a consumer's memberships the primary one."""
    for other in memberships:
        if other.id != first.id and other.is_primary:
            other.is_primary = False
            await ctx.save(other)
    await ctx.flush()
    first.is_primary = True
    await ctx.save(first)


async def depart(ctx: Context, leaving: HouseholdMember, memberships: Memberships) -> None:
    """End a membership; the eldest of the others comes first where this one did."""
    staying = [each for each in memberships if each.id != leaving.id]
    await ctx.delete(leaving)
    await ctx.flush()
    if leaving.is_primary and (following := first_of(staying)):
        await put_first(ctx, following, staying)
