"""Where sold products are installed: one product as several items, at several places."""

from typing import Any
from uuid import UUID

from backend.foundation.accounts.ownership import mismatch
from backend.foundation.installed.errors import MoreInstalledThanSold, ProductHasEnded
from backend.foundation.installed.models import (
    InstallBaseItem,
    InstalledProduct,
    SoldProduct,
    SoldState,
)
from backend.foundation.installed.queries import most_placed, placed
from backend.foundation.installed.resources import (
    install_base_items,
    installed_products,
    sold_products,
)
from backend.foundation.locations.models import Location
from backend.foundation.locations.resources import locations
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(installed_products, on="collection", name="create", audiences=("staff",))
async def associate(ctx: Context, **values: Any) -> InstalledProduct:
    """Say that so many of a sold product are installed as an item at a place."""
    row = InstalledProduct(**{k: v for k, v in values.items() if v is not None})
    # Two who place the last ones at once: the second waits here, and then counts the first's too.
    product: SoldProduct | None = await ctx.find(sold_products, row.sold_product_id, lock=True)
    item: InstallBaseItem | None = await ctx.find(install_base_items, row.install_base_item_id)
    faults = _absent("/sold_product_id", product) + _absent("/install_base_item_id", item)
    if product is not None and item is not None:
        of: SoldProduct = await ctx.find(sold_products, item.sold_product_id)
        faults += mismatch("/install_base_item_id", _owner(product), _owner(of))
    if product is not None:
        faults += await _elsewhere(ctx, product, row.location_id)
    if faults or product is None:
        raise Invalid(faults)
    if product.state is SoldState.ENDED:
        raise ProductHasEnded("what has ended is not installed anew")
    await _refuse_too_many(ctx, product, row)
    await ctx.save(row)
    return row


@action(installed_products, name="update", audiences=("staff",))
async def change_place(ctx: Context, row: InstalledProduct, **values: Any) -> None:
    """Change how many are installed there, or move them to another place."""
    product: SoldProduct = await ctx.find(sold_products, row.sold_product_id, lock=True)
    row.update_from_dict(values)
    if faults := await _elsewhere(ctx, product, row.location_id):
        raise Invalid(faults)
    await _refuse_too_many(ctx, product, row)
    await ctx.save(row)


async def place(
    ctx: Context, product: SoldProduct, item: InstallBaseItem, quantity: int
) -> InstalledProduct:
    """The first place of a new item: where it stands, with its own product."""
    row = InstalledProduct(
        sold_product_id=product.id,
        install_base_item_id=item.id,
        location_id=item.location_id,
        quantity=quantity,
        installed_on=item.installed_on,
    )
    if quantity > product.quantity:
        raise MoreInstalledThanSold(_told(product, quantity))
    await ctx.save(row)
    return row


async def follow_move(ctx: Context, item: InstallBaseItem, before: UUID | None) -> None:
    """What was installed as the item where it stood goes with it; what is there already adds up."""
    rows: list[InstalledProduct] = await ctx.every(installed_products).filter(
        install_base_item_id=item.id
    )
    there = {row.sold_product_id: row for row in rows if row.location_id == item.location_id}
    for row in rows:
        if row.location_id != before:
            continue
        if met := there.get(row.sold_product_id):
            met.quantity += row.quantity
            await ctx.save(met)
            await ctx.delete(row)
        else:
            row.location_id = item.location_id
            await ctx.save(row)


async def refuse_too_few(ctx: Context, product: SoldProduct) -> None:
    """Raises MoreInstalledThanSold where more are installed than are owned from now on."""
    most = await most_placed(ctx, product.id)
    if most > product.quantity:
        raise MoreInstalledThanSold(_told(product, most))


async def _refuse_too_many(ctx: Context, product: SoldProduct, row: InstalledProduct) -> None:
    others = await placed(ctx, product.id, row.install_base_item_id, row.id)
    if others + row.quantity > product.quantity:
        raise MoreInstalledThanSold(_told(product, others + row.quantity))


async def _elsewhere(ctx: Context, product: SoldProduct, location_id: UUID | None) -> list[Fault]:
    if location_id is None:
        return []
    found: Location | None = await ctx.find(locations, location_id)
    if found is None:
        return _absent("/location_id", found)
    return mismatch("/location_id", _owner(product), (found.account_id, found.consumer_id))


def _owner(product: SoldProduct) -> tuple[UUID | None, UUID | None]:
    return product.account_id, product.consumer_id


def _absent(pointer: str, record: object | None) -> list[Fault]:
    return [] if record else [Fault(pointer, "not_found", "there is no such record")]


def _told(product: SoldProduct, wanted: int) -> str:
    return f"{product.quantity} were sold; {wanted} would be installed as one item"
