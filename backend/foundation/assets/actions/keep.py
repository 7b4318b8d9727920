"""Assets: entered, changed, retired."""

from typing import Any

from backend.foundation.accounts.ownership import owner_faults
from backend.foundation.assets import rules
from backend.foundation.assets.models import Asset
from backend.foundation.assets.resources import asset_contacts, assets
from backend.foundation.installed.models import InstallBaseItem, SoldProduct
from backend.foundation.installed.resources import install_base_items, sold_products
from backend.foundation.locations.models import Location
from backend.foundation.locations.resources import locations
from backend.platform.responsibilities.holding import release
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(assets, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> Asset:
    """Enter a supported thing of a customer. What it is sold or installed as says whose it is, and
    of which model, where that is left out."""
    given = {name: value for name, value in values.items() if value is not None}
    item: InstallBaseItem | None = await ctx.find(
        install_base_items, given.get("install_base_item_id")
    )
    if item is not None:
        given.setdefault("sold_product_id", item.sold_product_id)
    sold: SoldProduct | None = await ctx.find(sold_products, given.get("sold_product_id"))
    if sold is not None:
        if "account_id" not in given and "consumer_id" not in given:
            given |= {"account_id": sold.account_id, "consumer_id": sold.consumer_id}
        given.setdefault("product_model_id", sold.product_model_id)
    faults = owner_faults(given.get("account_id"), given.get("consumer_id"))
    if "product_model_id" not in given:
        faults.append(Fault("/product_model_id", "missing", "is required"))
    if faults:
        raise Invalid(faults)
    asset = Asset(**given)
    await refuse_contradictions(ctx, asset, item, sold)
    await ctx.save(asset)
    return asset


@action(assets, name="update", audiences=("staff",))
async def update(ctx: Context, asset: Asset, **values: Any) -> None:
    """Change an asset; whose it is and what it is stay."""
    asset.update_from_dict(values)
    if {"sold_product_id", "install_base_item_id", "location_id"} & asset.changes().keys():
        item = await ctx.find(install_base_items, asset.install_base_item_id)
        sold = await ctx.find(sold_products, asset.sold_product_id)
        await refuse_contradictions(ctx, asset, item, sold)
    await ctx.save(asset)


@action(assets, name="delete", audiences=("staff",))
async def delete(ctx: Context, asset: Asset) -> None:
    """Remove an asset that no case names; its contacts lose it."""
    for tie in await ctx.every(asset_contacts).filter(asset_id=asset.id):
        await release(ctx, tie.id)
        await ctx.delete(tie)
    await ctx.flush()
    await ctx.delete(asset)


async def refuse_contradictions(
    ctx: Context, asset: Asset, item: InstallBaseItem | None, sold: SoldProduct | None
) -> None:
    """Raises Invalid unless all that the asset names is one thing of one customer."""
    place: Location | None = await ctx.find(locations, asset.location_id)
    missing = {
        "/sold_product_id": asset.sold_product_id and sold is None,
        "/install_base_item_id": asset.install_base_item_id and item is None,
        "/location_id": asset.location_id and place is None,
    }
    faults = [
        Fault(pointer, "not_found", "there is no such record")
        for pointer, gone in missing.items()
        if gone
    ]
    origin = rules.Origin(
        sold_owner=(sold.account_id, sold.consumer_id) if sold else None,
        sold_model_id=sold.product_model_id if sold else None,
        item_sold_product_id=item.sold_product_id if item else None,
        place_owner=(place.account_id, place.consumer_id) if place else None,
    )
    owner = asset.account_id, asset.consumer_id
    faults += rules.contradictions(owner, asset.product_model_id, asset.sold_product_id, origin)
    if faults:
        raise Invalid(faults)
