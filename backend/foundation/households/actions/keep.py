"""Households: made, changed and removed."""

from typing import Any

from backend.foundation.households.heads import resign
from backend.foundation.households.models import Household
from backend.foundation.households.resources import (
    household_members,
    household_team_members,
    households,
)
from backend.foundation.households.standing import depart, memberships_of
from backend.foundation.locations.models import Location
from backend.foundation.locations.resources import locations
from backend.platform.responsibilities.holding import release
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(households, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> Household:
    """Make a household; consumers join it."""
    household = Household(**values)
    await require_home(ctx, household)
    await ctx.save(household)
    return household


@action(households, name="update", audiences=("staff",))
async def update(ctx: Context, household: Household, **values: Any) -> None:
    """Change a household's name or address."""
    household.update_from_dict(values)
    if values.get("location_id"):
        await require_home(ctx, household)
    await ctx.save(household)


@action(households, name="delete", audiences=("staff",))
async def delete(ctx: Context, household: Household) -> None:
    """Remove a household. Its consumers, their cases and work orders stay; only what tied them to
    it goes, and who had it as their primary one has their next."""
    leaving = await ctx.every(household_members).filter(household_id=household.id)
    for member in sorted(leaving, key=lambda one: one.consumer_id):
        await resign(ctx, member)
        await depart(ctx, member, await memberships_of(ctx, member.consumer_id))
    for guardian in await ctx.every(household_team_members).filter(household_id=household.id):
        await release(ctx, guardian.id)
        await ctx.delete(guardian)
    await ctx.flush()
    await ctx.delete(household)


async def require_home(ctx: Context, household: Household) -> None:
    """Raises Invalid where the address is a company's."""
    place: Location | None = await ctx.find(locations, household.location_id)
    if place is not None and place.consumer_id is None:
        message = "must be a consumer's address"
        raise Invalid([Fault("/location_id", "not_a_home", message)])
