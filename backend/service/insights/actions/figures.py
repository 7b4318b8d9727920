"""The figures themselves, for whoever reads the cases that they count."""

from backend.foundation.entitlements.models import Channel
from backend.service.insights.asked import checked
from backend.service.insights.figures import Figures, figures_of, today_of
from backend.service.insights.resources import By, Chosen, Day, Priority, SpanName, insights
from infra.kernel.actions import action
from infra.kernel.context import Context


@action(insights, on="collection", method="GET", audiences=("staff",))
async def figures(
    ctx: Context,
    *,
    span: SpanName = None,
    first: Day = None,
    last: Day = None,
    group: Chosen = None,
    agent: Chosen = None,
    case_type: Chosen = None,
    channel: Channel | None = None,
    product_model: Chosen = None,
    account: Chosen = None,
    priority: Priority = None,
    by: By = "group",
) -> Figures:
    """Volume, times, promises and ratings of cases over some days, beside those of the days before.

    Of all cases that the caller reads, or of those of a group, an agent, a type, a channel, a
    product, an account and a priority, as many of these at once as one likes; divided `by` one of
    them. By default the last thirty days.
    """
    zone, today = await today_of(ctx)
    given = {
        "span": span, "first": first, "last": last, "group": group, "agent": agent,
        "case_type": case_type, "channel": channel.value if channel else None,
        "product_model": product_model, "account": account, "priority": priority, "by": by,
    }  # fmt: skip
    return await figures_of(ctx, checked(ctx, zone, today, given))
