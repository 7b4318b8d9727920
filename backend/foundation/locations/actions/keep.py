"""Addresses and sites."""

from typing import Any

from backend.foundation.accounts.ownership import owner_faults
from backend.foundation.locations.models import Location
from backend.foundation.locations.resources import locations
from backend.platform.duplicates.screening import rekey_all
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Forbidden, Invalid


@action(locations, on="collection", name="create")
async def create(ctx: Context, **values: Any) -> Location:
    """Add an address or site of a customer."""
    location = Location(**values)
    if ctx.caller.audience == "customer":
        claim(ctx, location)
    refuse_faults(location)
    await ctx.save(location)
    await rekey_owner_of(ctx, location)
    return location


@action(locations, name="update")
async def update(ctx: Context, location: Location, **values: Any) -> None:
    """Change an address."""
    location.update_from_dict(values)
    refuse_faults(location)
    await ctx.save(location)
    await rekey_owner_of(ctx, location)


async def rekey_owner_of(ctx: Context, location: Location) -> None:
    """An address tells one customer from another: their keys follow it."""
    if location.account_id is not None:
        await rekey_all(ctx, "accounts", [location.account_id])
    elif location.consumer_id is not None:
        await rekey_all(ctx, "consumers", [location.consumer_id])


def claim(ctx: Context, location: Location) -> None:
    """Give a private customer's address to themselves; raises Forbidden for anybody else's."""
    own = ctx.caller.attributes.get("consumer_id")
    if own and location.account_id is None and location.consumer_id in (None, own):
        location.consumer_id = own
    elif location.consumer_id is not None:
        raise Forbidden("this is another customer's address book")


def refuse_faults(location: Location) -> None:
    """Raises Invalid unless exactly one customer is named."""
    if faults := owner_faults(location.account_id, location.consumer_id):
        raise Invalid(faults)
