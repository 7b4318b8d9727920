"""Who belongs to a household, which of several comes first for them, and who is its head."""

from uuid import UUID

from backend.foundation.consumers.models import Consumer
from backend.foundation.consumers.resources import consumers
from backend.foundation.households import heads
from backend.foundation.households.errors import AlreadyAMember, NotAMember
from backend.foundation.households.models import Household, HouseholdMember
from backend.foundation.households.resources import household_members, households
from backend.foundation.households.standing import Memberships, depart, memberships_of, put_first
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid, NotFound


@action(households, audiences=("staff",))
async def join(
    ctx: Context, household: Household, *, consumer_id: UUID, primary: bool = False
) -> HouseholdMember:
    """Let a consumer belong to the household; their first household is their primary one."""
    consumer = await seen(ctx, consumer_id)
    others = await memberships_of(ctx, consumer_id)
    if any(other.household_id == household.id for other in others):
        raise AlreadyAMember(f"{consumer.name} belongs to {household.name} already")
    member = HouseholdMember(household_id=household.id, consumer_id=consumer_id)
    if primary or not others:
        await put_first(ctx, member, others)
    else:
        await ctx.save(member)
    return member


@action(households, audiences=("staff",))
async def leave(ctx: Context, household: Household, *, consumer_id: UUID) -> Household:
    """End a consumer's membership; another of their households becomes the primary one."""
    member, all_of_them = await membership(ctx, household, consumer_id)
    await heads.resign(ctx, member)
    await depart(ctx, member, all_of_them)
    return household


@action(households, audiences=("staff",))
async def make_primary(ctx: Context, household: Household, *, consumer_id: UUID) -> HouseholdMember:
    """Make the household a member's primary one, instead of the one before."""
    member, all_of_them = await membership(ctx, household, consumer_id)
    if not member.is_primary:
        await put_first(ctx, member, all_of_them)
    return member


@action(households, audiences=("staff",))
async def appoint_head(
    ctx: Context, household: Household, *, consumer_id: UUID | None
) -> Household:
    """Appoint a member head of the household, in place of the one before; null appoints nobody."""
    chosen = (await membership(ctx, household, consumer_id))[0] if consumer_id else None
    before = await ctx.every(household_members).filter(household_id=household.id, is_head=True)
    for head in before:
        if chosen is None or head.id != chosen.id:
            await heads.resign(ctx, head)
            await ctx.save(head)
            await ctx.flush()
    if chosen is not None and not chosen.is_head:
        await heads.appoint(ctx, chosen)
    return household


async def membership(
    ctx: Context, household: Household, consumer_id: UUID
) -> tuple[HouseholdMember, Memberships]:
    """The consumer's membership of this household and all that they have; raises NotAMember."""
    consumer = await seen(ctx, consumer_id)
    found = await memberships_of(ctx, consumer_id)
    for one in found:
        if one.household_id == household.id:
            return one, found
    raise NotAMember(f"{consumer.name} does not belong to {household.name}")


async def seen(ctx: Context, consumer_id: UUID) -> Consumer:
    """The consumer, as far as the caller may see them; raises Invalid."""
    try:
        consumer: Consumer = await ctx.get(consumers, consumer_id)
    except NotFound:
        fault = Fault("/consumer_id", "not_found", "there is no such record")
        raise Invalid([fault]) from None
    return consumer
