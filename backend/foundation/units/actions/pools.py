"""Pools of units: bought, changed, corrected."""

from decimal import Decimal
from typing import Annotated, Any

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import Field

from backend.foundation.accounts.ownership import mismatch, owner_faults
from backend.foundation.contracts.models import ServiceContract
from backend.foundation.contracts.resources import service_contracts
from backend.foundation.units import rules
from backend.foundation.units.drawing import write
from backend.foundation.units.models import EntitlementPool, MovementKind, Renewal
from backend.foundation.units.resources import QUANTITY_MOST, entitlement_pools
from infra.kernel.actions import action
from infra.kernel.columns import Words
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid

Change = Annotated[Decimal, Ge(-QUANTITY_MOST), Le(QUANTITY_MOST), Field(decimal_places=2)]
Why = Annotated[Words, MinLen(1), MaxLen(500)]


@action(entitlement_pools, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> EntitlementPool:
    """Give a customer units of support, once or for every period."""
    given = {name: value for name, value in values.items() if value is not None}
    faults = []
    contract: ServiceContract | None = await ctx.find(service_contracts, given.get("contract_id"))
    if contract is not None:
        if not {"account_id", "consumer_id"} & given.keys():
            given["account_id"], given["consumer_id"] = contract.account_id, contract.consumer_id
        owner = given.get("account_id"), given.get("consumer_id")
        faults += mismatch("/contract_id", owner, (contract.account_id, contract.consumer_id))
    elif "contract_id" in given:
        faults.append(Fault("/contract_id", "not_found", "there is no such record"))
    faults += owner_faults(given.get("account_id"), given.get("consumer_id"))
    if faults:
        raise Invalid(faults)
    return await open_pool(ctx, **given)


async def open_pool(ctx: Context, **given: Any) -> EntitlementPool:
    """A pool that is filled for the period of today."""
    renewal = given.get("renewal", Renewal.NONE)
    first, last = rules.period_at(given["starts_on"], renewal, ctx.now.date())
    pool = EntitlementPool(
        **given,
        period_starts_on=first,
        period_ends_on=last,
        remaining=rules.ZERO,
        reserved=rules.ZERO,
        last_position=0,
    )
    await write(ctx, pool, [rules.fill(pool)])
    return pool


@action(entitlement_pools, name="update", audiences=("staff",))
async def update(ctx: Context, pool: EntitlementPool, **values: Any) -> None:
    """Rename a pool, or change how many units there are from the next period on."""
    pool.update_from_dict(values)
    await ctx.save(pool)


@action(entitlement_pools, audiences=("staff",))
async def adjust(ctx: Context, pool: EntitlementPool, *, amount: Change, reason: Why) -> None:
    """Add units to a pool or take some away; the ledger keeps who did it and why."""
    await write(ctx, pool, rules.renew(pool, ctx.now.date()))
    faults = []
    if amount == 0:
        faults.append(Fault("/amount", "zero", "must add units or take some away"))
    if pool.remaining + amount < 0:
        message = f"no more than the {pool.remaining} that remain can be taken away"
        faults.append(Fault("/amount", "greater_than_equal", message))
    if faults:
        raise Invalid(faults)
    await write(ctx, pool, [rules.move(pool, MovementKind.ADJUSTED, amount, reason=reason)])
