"""Lines of contracts."""

from typing import Any

from backend.foundation.accounts.ownership import mismatch
from backend.foundation.assets.models import Asset
from backend.foundation.assets.resources import assets
from backend.foundation.contract_lines.deriving import derive, follow, withdraw
from backend.foundation.contract_lines.models import ContractLine
from backend.foundation.contract_lines.resources import contract_lines
from backend.foundation.contracts import rules
from backend.foundation.contracts.models import ServiceContract
from backend.foundation.contracts.resources import service_contracts
from backend.foundation.entitlements.actions.keep import plain
from backend.foundation.installed.models import SoldProduct
from backend.foundation.installed.resources import sold_products
from backend.foundation.locations.models import Location
from backend.foundation.locations.resources import locations
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(contract_lines, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> ContractLine:
    """Cover something by a contract, which entitles the customer at once."""
    given = {name: value for name, value in plain(values).items() if value is not None}
    contract: ServiceContract | None = await ctx.find(service_contracts, given["contract_id"])
    if contract is None:
        raise Invalid([Fault("/contract_id", "not_found", "there is no such record")])
    rules.require(contract.state, "add a line", rules.LIVING)
    line = ContractLine(**given)
    faults = await subject_faults(ctx, line, (contract.account_id, contract.consumer_id))
    if faults := faults + term_faults(line):
        raise Invalid(faults)
    await ctx.save(line)
    await derive(ctx, contract, line)
    return line


@action(contract_lines, name="update", audiences=("staff",))
async def update(ctx: Context, line: ContractLine, **values: Any) -> None:
    """Change the terms of a line; cases that are open keep what they were promised."""
    contract: ServiceContract = await ctx.find(service_contracts, line.contract_id)
    rules.require(contract.state, "update a line", rules.LIVING)
    line.update_from_dict(plain(values))
    if faults := term_faults(line):
        raise Invalid(faults)
    await ctx.save(line)
    await follow(ctx, line)


@action(contract_lines, name="delete", audiences=("staff",))
async def delete(ctx: Context, line: ContractLine) -> None:
    """Cover it no more: what the line entitled to ends, and its units lapse."""
    await withdraw(ctx, line)
    await ctx.flush()
    await ctx.delete(line)


async def subject_faults(ctx: Context, line: ContractLine, owner: tuple[Any, Any]) -> list[Fault]:
    """What is covered is the customer's own, and one thing."""
    faults = []
    named = [n for n in ("asset_id", "sold_product_id", "product_model_id") if getattr(line, n)]
    faults += [
        Fault(f"/{name}", "one_subject", "a line covers one thing or one kind of product")
        for name in named[1:]
    ]
    asset: Asset | None = await ctx.find(assets, line.asset_id)
    product: SoldProduct | None = await ctx.find(sold_products, line.sold_product_id)
    place: Location | None = await ctx.find(locations, line.location_id)
    for pointer, key, found in (
        ("/asset_id", line.asset_id, asset),
        ("/sold_product_id", line.sold_product_id, product),
        ("/location_id", line.location_id, place),
    ):
        if found is not None:
            faults += mismatch(pointer, owner, (found.account_id, found.consumer_id))
        elif key is not None:
            faults.append(Fault(pointer, "not_found", "there is no such record"))
    return faults


def term_faults(line: ContractLine) -> list[Fault]:
    """Units come with a quantity, an amount with a currency."""
    faults = []
    if (line.unit is None) != (line.quantity is None):
        faults.append(Fault("/quantity", "together", "name a unit and a quantity, or neither"))
    if (line.price_minor is None) != (line.price_currency is None):
        message = "name an amount and a currency, or neither"
        faults.append(Fault("/price_currency", "together", message))
    return faults
