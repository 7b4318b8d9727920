"""What agents did over some days: answers, notes, resolutions, cases taken up again, work."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from backend.platform.activity.resources import activity_entries
from backend.service.insights import activity_queries as queries
from backend.service.insights.asked import Asked, reads_all_of
from backend.service.insights.names import names_of
from backend.service.insights.rules import DAYS_BY_DAY, first_moment
from infra.kernel.context import Context
from infra.kernel.errors import BadRequest, Fault, Forbidden

WORK = "work_items"
"""The collection of a higher layer, known by its name alone."""


class Done(BaseModel):
    """What one agent, or all of them over one channel, did. Handled work is told to those who read
    all work; `value` is null for what nobody of the staff's own did."""

    value: str | None
    name: str | None
    replies: int
    notes: int
    resolved: int
    reopened: int
    handled: int | None
    handle_seconds: int | None


class Activity(BaseModel):
    """The answer; days are those of `zone`. `handle_seconds` is the mean of what was handled."""

    zone: str
    first: date
    last: date
    by: Literal["agent", "channel"]
    rows: list[Done]


@dataclass
class _Sums:
    replies: int = 0
    notes: int = 0
    resolved: int = 0
    reopened: int = 0
    handled: int = 0
    seconds: int = 0


async def activity_of(ctx: Context, asked: Asked) -> Activity:
    """What was done on the cases that are asked for, those who did most first. Raises Forbidden,
    BadRequest."""
    if asked.span.days > DAYS_BY_DAY:
        raise BadRequest([Fault("first", "too-long", f"activity has {DAYS_BY_DAY} days at most")])
    if not reads_all_of(ctx, activity_entries, asked.groups):
        raise Forbidden("activity is for those who read all that is said on the cases")
    shows_work = reads_all_of(ctx, ctx.services.registry.resources[WORK], None)
    found: dict[str, _Sums] = {}
    begin = first_moment(asked.span.first, asked.zone)
    end = first_moment(asked.span.after, asked.zone)
    agent = UUID(asked.filters["agent"]) if asked.filters.get("agent") else None
    narrowed: dict[str, Any] = {
        "groups": asked.groups, "agent": agent, "channel": asked.filters.get("channel"),
    }  # fmt: skip
    for row in await queries.said_and_done(ctx, asked.by, begin, end, **narrowed):
        sums = found.setdefault(row["key"], _Sums())
        sums.replies, sums.notes = row["replies"], row["notes"]
        sums.resolved, sums.reopened = row["resolved"], row["reopened"]
    for row in await queries.handled(ctx, asked.by, begin, end, **narrowed) if shows_work else ():
        sums = found.setdefault(row["key"], _Sums())
        sums.handled, sums.seconds = row["handled"], row["seconds"]
    names = await names_of(ctx, asked.by, [key for key in found if key])
    return Activity(
        zone=asked.zone,
        first=asked.span.first,
        last=asked.span.last,
        by="agent" if asked.by == "agent" else "channel",
        rows=[
            _told(key, names.get(key), found[key], shows_work=shows_work)
            for key in sorted(found, key=lambda key: (-_weight(found[key]), key))
            if _weight(found[key])
        ],
    )


def _weight(sums: _Sums) -> int:
    return sums.replies + sums.notes + sums.resolved + sums.reopened + sums.handled


def _told(key: str, name: str | None, sums: _Sums, *, shows_work: bool) -> Done:
    return Done(
        value=key or None,
        name=name,
        replies=sums.replies,
        notes=sums.notes,
        resolved=sums.resolved,
        reopened=sums.reopened,
        handled=sums.handled if shows_work else None,
        handle_seconds=round(sums.seconds / sums.handled) if sums.handled else None,
    )
