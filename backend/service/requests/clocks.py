"""What is promised for a request as a whole, beside the clocks of its case and its tasks."""

from backend.foundation.entitlements.models import Entitlement
from backend.foundation.entitlements.resources import entitlements
from backend.platform.slas.promises import by_rule, follow
from backend.platform.slas.terms import Moments
from backend.service.cases.coverage import asked_of
from backend.service.cases.models import Case
from backend.service.requests.models import CatalogRequest, Fulfilment
from backend.service.requests.resources import catalog_requests
from infra.kernel.context import Context


async def start_clocks(ctx: Context, request: CatalogRequest, case: Case) -> None:
    """Start what is promised for a request, by the customer, tier and urgency of its case."""
    held: Entitlement | None = await ctx.find(entitlements, case.entitlement_id)
    asked = asked_of(case, held.tier.value if held else None)
    promises = await by_rule(ctx, catalog_requests.name, asked, case.assignment_group_id)
    if promises:
        await follow(ctx, request, moments_of(request), promises, is_opening=True)


async def keep(ctx: Context, request: CatalogRequest) -> None:
    """Save a request, and let its clocks do what their terms say."""
    await follow(ctx, request, moments_of(request))
    await ctx.save(request)


def moments_of(request: CatalogRequest) -> Moments:
    """What a request tells its clocks: it waits for consent, and its first task is an answer."""
    waits = request.fulfilment is Fulfilment.AWAITING_APPROVAL
    return Moments(
        answered=request.done_count > 0 or request.fulfilment is Fulfilment.FULFILLED,
        waits=waits,
        held=waits,
        finished=request.fulfilment is Fulfilment.FULFILLED,
        cancelled=request.fulfilment in {Fulfilment.REJECTED, Fulfilment.CANCELLED},
    )
