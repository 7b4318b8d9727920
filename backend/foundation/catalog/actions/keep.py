"""Making a catalogue: its headings, its items and whom they are for."""

from typing import Any

from backend.foundation.catalog.errors import (
    CategoryCycle,
    ItemIsPublished,
    ItemNotPublished,
    ItemWasPublished,
)
from backend.foundation.catalog.forms import form_faults, read_form
from backend.foundation.catalog.models import Catalog, CatalogCategory, CatalogItem, ItemState
from backend.foundation.catalog.queries import offer_all
from backend.foundation.catalog.resources import catalog_categories, catalog_items, catalogs
from backend.foundation.catalog.tasks import task_faults
from backend.foundation.products.trees import require_no_cycle
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Invalid


@action(catalogs, name="update", audiences=("staff",))
async def update_catalog(ctx: Context, catalog: Catalog, **values: Any) -> None:
    """Change a catalogue; a closed one offers nothing."""
    turned = "active" in values and values["active"] != catalog.active
    catalog.update_from_dict(values)
    await ctx.save(catalog)
    if turned:
        await offer_all(ctx, catalog.id, is_open=catalog.active)


@action(catalog_categories, name="update", audiences=("staff",))
async def update_category(ctx: Context, category: CatalogCategory, **values: Any) -> None:
    """Change a category, or move it below another of its catalogue."""
    category.update_from_dict(values)
    if values.get("parent_id"):
        await require_no_cycle(
            ctx, catalog_categories, category.id, values["parent_id"], CategoryCycle
        )
    await ctx.save(category)


@action(catalog_items, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> CatalogItem:
    """Draft a catalogue item."""
    item = CatalogItem(**{name: value for name, value in values.items() if value is not None})
    refuse_faults(item)
    await ctx.save(item)
    return item


@action(catalog_items, name="update", audiences=("staff",))
async def update(ctx: Context, item: CatalogItem, **values: Any) -> None:
    """Change a catalogue item; what was requested before keeps the answers it had."""
    item.update_from_dict(values)
    refuse_faults(item)
    if "form" in item.changes():
        item.form_version += 1
    await ctx.save(item)


@action(catalog_items, name="publish", audiences=("staff",))
async def publish(ctx: Context, item: CatalogItem) -> None:
    """Offer an item to those it is for."""
    if item.state is ItemState.PUBLISHED:
        raise ItemIsPublished("publish allows draft and retired")
    # Locked: somebody may be closing the catalogue at this moment.
    catalog: Catalog = await ctx.find(catalogs, item.catalog_id, lock=True)
    item.state, item.offered = ItemState.PUBLISHED, catalog.active
    await ctx.save(item)


@action(catalog_items, name="retire", audiences=("staff",))
async def retire(ctx: Context, item: CatalogItem) -> None:
    """Offer an item no longer."""
    if item.state is not ItemState.PUBLISHED:
        raise ItemNotPublished(f"retire allows published; this item is {item.state.value}")
    item.state, item.offered = ItemState.RETIRED, False
    await ctx.save(item)


@action(catalog_items, name="delete", audiences=("staff",))
async def delete(ctx: Context, item: CatalogItem) -> None:
    """Throw a draft away."""
    if item.state is not ItemState.DRAFT:
        raise ItemWasPublished("delete allows drafts")
    await ctx.delete(item)


def refuse_faults(item: CatalogItem) -> None:
    """Raises Invalid with every fault of the item's form."""
    form = read_form(item.form)
    if faults := [*form_faults(form), *task_faults(item.tasks, form)]:
        raise Invalid(faults)
