"""What is behind a number of promises or answers: the list that has exactly these."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from annotated_types import Ge, Le
from pydantic import BaseModel

from backend.foundation.entitlements.models import Channel
from backend.service.insights.asked import checked
from backend.service.insights.behind_queries import records_behind
from backend.service.insights.figures import hidden_from, today_of
from backend.service.insights.resources import Chosen, Day, Priority, SpanName, insights
from backend.service.insights.rules import first_moment
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Forbidden


class Behind(BaseModel):
    """A promise or an answer to a survey, and the case that it hangs on."""

    id: UUID
    at: datetime
    name: str
    score: int | None
    outcome: Literal["kept", "broken"] | None
    """What became of the promise; none of an answer."""
    case_id: UUID
    case_number: str
    case_subject: str


class BehindPage(BaseModel):
    """Some of them, the oldest first; `next` is the `after` of those that follow."""

    count: int
    data: list[Behind]
    next: UUID | None


@action(insights, on="collection", method="GET", audiences=("staff",))
async def behind(
    ctx: Context,
    *,
    measure: Literal["kept", "broken", "promised", "answered"],
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
    after: UUID | None = None,
    limit: Annotated[int, Ge(1), Le(200)] = 50,
) -> BehindPage:
    """The promises kept, those broken, both together, or the answers to surveys that figures count,
    narrowed by what their cases are."""
    zone, today = await today_of(ctx)
    given = {
        "span": span, "first": first, "last": last, "group": group, "agent": agent,
        "case_type": case_type, "channel": channel.value if channel else None,
        "product_model": product_model, "account": account, "priority": priority,
    }  # fmt: skip
    asked = checked(ctx, zone, today, given)
    if ("kept" if measure == "promised" else measure) in hidden_from(ctx, asked):
        raise Forbidden("these are for those who read all of them")
    count, rows = await records_behind(
        ctx, measure, first_moment(asked.span.first, zone), first_moment(asked.span.after, zone),
        groups=asked.groups, filters=dict(asked.filters), after=after, most=limit,
    )  # fmt: skip
    told = [
        Behind(id=row["id"], at=row["at"], name=row["name"], score=row["score"],
               outcome=row["outcome"], case_id=row["case_id"],
               case_number=row["number"], case_subject=row["subject"])
        for row in rows
    ]  # fmt: skip
    return BehindPage(count=count, data=told, next=told[-1].id if len(told) == limit else None)
