"""What a line of a contract entitles to: it is written with the line, and follows it."""

from dataclasses import dataclass

from backend.foundation.contract_lines.models import ContractLine
from backend.foundation.contract_lines.resources import SHARED
from backend.foundation.contracts.models import ServiceContract
from backend.foundation.entitlements.models import Entitlement, EntitlementState, Scope
from backend.foundation.entitlements.resources import entitlements
from backend.foundation.entitlements.rules import scope_of
from backend.foundation.units import rules
from backend.foundation.units.actions.pools import open_pool
from backend.foundation.units.drawing import locked, write
from backend.foundation.units.models import EntitlementPool, MovementKind, Renewal
from backend.foundation.units.resources import entitlement_pools
from infra.kernel.context import Context


@dataclass(frozen=True)
class Yielded:
    """The entitlement of a line, and the pool that it draws from."""

    entitlement: Entitlement
    pool: EntitlementPool | None


async def derive(ctx: Context, contract: ServiceContract, line: ContractLine) -> Yielded:
    """Entitle the customer to what the line says, as long as the contract is in force."""
    pool = None
    if line.unit is not None:
        pool = await open_pool(
            ctx,
            name=line.name,
            account_id=contract.account_id,
            consumer_id=contract.consumer_id,
            contract_id=contract.id,
            unit=line.unit,
            quantity=line.quantity,
            renewal=line.renewal,
            starts_on=contract.starts_on,
        )
    entitlement = Entitlement(
        name=line.name,
        scope=Scope(
            scope_of(
                asset_id=line.asset_id,
                sold_product_id=line.sold_product_id,
                product_model_id=line.product_model_id,
                contract_id=contract.id,
                account_id=contract.account_id,
                consumer_id=contract.consumer_id,
            )
            or Scope.CONTRACT
        ),
        asset_id=line.asset_id,
        sold_product_id=line.sold_product_id,
        product_model_id=line.product_model_id,
        location_id=line.location_id,
        contract_id=contract.id,
        account_id=contract.account_id,
        consumer_id=contract.consumer_id,
        contract_line_id=line.id,
        pool_id=pool.id if pool else None,
        starts_on=contract.starts_on,
        **{name: getattr(line, name) for name in SHARED},
    )
    await ctx.save(entitlement)
    return Yielded(entitlement, pool)


async def follow(ctx: Context, line: ContractLine) -> None:
    """Let the entitlement say what the line says now; units change from the next period on."""
    entitlement = await yielded(ctx, line)
    if entitlement is None:
        return
    entitlement.name = line.name
    for name in SHARED:
        setattr(entitlement, name, getattr(line, name))
    await ctx.save(entitlement)
    pool: EntitlementPool | None = await ctx.find(entitlement_pools, entitlement.pool_id, lock=True)
    if pool is not None and line.quantity is not None:
        pool.name, pool.quantity = line.name, line.quantity
        await ctx.save(pool)


async def withdraw(ctx: Context, line: ContractLine) -> None:
    """End what a line gave: its entitlement stays for the cases that name it, its units lapse."""
    entitlement = await yielded(ctx, line)
    if entitlement is None:
        return
    entitlement.state, entitlement.contract_line_id = EntitlementState.CANCELLED, None
    await ctx.save(entitlement)
    if entitlement.pool_id is not None:
        pool = await locked(ctx, entitlement.pool_id)
        pool.renewal, pool.period_ends_on = Renewal.NONE, None
        gone = -pool.remaining
        why = "The line is no more."
        await write(
            ctx, pool, [rules.move(pool, MovementKind.EXPIRED, gone, reason=why)] if gone else []
        )


async def yielded(ctx: Context, line: ContractLine) -> Entitlement | None:
    """The entitlement that came of the line."""
    found: Entitlement | None = await ctx.every(entitlements).get_or_none(contract_line_id=line.id)
    return found
