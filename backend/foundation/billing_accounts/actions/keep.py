"""Billing accounts: opened, changed, moved in their tree."""

from typing import Any

from backend.foundation.accounts.ownership import mismatch, owner_faults
from backend.foundation.accounts.queries import hold_hierarchy
from backend.foundation.billing_accounts.errors import BillingCycle
from backend.foundation.billing_accounts.models import BillingAccount, BillingState
from backend.foundation.billing_accounts.queries import hold_customer, is_at_or_below
from backend.foundation.billing_accounts.resources import billing_accounts
from backend.foundation.locations.models import Location
from backend.foundation.locations.resources import locations
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(billing_accounts, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> BillingAccount:
    """Open a billing account of a customer; their first one is where they pay by default."""
    account = BillingAccount(**{n: v for n, v in values.items() if v is not None})
    await refuse_faults(ctx, account)
    others = await owned_beside(ctx, account)
    account.is_default = account.is_default or not others
    await ctx.flush()
    await ctx.save(account)
    return account


@action(billing_accounts, name="update")
async def update(ctx: Context, account: BillingAccount, **values: Any) -> None:
    """Change a billing account, or move it in its tree; whose it is stays."""
    moves = values.get("parent_id") not in (None, account.parent_id)
    account.update_from_dict(values)
    if account.state is BillingState.CLOSED:
        account.is_default = False
    await refuse_faults(ctx, account)
    if moves:
        await hold_hierarchy(ctx, moving=True)
        if await is_at_or_below(ctx, values["parent_id"], account.id):
            raise BillingCycle("the new parent lies at or below this billing account")
    if "is_default" in account.changes() and account.is_default:
        await owned_beside(ctx, account)
        await ctx.flush()
    await ctx.save(account)


async def owned_beside(ctx: Context, account: BillingAccount) -> list[BillingAccount]:
    """The customer's other billing accounts that are open; none of them stays the default where
    this one becomes it."""
    owner = account.account_id, account.consumer_id
    await hold_customer(ctx, owner)
    others: list[BillingAccount] = (
        await ctx.every(billing_accounts)
        .filter(account_id=owner[0], consumer_id=owner[1])
        .exclude(state=BillingState.CLOSED)
    )
    others = [other for other in others if other.id != account.id]
    for other in others:
        if account.is_default and other.is_default:
            other.is_default = False
            await ctx.save(other)
    return others


async def refuse_faults(ctx: Context, account: BillingAccount) -> None:
    """Raises Invalid with every fault."""
    owner = account.account_id, account.consumer_id
    faults = owner_faults(*owner)
    changed = account.changes()
    if account.location_id and "location_id" in changed:
        place: Location | None = await ctx.find(locations, account.location_id)
        if place is None:
            faults.append(Fault("/location_id", "not_found", "there is no such record"))
        else:
            faults += mismatch("/location_id", owner, (place.account_id, place.consumer_id))
    if account.bills_to_parent:
        faults += await _upward_faults(ctx, account)
    if faults:
        raise Invalid(faults)


async def _upward_faults(ctx: Context, account: BillingAccount) -> list[Fault]:
    """What bills to its parent has one, and the same currency."""
    if account.parent_id is None:
        return [Fault("/parent_id", "missing", "is needed where invoices go to the parent")]
    parent: BillingAccount | None = await ctx.find(billing_accounts, account.parent_id)
    if parent is None:
        return [Fault("/parent_id", "not_found", "there is no such record")]
    if parent.currency != account.currency:
        message = f"must be {parent.currency}, as the parent's, to be billed there"
        return [Fault("/currency", "other_currency", message)]
    return []
