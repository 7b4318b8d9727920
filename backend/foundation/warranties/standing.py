"""The warranty as it is read where the thing is: on the sold product and on each of its items."""

from collections.abc import Sequence
from uuid import UUID

from backend.foundation.installed.models import InstallBaseItem, SoldProduct
from backend.foundation.installed.resources import install_base_items, sold_products
from backend.foundation.warranties.models import Warranty, WarrantyState
from backend.foundation.warranties.resources import warranties
from backend.foundation.warranties.rules import Term, status_of
from infra.kernel.context import Context


async def bring_up_to_date(ctx: Context, sold_product_ids: Sequence[UUID]) -> None:
    """Write today's warranty on these products and on what is installed of them."""
    ids = list(sold_product_ids)
    found: list[Warranty] = await ctx.every(warranties).filter(
        sold_product_id__in=ids, state=WarrantyState.ACTIVE
    )
    products: list[SoldProduct] = await ctx.every(sold_products).filter(id__in=ids)
    items: list[InstallBaseItem] = await ctx.every(install_base_items).filter(
        sold_product_id__in=ids
    )
    today = ctx.now.date()
    terms: dict[UUID, list[Term]] = {}
    for warranty in found:
        terms.setdefault(warranty.sold_product_id, []).append(term_of(warranty))
    for product in products:
        own = [term for term in terms.get(product.id, ()) if term.is_for_all]
        product.warranty_status, product.warranty_ends_on = status_of(own, today)
        await ctx.save(product)
    for item in items:
        held = [
            term
            for term in terms.get(item.sold_product_id, ())
            if term.holds_for(item.id, item.serial_number)
        ]
        item.warranty_status, item.warranty_ends_on = status_of(held, today)
        await ctx.save(item)


def term_of(warranty: Warranty) -> Term:
    """The warranty as the rules see it."""
    return Term(
        starts_on=warranty.starts_on,
        ends_on=warranty.ends_on,
        install_base_item_id=warranty.install_base_item_id,
        serial_number=warranty.serial_number,
    )
