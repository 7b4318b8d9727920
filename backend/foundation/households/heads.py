"""The head of a household sees what its members have; the responsibility says how much."""

from backend.foundation.households.models import HouseholdMember
from backend.platform.responsibilities.holding import hold, release, responsibility_named
from infra.kernel.context import Context

HEAD = "head_of_household"
"""The responsibility that a head has on the household."""


async def appoint(ctx: Context, member: HouseholdMember) -> None:
    """Make the member head, with what the responsibility gives."""
    member.is_head = True
    await ctx.save(member)
    responsibility = await responsibility_named(ctx, HEAD)
    if responsibility is not None:
        await hold(
            ctx,
            source=member,
            responsibility_id=responsibility.id,
            holder_id=member.consumer_id,
            anchor_kind="households",
            anchor_id=member.household_id,
        )


async def resign(ctx: Context, member: HouseholdMember) -> None:
    """End what the member has as head, if they are it."""
    if member.is_head:
        await release(ctx, member.id)
        member.is_head = False
