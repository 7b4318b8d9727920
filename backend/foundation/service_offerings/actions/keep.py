"""Offerings, and choosing one for what was sold."""

from datetime import date
from typing import Any
from uuid import UUID

from backend.foundation.installed.errors import ProductHasEnded
from backend.foundation.installed.models import SoldProduct, SoldState
from backend.foundation.installed.resources import sold_products
from backend.foundation.service_offerings.choosing import misfit, take
from backend.foundation.service_offerings.events import OfferingChosen
from backend.foundation.service_offerings.models import ServiceOffering
from backend.foundation.service_offerings.resources import service_offerings
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(service_offerings, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> ServiceOffering:
    """Attach a support tier to a product model."""
    offering = ServiceOffering(**_plain(values))
    await ctx.save(offering)
    return offering


@action(service_offerings, name="update", audiences=("staff",))
async def update(ctx: Context, offering: ServiceOffering, **values: Any) -> None:
    """Change an offering; what it has yielded already stays as it was agreed."""
    offering.update_from_dict(_plain(values, keep_nulls=True))
    await ctx.save(offering)


@action(sold_products, name="choose_offering", audiences=("staff",), emits=(OfferingChosen,))
async def choose_offering(
    ctx: Context,
    product: SoldProduct,
    *,
    service_offering_id: UUID | None = None,
    starts_on: date | None = None,
) -> None:
    """Choose the support tier of a sold product, which entitles it at once; or take it away."""
    if product.state is SoldState.ENDED:
        raise ProductHasEnded("what has ended is not supported")
    offering: ServiceOffering | None = await ctx.find(service_offerings, service_offering_id)
    if service_offering_id is not None and offering is None:
        raise Invalid([Fault("/service_offering_id", "not_found", "there is no such record")])
    if offering is not None and (faults := misfit(product, offering)):
        raise Invalid(faults)
    await take(ctx, product, offering, starts_on or ctx.now.date())


def _plain(values: dict[str, Any], *, keep_nulls: bool = False) -> dict[str, Any]:
    """The values with channels as the words that are stored, each once."""
    found = {n: v for n, v in values.items() if keep_nulls or v is not None}
    if found.get("channels") is not None:
        found["channels"] = list(dict.fromkeys(str(channel) for channel in found["channels"]))
    return found
