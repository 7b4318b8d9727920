"""For which products an item may be requested. Whoever has none of them is not shown it."""

from uuid import UUID

from backend.foundation.catalog.models import CatalogItem, ProductCatalogItem
from backend.foundation.catalog.resources import catalog_items, product_catalog_items
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(product_catalog_items, on="collection", name="create", audiences=("staff",))
async def link(
    ctx: Context, *, catalog_item_id: UUID, product_model_id: UUID
) -> ProductCatalogItem:
    """Let an item be requested for products of a model; from now on it is for their owners."""
    item: CatalogItem | None = await ctx.find(catalog_items, catalog_item_id, lock=True)
    if item is None:
        raise Invalid([Fault("/catalog_item_id", "not_found", "there is no such record")])
    made = ProductCatalogItem(catalog_item_id=item.id, product_model_id=product_model_id)
    item.for_owners = True
    await ctx.save(item)
    await ctx.save(made)
    return made


@action(product_catalog_items, name="delete", audiences=("staff",))
async def unlink(ctx: Context, row: ProductCatalogItem) -> None:
    """Take an item away from owners of a model; without any model left it is for everyone."""
    item: CatalogItem = await ctx.find(catalog_items, row.catalog_item_id, lock=True)
    await ctx.delete(row)
    links = ctx.every(product_catalog_items).filter(catalog_item_id=item.id)
    item.for_owners = await links.exists()
    await ctx.save(item)
