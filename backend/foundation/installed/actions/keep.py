"""Sold products and what is installed of them: all parts of one thing have one owner."""

from typing import Any

from backend.foundation.accounts.ownership import mismatch, owner_faults
from backend.foundation.contracts.models import ServiceContract
from backend.foundation.contracts.resources import service_contracts
from backend.foundation.installed.errors import SoldProductCycle
from backend.foundation.installed.models import InstallBaseItem, SoldProduct
from backend.foundation.installed.resources import install_base_items, sold_products
from backend.foundation.locations.models import Location
from backend.foundation.locations.resources import locations
from backend.foundation.products.queries import is_part_of
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid

Owner = tuple[Any, Any]


@action(sold_products, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> SoldProduct:
    """Record what an account or a consumer has bought."""
    product = SoldProduct(**values)
    faults = owner_faults(product.account_id, product.consumer_id)
    faults += await strangers(ctx, product, set(values))
    if faults:
        raise Invalid(faults)
    await ctx.save(product)
    return product


@action(sold_products, name="update", audiences=("staff",))
async def update(ctx: Context, product: SoldProduct, **values: Any) -> None:
    """Change a sold product; whose it is stays."""
    product.update_from_dict(values)
    if faults := await strangers(ctx, product, set(values)):
        raise Invalid(faults)
    parent = values.get("parent_id")
    if parent and await is_part_of(ctx, "sold_products", parent, product.id):
        raise SoldProductCycle(f"{product.name} would become a part of itself")
    await ctx.save(product)


@action(install_base_items, on="collection", name="create", audiences=("staff",))
async def install(ctx: Context, **values: Any) -> InstallBaseItem:
    """Record an installed instance of a sold product."""
    item = InstallBaseItem(**values)
    await refuse_foreign_place(ctx, item)
    await ctx.save(item)
    return item


@action(install_base_items, name="update", audiences=("staff",))
async def change_installed(ctx: Context, item: InstallBaseItem, **values: Any) -> None:
    """Change an installed item, or move it to another place."""
    item.update_from_dict(values)
    await refuse_foreign_place(ctx, item)
    await ctx.save(item)


async def strangers(ctx: Context, product: SoldProduct, given: set[str]) -> list[Fault]:
    """Faults for references that belong to another customer."""
    owner: Owner = product.account_id, product.consumer_id
    faults: list[Fault] = []
    if "parent_id" in given and product.parent_id:
        parent: SoldProduct | None = await ctx.find(sold_products, product.parent_id)
        faults += _owned("/parent_id", owner, parent)
    if "contract_id" in given and product.contract_id:
        contract: ServiceContract | None = await ctx.find(service_contracts, product.contract_id)
        faults += _owned("/contract_id", owner, contract)
    if "location_id" in given and product.location_id:
        faults += _owned("/location_id", owner, await ctx.find(locations, product.location_id))
    return faults


async def refuse_foreign_place(ctx: Context, item: InstallBaseItem) -> None:
    """Raises Invalid where the place belongs to another customer than the product."""
    product: SoldProduct | None = await ctx.find(sold_products, item.sold_product_id)
    if product is None:
        raise Invalid([Fault("/sold_product_id", "not_found", "there is no such record")])
    if item.location_id is not None:
        owner = product.account_id, product.consumer_id
        place = await ctx.find(locations, item.location_id)
        if faults := _owned("/location_id", owner, place):
            raise Invalid(faults)


def _owned(
    pointer: str, owner: Owner, record: SoldProduct | ServiceContract | Location | None
) -> list[Fault]:
    if record is None:
        return [Fault(pointer, "not_found", "there is no such record")]
    return mismatch(pointer, owner, (record.account_id, record.consumer_id))
