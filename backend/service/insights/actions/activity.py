"""What agents did, for whoever reads the cases and all that is said on them."""

from typing import Literal
from uuid import UUID

from backend.foundation.entitlements.models import Channel
from backend.service.insights.activity import Activity, activity_of
from backend.service.insights.asked import checked
from backend.service.insights.figures import today_of
from backend.service.insights.resources import Chosen, Day, SpanName, insights
from infra.kernel.actions import action
from infra.kernel.context import Context


@action(insights, on="collection", method="GET", audiences=("staff",))
async def activity(
    ctx: Context,
    *,
    span: SpanName = None,
    first: Day = None,
    last: Day = None,
    group: Chosen = None,
    agent: UUID | None = None,
    channel: Channel | None = None,
    by: Literal["agent", "channel"] = "agent",
) -> Activity:
    """What agents did over some days: answers, notes, cases resolved and taken up again, and work
    handled with the time that it took; by agent or by channel.

    On all cases that the caller reads, or on one group's, by one agent and over one channel. By
    default the last thirty days, at the most a quarter.
    """
    zone, today = await today_of(ctx)
    given = {
        "span": span, "first": first, "last": last, "group": group, "agent": agent,
        "channel": channel.value if channel else None, "by": by,
    }  # fmt: skip
    return await activity_of(ctx, checked(ctx, zone, today, given))
