"""What can be asked for a product, from the product's own page."""

from uuid import UUID

from pydantic import BaseModel

from backend.foundation.catalog.models import CatalogItem
from backend.foundation.catalog.resources import catalog_items
from backend.foundation.installed.models import SoldProduct, SoldState
from backend.foundation.installed.resources import sold_products
from backend.service.requests.queries import items_for
from infra.kernel.actions import action
from infra.kernel.context import Context

ITEMS_MAX = 200


class Requestable(BaseModel):
    """An item that may be requested for the product."""

    id: UUID
    number: str | None
    name: str
    summary: str
    category_id: UUID | None


class RequestableItems(BaseModel):
    """What can be requested for a sold product, by name."""

    sold_product_id: UUID
    items: list[Requestable]


@action(sold_products, name="requestable", method="GET", verb="read")
async def requestable(ctx: Context, product: SoldProduct) -> RequestableItems:
    """The catalogue items that may be requested for a sold product."""
    found: list[CatalogItem] = []
    if product.state is not SoldState.ENDED and ctx.may(catalog_items, "read"):
        ids = await items_for(ctx, product.product_model_id)
        rows = ctx.rows(catalog_items).filter(id__in=ids, offered=True)
        found = await rows.order_by("name", "id").limit(ITEMS_MAX)
    return RequestableItems(
        sold_product_id=product.id,
        items=[
            Requestable(
                id=item.id,
                number=item.number,
                name=item.name,
                summary=item.summary,
                category_id=item.category_id,
            )
            for item in found
        ],
    )
