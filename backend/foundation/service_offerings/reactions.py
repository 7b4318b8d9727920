"""What follows for support when a product ends."""

from backend.foundation.installed.events import SoldProductEnded
from backend.foundation.installed.models import SoldProduct
from backend.foundation.installed.resources import sold_products
from backend.foundation.service_offerings.choosing import give_up
from infra.kernel.context import Context
from infra.kernel.events import RecordedEvent
from infra.kernel.jobs import reaction


@reaction(SoldProductEnded)
async def end_support(ctx: Context, event: RecordedEvent) -> None:
    """What an offering entitled a product to ends with the product."""
    product: SoldProduct | None = await ctx.find(sold_products, event.record_id)
    if product is not None:
        await give_up(ctx, product, product.ended_on or ctx.now.date())
