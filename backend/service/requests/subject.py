"""Which product a request is about: one that the asker may see, and that the item is for."""

from uuid import UUID

from backend.foundation.catalog.models import CatalogItem
from backend.foundation.installed.models import SoldProduct, SoldState
from backend.foundation.installed.resources import OWNED, sold_products
from backend.service.requests.queries import models_of
from infra.kernel.context import Context
from infra.kernel.errors import Fault, NotFound

POINTER = "/sold_product_id"


async def product_of(
    ctx: Context, item: CatalogItem, named: UUID | None, owner: dict[str, UUID]
) -> tuple[SoldProduct | None, list[Fault]]:
    """The product, and what speaks against it. Where an item is for owners and one product alone
    comes into question, it need not be named."""
    models = await models_of(ctx, item.id) if item.for_owners else []
    if named is None:
        return await _only_one(ctx, models, owner) if item.for_owners else (None, [])
    try:
        product: SoldProduct = await ctx.get(sold_products, named)
    except NotFound:
        return None, [Fault(POINTER, "not_found", "there is no such record")]
    if item.for_owners and product.product_model_id not in models:
        return None, [Fault(POINTER, "not_offered", "is no product that this item is for")]
    if product.state is SoldState.ENDED:
        return None, [Fault(POINTER, "ended", "has ended")]
    return product, []


async def _only_one(
    ctx: Context, models: list[UUID], owner: dict[str, UUID]
) -> tuple[SoldProduct | None, list[Fault]]:
    fitting = ctx.rows(sold_products).filter(
        product_model_id__in=models, state__in=OWNED["state"], **owner
    )
    found: list[SoldProduct] = await fitting.order_by("id").limit(2)
    if len(found) == 1:
        return found[0], []
    message = "name the product it is for" if found else "there is no product that it is for"
    return None, [Fault(POINTER, "missing", message)]
