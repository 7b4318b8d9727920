"""What is done to a sold product is done to all its parts: moved or ended as a whole."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from backend.foundation.installed.actions.keep import strangers
from backend.foundation.installed.actions.places import follow_move
from backend.foundation.installed.errors import ProductHasEnded
from backend.foundation.installed.events import SoldProductEnded, SoldProductRelocated
from backend.foundation.installed.models import (
    InstallBaseItem,
    InstallState,
    SoldProduct,
    SoldState,
)
from backend.foundation.installed.resources import install_base_items, sold_products
from backend.foundation.products.trees import tree_of
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


class Whole(BaseModel):
    """What a verb on a whole product has touched."""

    sold_products: list[UUID]
    install_base_items: list[UUID]


@action(sold_products, name="end", audiences=("staff",), emits=(SoldProductEnded,))
async def end(ctx: Context, product: SoldProduct, *, on: date | None = None) -> Whole:
    """End a sold product with all its parts; what is installed of them is removed."""
    if product.state is SoldState.ENDED:
        raise ProductHasEnded("it has ended already")
    day = on or ctx.now.date()
    parts, items = await whole_of(ctx, product)
    if product.purchased_on is not None and day < product.purchased_on:
        raise Invalid([Fault("/on", "order", "must not be before it was bought")])
    for part in parts:
        if part.state is not SoldState.ENDED:
            part.state, part.ended_on = SoldState.ENDED, day
            await ctx.save(part)
            ctx.emit(SoldProductEnded(sold_product_id=part.id))
    for item in items:
        item.state = InstallState.REMOVED
        await ctx.save(item)
    return _told(parts, items)


@action(sold_products, name="relocate", audiences=("staff",), emits=(SoldProductRelocated,))
async def relocate(ctx: Context, product: SoldProduct, *, location_id: UUID) -> Whole:
    """Move a sold product to another place of its owner, with all its parts and what is installed
    of them."""
    product.location_id = location_id
    if faults := await strangers(ctx, product, {"location_id"}):
        raise Invalid(faults)
    if product.state is SoldState.ENDED:
        raise ProductHasEnded("what has ended stands nowhere")
    parts, items = await whole_of(ctx, product)
    for part in parts:
        if part.state is not SoldState.ENDED:
            part.location_id = location_id
            await ctx.save(part)
            ctx.emit(SoldProductRelocated(sold_product_id=part.id, location_id=location_id))
    for item in items:
        before, item.location_id = item.location_id, location_id
        if item.state is not InstallState.REMOVED and before != location_id:
            await ctx.save(item)
            await follow_move(ctx, item, before)
    return _told(parts, items)


async def whole_of(
    ctx: Context, product: SoldProduct
) -> tuple[list[SoldProduct], list[InstallBaseItem]]:
    """The product with its parts, itself first, and the items installed of any of them."""
    ids = await tree_of(ctx, sold_products, product.id)
    below = ctx.every(sold_products).filter(id__in=ids[1:]).order_by("id")
    parts = [product, *await below.select_for_update()]
    found = ctx.every(install_base_items).filter(sold_product_id__in=ids).order_by("id")
    return parts, list(await found.select_for_update())


def _told(parts: list[SoldProduct], items: list[InstallBaseItem]) -> Whole:
    return Whole(
        sold_products=[part.id for part in parts], install_base_items=[item.id for item in items]
    )
