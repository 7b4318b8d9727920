"""An offering flows to the sold product: it is named there, and yields its entitlement with it."""

from datetime import date

from backend.foundation.entitlements.models import Entitlement, EntitlementState, Scope
from backend.foundation.entitlements.resources import entitlements
from backend.foundation.installed.models import SoldProduct
from backend.foundation.service_offerings.errors import OfferingNotActive
from backend.foundation.service_offerings.events import OfferingChosen
from backend.foundation.service_offerings.models import OfferingState, ServiceOffering
from backend.foundation.warranties.rules import last_day
from infra.kernel.context import Context
from infra.kernel.errors import Fault


def misfit(product: SoldProduct, offering: ServiceOffering) -> list[Fault]:
    """A fault where the offering is one of another product model."""
    if offering.product_model_id == product.product_model_id:
        return []
    message = "is an offering of another product model"
    return [Fault("/service_offering_id", "other_product", message)]


async def take(
    ctx: Context, product: SoldProduct, offering: ServiceOffering | None, starts_on: date
) -> Entitlement | None:
    """Let the offering hold for the product from that day, and end what another one gave it."""
    if offering is not None and offering.state is not OfferingState.ACTIVE:
        raise OfferingNotActive(f"{offering.name} is {offering.state.value}")
    await give_up(ctx, product, starts_on)
    product.service_offering_id = offering.id if offering else None
    await ctx.save(product)
    yielded = entitlement_by(product, offering, starts_on) if offering else None
    if yielded is not None:
        await ctx.save(yielded)
    ctx.emit(
        OfferingChosen(
            sold_product_id=product.id,
            service_offering_id=product.service_offering_id,
            entitlement_id=yielded.id if yielded else None,
        )
    )
    return yielded


def entitlement_by(product: SoldProduct, offering: ServiceOffering, starts_on: date) -> Entitlement:
    """What the offering entitles the product to: its tier, hours, channels and times."""
    return Entitlement(
        name=f"{offering.name} for {product.name}"[:200],
        scope=Scope.SOLD_PRODUCT,
        sold_product_id=product.id,
        contract_id=product.contract_id,
        account_id=product.account_id,
        consumer_id=product.consumer_id,
        service_offering_id=offering.id,
        tier=offering.tier,
        calendar_id=offering.calendar_id,
        channels=list(offering.channels),
        response_minutes=offering.response_minutes,
        resolution_minutes=offering.resolution_minutes,
        starts_on=starts_on,
        ends_on=last_day(starts_on, offering.months) if offering.months else None,
    )


async def give_up(ctx: Context, product: SoldProduct, on: date) -> None:
    """End what an offering gave the product, on the day."""
    held: list[Entitlement] = await ctx.every(entitlements).filter(
        sold_product_id=product.id,
        service_offering_id__isnull=False,
        state=EntitlementState.ACTIVE,
    )
    for entitlement in held:
        entitlement.state = EntitlementState.CANCELLED
        last = max(on, entitlement.starts_on)
        if entitlement.ends_on is None or entitlement.ends_on > last:
            entitlement.ends_on = last
        await ctx.save(entitlement)
