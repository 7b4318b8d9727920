"""Who is hit when something fails."""

from uuid import UUID

from pydantic import BaseModel

from backend.foundation.configuration.models import ConfigurationItem
from backend.foundation.configuration.queries import hit_by, products_on
from backend.foundation.configuration.resources import configuration_items
from infra.kernel.actions import action
from infra.kernel.context import Context


class HitItem(BaseModel):
    """A configuration item that fails with the one asked about."""

    id: UUID
    number: str | None
    name: str
    ci_class: str
    state: str
    steps: int


class HitProduct(BaseModel):
    """A customer's installed item that stands for one of them."""

    id: UUID
    number: str | None
    name: str
    configuration_item_id: UUID
    sold_product_id: UUID
    account_id: UUID | None
    consumer_id: UUID | None


class Impact(BaseModel):
    """What and who is hit where a configuration item fails."""

    configuration_item_id: UUID
    items: list[HitItem]
    installed: list[HitProduct]


@action(configuration_items, name="impact", method="GET", audiences=("staff",))
async def impact(ctx: Context, item: ConfigurationItem) -> Impact:
    """What fails with a configuration item, and which customers' installed products that hits."""
    items = [HitItem(**dict(row)) for row in await hit_by(ctx, item.id)]
    hit = await products_on(ctx, [item.id, *(each.id for each in items)])
    return Impact(
        configuration_item_id=item.id,
        items=items,
        installed=[HitProduct(**dict(row)) for row in hit],
    )
