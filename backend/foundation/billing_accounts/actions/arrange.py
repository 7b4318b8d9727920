"""Consolidated billing: one billing account pays for several customers, wholly or in part."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.foundation.accounts.ownership import owner_faults, period_faults
from backend.foundation.billing_accounts import rules
from backend.foundation.billing_accounts.errors import OverPaid
from backend.foundation.billing_accounts.models import (
    BillingAccount,
    BillingArrangement,
    BillingState,
)
from backend.foundation.billing_accounts.queries import hold_customer
from backend.foundation.billing_accounts.resources import billing_accounts, billing_arrangements
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(billing_arrangements, on="collection", name="create", audiences=("staff",))
async def arrange(ctx: Context, **values: Any) -> BillingArrangement:
    """Let a billing account pay for a customer: all of it, or a share in basis points."""
    arrangement = BillingArrangement(**{n: v for n, v in values.items() if v is not None})
    faults = owner_faults(arrangement.account_id, arrangement.consumer_id)
    payer: BillingAccount | None = await ctx.find(billing_accounts, arrangement.billing_account_id)
    if payer is not None and payer.state is BillingState.CLOSED:
        faults.append(Fault("/billing_account_id", "closed", "pays for nobody any more"))
    await settle(ctx, arrangement, faults)
    return arrangement


@action(billing_arrangements, name="update", audiences=("staff",))
async def rearrange(ctx: Context, arrangement: BillingArrangement, **values: Any) -> None:
    """Change the share or the time of an arrangement; ending it is giving it a last day."""
    arrangement.update_from_dict(values)
    await settle(ctx, arrangement, [])


async def settle(ctx: Context, arrangement: BillingArrangement, faults: list[Fault]) -> None:
    """Save the arrangement; raises Invalid with every fault, OverPaid where the shares of all who
    pay for the customer would be more than the whole on some day."""
    faults = faults + period_faults(arrangement.starts_on, arrangement.ends_on)
    if faults:
        raise Invalid(faults)
    customer = arrangement.account_id, arrangement.consumer_id
    await hold_customer(ctx, customer)
    beside = await arrangements_for(ctx, customer)
    shares = [share_of(each) for each in beside if each.id != arrangement.id]
    day = rules.first_overpaid_day([*shares, share_of(arrangement)])
    if day is not None:
        raise OverPaid(f"on {day} more than the whole would be paid", day=day.isoformat())
    await ctx.save(arrangement)


async def arrangements_for(ctx: Context, customer: tuple[Any, Any]) -> list[BillingArrangement]:
    """Everything that was arranged for a customer."""
    owner: Mapping[str, Any] = {"account_id": customer[0], "consumer_id": customer[1]}
    named = {name: value for name, value in owner.items() if value is not None}
    found: list[BillingArrangement] = await ctx.every(billing_arrangements).filter(**named)
    return found


def share_of(arrangement: BillingArrangement) -> rules.Share:
    """The arrangement as the rules see it."""
    starts, ends = arrangement.starts_on, arrangement.ends_on
    return rules.Share(
        arrangement.billing_account_id, arrangement.basis_points, _day(starts), ends and _day(ends)
    )


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
