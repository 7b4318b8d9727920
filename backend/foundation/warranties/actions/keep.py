"""Warranties: begun with a sale or later, changed, ended before their time."""

from typing import Any

from backend.foundation.accounts.ownership import period_faults
from backend.foundation.installed.models import InstallBaseItem, SoldProduct
from backend.foundation.installed.resources import install_base_items, sold_products
from backend.foundation.warranties.errors import WarrantyVoid
from backend.foundation.warranties.models import ProductWarranty, Warranty, WarrantyState
from backend.foundation.warranties.resources import product_warranties, warranties
from backend.foundation.warranties.rules import last_day
from backend.foundation.warranties.standing import bring_up_to_date
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(warranties, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> Warranty:
    """Begin a warranty; one that its product model defines fills in what is not said."""
    given = {name: value for name, value in values.items() if value is not None}
    faults = await settle(ctx, given)
    if faults:
        raise Invalid(faults)
    warranty = Warranty(**given)
    await ctx.save(warranty)
    await bring_up_to_date(ctx, [warranty.sold_product_id])
    return warranty


@action(warranties, name="update", audiences=("staff",))
async def update(ctx: Context, warranty: Warranty, **values: Any) -> None:
    """Change a warranty, such as its last day."""
    if warranty.state is WarrantyState.VOID:
        raise WarrantyVoid("update allows active")
    warranty.update_from_dict(values)
    if faults := period_faults(warranty.starts_on, warranty.ends_on):
        raise Invalid(faults)
    await ctx.save(warranty)
    await bring_up_to_date(ctx, [warranty.sold_product_id])


@action(warranties, name="void", audiences=("staff",))
async def void(ctx: Context, warranty: Warranty) -> None:
    """End a warranty before its time: it counts no more."""
    if warranty.state is WarrantyState.VOID:
        raise WarrantyVoid("void allows active")
    warranty.state = WarrantyState.VOID
    await ctx.save(warranty)
    await bring_up_to_date(ctx, [warranty.sold_product_id])


@action(warranties, name="delete", audiences=("staff",))
async def delete(ctx: Context, warranty: Warranty) -> None:
    """Remove a warranty that was written down by mistake."""
    await ctx.delete(warranty)
    await bring_up_to_date(ctx, [warranty.sold_product_id])


async def settle(ctx: Context, given: dict[str, Any]) -> list[Fault]:
    """Complete what a warranty is on and what it says; what is wrong with it."""
    faults: list[Fault] = []
    item: InstallBaseItem | None = await ctx.find(
        install_base_items, given.get("install_base_item_id")
    )
    if item is not None:
        if given.setdefault("sold_product_id", item.sold_product_id) != item.sold_product_id:
            message = "is an item of another sold product"
            faults.append(Fault("/install_base_item_id", "other_product", message))
        given.setdefault("serial_number", item.serial_number)
    product: SoldProduct | None = await ctx.find(sold_products, given.get("sold_product_id"))
    if product is None:
        message = "name a sold product or an installed item"
        faults.append(Fault("/sold_product_id", "missing", message))
    definition: ProductWarranty | None = await ctx.find(
        product_warranties, given.get("product_warranty_id")
    )
    if definition is not None:
        if product is not None and definition.product_model_id != product.product_model_id:
            message = "is a warranty of another product model"
            faults.append(Fault("/product_warranty_id", "other_product", message))
        given.setdefault("name", definition.name)
        given.setdefault("coverage", definition.coverage)
        given.setdefault("terms", definition.terms)
        given.setdefault("ends_on", last_day(given["starts_on"], definition.months))
    faults += [
        Fault(f"/{name}", "missing", "is required without a product warranty")
        for name in ("name", "ends_on")
        if name not in given
    ]
    if "ends_on" in given:
        faults += period_faults(given["starts_on"], given["ends_on"])
    return faults
