"""Showing how a deadline came about: its working time, interval by interval."""

from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel

from backend.platform.calendars.hours import hours_of
from backend.platform.calendars.resources import calendars
from backend.platform.slas import rules
from backend.platform.slas.models import TaskSla
from backend.platform.slas.resources import task_slas
from infra.kernel.actions import action
from infra.kernel.context import Context

INTERVALS_MAX = 2_000


class Interval(BaseModel):
    """A stretch of time, and how many seconds of it count."""

    begins_at: datetime
    ends_at: datetime
    seconds: float


class Breakdown(BaseModel):
    """The working time of which a promise is made; it sums to the target."""

    task_sla_id: UUID
    zone: str
    target_seconds: float
    started_at: datetime | None
    due_at: datetime | None
    derived_due_at: datetime | None
    """By the calendar as it is now: another than `due_at` where that was changed since."""
    intervals: list[Interval]
    pauses: list[Interval]
    counted_seconds: float
    left_seconds: float
    """Not laid out: a clock that is held, a calendar without time left, or too many intervals."""


@action(task_slas, name="breakdown", method="GET", verb="read", audiences=("staff",))
async def breakdown(ctx: Context, sla: TaskSla) -> Breakdown:
    """The working intervals up to the deadline, and the pauses that count for nothing."""
    hours = hours_of(await ctx.find(calendars, sla.calendar_id))
    target = timedelta(minutes=sla.target_minutes)
    intervals: list[Interval] = []
    pauses: list[Interval] = []
    if sla.started_at is not None:
        for opens, closes in rules.working_intervals(sla, hours):
            intervals.append(interval(opens, closes))
            if len(intervals) == INTERVALS_MAX:
                break
        pauses = [interval(since, until) for since, until in rules.pauses_of(sla)]
        if sla.paused_at is not None:
            pauses.append(interval(sla.paused_at, max(sla.paused_at, ctx.now)))
    counted = sum(each.seconds for each in intervals)
    return Breakdown(
        task_sla_id=sla.id,
        zone=hours.zone,
        target_seconds=target.total_seconds(),
        started_at=sla.started_at,
        due_at=sla.due_at,
        derived_due_at=rules.moment_of(sla, target, hours) if sla.started_at else None,
        intervals=intervals,
        pauses=pauses,
        counted_seconds=counted,
        left_seconds=target.total_seconds() - counted,
    )


def interval(begin: datetime, end: datetime) -> Interval:
    """From one moment to another."""
    return Interval(begins_at=begin, ends_at=end, seconds=(end - begin).total_seconds())
