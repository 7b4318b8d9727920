"""Writing down what a customer is owed."""

from collections.abc import Mapping
from typing import Any

from backend.foundation.accounts.ownership import mismatch, period_faults
from backend.foundation.assets.models import Asset
from backend.foundation.assets.resources import assets
from backend.foundation.contracts.models import ServiceContract
from backend.foundation.contracts.resources import service_contracts
from backend.foundation.entitlements.models import Entitlement, Scope
from backend.foundation.entitlements.resources import entitlements
from backend.foundation.entitlements.rules import scope_of
from backend.foundation.installed.models import SoldProduct
from backend.foundation.installed.resources import sold_products
from backend.foundation.units.models import EntitlementPool
from backend.foundation.units.resources import entitlement_pools
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(entitlements, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> Entitlement:
    """Entitle an asset, a sold product, a product model, a contract or a customer to support."""
    entitlement = Entitlement(**plain(values))
    faults = await inherit_owner(ctx, entitlement)
    scope = scope_of(
        asset_id=entitlement.asset_id,
        sold_product_id=entitlement.sold_product_id,
        product_model_id=entitlement.product_model_id,
        contract_id=entitlement.contract_id,
        account_id=entitlement.account_id,
        consumer_id=entitlement.consumer_id,
    )
    if scope is None:
        message = "name an asset, a product, a product model, a contract or a customer"
        faults.append(Fault("/sold_product_id", "missing", message))
    if entitlement.account_id and entitlement.consumer_id:
        faults.append(Fault("/consumer_id", "one_owner", "name an account or a consumer, not both"))
    faults += await term_faults(ctx, entitlement)
    if faults or scope is None:
        raise Invalid(faults)
    entitlement.scope = Scope(scope)
    await ctx.save(entitlement)
    return entitlement


@action(entitlements, name="update", audiences=("staff",))
async def update(ctx: Context, entitlement: Entitlement, **values: Any) -> None:
    """Change a level of support; what it hangs on stays."""
    entitlement.update_from_dict(plain(values))
    if faults := await term_faults(ctx, entitlement):
        raise Invalid(faults)
    await ctx.save(entitlement)


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with channels as the words that are stored, each once."""
    found = dict(values)
    if found.get("channels") is not None:
        found["channels"] = list(dict.fromkeys(str(channel) for channel in found["channels"]))
    return found


async def term_faults(ctx: Context, entitlement: Entitlement) -> list[Fault]:
    """What is wrong with the period, the units and the price."""
    faults = period_faults(entitlement.starts_on, entitlement.ends_on)
    pool: EntitlementPool | None = await ctx.find(entitlement_pools, entitlement.pool_id)
    if entitlement.pool_id and pool is None:
        faults.append(Fault("/pool_id", "not_found", "there is no such record"))
    elif pool is not None and (entitlement.account_id or entitlement.consumer_id):
        owner = entitlement.account_id, entitlement.consumer_id
        faults += mismatch("/pool_id", owner, (pool.account_id, pool.consumer_id))
    elif pool is not None:
        message = "an entitlement of no one customer has no units"
        faults.append(Fault("/pool_id", "no_owner", message))
    if (entitlement.price_minor is None) != (entitlement.price_currency is None):
        message = "name an amount and a currency, or neither"
        faults.append(Fault("/price_currency", "together", message))
    return faults


async def inherit_owner(ctx: Context, entitlement: Entitlement) -> list[Fault]:
    """Make the product's or contract's owner the entitlement's, and tell who names another."""
    faults: list[Fault] = []
    if entitlement.asset_id:
        asset: Asset | None = await ctx.find(assets, entitlement.asset_id)
        faults += _take_owner(entitlement, asset, "/asset_id")
    if entitlement.sold_product_id:
        product: SoldProduct | None = await ctx.find(sold_products, entitlement.sold_product_id)
        faults += _take_owner(entitlement, product, "/sold_product_id")
    if entitlement.contract_id:
        contract: ServiceContract | None = await ctx.find(
            service_contracts, entitlement.contract_id
        )
        faults += _take_owner(entitlement, contract, "/contract_id")
    return faults


def _take_owner(
    entitlement: Entitlement, source: Asset | SoldProduct | ServiceContract | None, pointer: str
) -> list[Fault]:
    if source is None:
        return [Fault(pointer, "not_found", "there is no such record")]
    owner = source.account_id, source.consumer_id
    if entitlement.account_id is None and entitlement.consumer_id is None:
        entitlement.account_id, entitlement.consumer_id = owner
    return mismatch(pointer, (entitlement.account_id, entitlement.consumer_id), owner)
