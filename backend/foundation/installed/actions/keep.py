"""Sold products and what is installed of them: all parts of one thing have one owner."""

from typing import Any

from backend.foundation.accounts.ownership import mismatch, owner_faults
from backend.foundation.contracts.models import ServiceContract
from backend.foundation.contracts.resources import service_contracts
from backend.foundation.installed.actions.places import follow_move, place, refuse_too_few
from backend.foundation.installed.errors import (
    InstalledItemCycle,
    ProductHasEnded,
    SoldProductCycle,
)
from backend.foundation.installed.models import InstallBaseItem, SoldProduct, SoldState
from backend.foundation.installed.resources import (
    Quantity,
    install_base_items,
    sold_products,
)
from backend.foundation.locations.models import Location
from backend.foundation.locations.resources import locations
from backend.foundation.products.extensions import extended
from backend.foundation.products.models import ProductModel
from backend.foundation.products.resources import product_models
from backend.foundation.products.trees import require_no_cycle
from infra.kernel.actions import action, apply
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid

Owner = tuple[Any, Any]


@action(sold_products, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> SoldProduct:
    """Record what an account or a consumer has bought."""
    product = SoldProduct(**_present(values))
    faults = owner_faults(product.account_id, product.consumer_id)
    faults += await strangers(ctx, product, set(values))
    faults += await check_extension(ctx, product, product, given="extension" in values)
    if faults:
        raise Invalid(faults)
    await ctx.save(product)
    return product


@action(sold_products, name="update", audiences=("staff",))
async def update(ctx: Context, product: SoldProduct, **values: Any) -> None:
    """Change a sold product; whose it is stays."""
    apply(sold_products, product, values)
    faults = await strangers(ctx, product, set(values))
    faults += await check_extension(ctx, product, product, given="extension" in values)
    if faults:
        raise Invalid(faults)
    if values.get("parent_id"):
        await require_no_cycle(
            ctx, sold_products, product.id, values["parent_id"], SoldProductCycle
        )
    if "quantity" in values:
        await refuse_too_few(ctx, product)
    await ctx.save(product)


@action(install_base_items, on="collection", name="create", audiences=("staff",))
async def install(ctx: Context, *, quantity: Quantity = 1, **values: Any) -> InstallBaseItem:
    """Record an installed instance of a sold product, standing for so many of it."""
    item = InstallBaseItem(**_present(values))
    # Locked: somebody may be saying at this moment that fewer were sold, or none any more.
    product = await fitting_product(ctx, item, set(values), lock=True)
    if product.state is SoldState.ENDED:
        raise ProductHasEnded("what has ended is not installed anew")
    await ctx.save(item)
    await place(ctx, product, item, quantity)
    return item


@action(install_base_items, name="update", audiences=("staff",))
async def change_installed(ctx: Context, item: InstallBaseItem, **values: Any) -> None:
    """Change an installed item, or move it to another place."""
    before = item.location_id
    apply(install_base_items, item, values)
    await fitting_product(ctx, item, set(values))
    if values.get("parent_id"):
        await require_no_cycle(
            ctx, install_base_items, item.id, values["parent_id"], InstalledItemCycle
        )
    await ctx.save(item)
    if item.location_id != before:
        await follow_move(ctx, item, before)


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


async def fitting_product(
    ctx: Context, item: InstallBaseItem, given: set[str], *, lock: bool = False
) -> SoldProduct:
    """The item's product; raises Invalid where place, whole or data do not go with it."""
    product: SoldProduct | None = await ctx.find(sold_products, item.sold_product_id, lock=lock)
    if product is None:
        raise Invalid([Fault("/sold_product_id", "not_found", "there is no such record")])
    owner: Owner = product.account_id, product.consumer_id
    faults: list[Fault] = []
    if "location_id" in given and item.location_id is not None:
        faults += _owned("/location_id", owner, await ctx.find(locations, item.location_id))
    if "parent_id" in given and item.parent_id is not None:
        whole: InstallBaseItem | None = await ctx.find(install_base_items, item.parent_id)
        of = await ctx.find(sold_products, whole.sold_product_id) if whole else None
        faults += _owned("/parent_id", owner, of)
    faults += await check_extension(ctx, item, product, given="extension" in given)
    if faults:
        raise Invalid(faults)
    return product


async def check_extension(
    ctx: Context, row: SoldProduct | InstallBaseItem, product: SoldProduct, *, given: bool
) -> list[Fault]:
    """Bring the row's extension into the form that its model asks for; what is wrong with it."""
    if not given or row.extension is None:
        return []
    model: ProductModel | None = await ctx.find(product_models, product.product_model_id)
    row.extension, faults = extended(model.extension_kind if model else None, row.extension)
    return faults


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _owned(
    pointer: str, owner: Owner, record: SoldProduct | ServiceContract | Location | None
) -> list[Fault]:
    if record is None:
        return [Fault(pointer, "not_found", "there is no such record")]
    return mismatch(pointer, owner, (record.account_id, record.consumer_id))
