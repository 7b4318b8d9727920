"""Looking ahead: what a calendar makes of a promise, before anybody relies on it."""

from datetime import datetime, timedelta
from itertools import islice
from typing import Annotated

from annotated_types import Ge, Le
from pydantic import BaseModel

from backend.platform.calendars.hours import hours_of
from backend.platform.calendars.models import Calendar
from backend.platform.calendars.resources import calendars
from backend.platform.calendars.rules import (
    NeverOpens,
    WorkingHours,
    zone_of,
)
from backend.platform.calendars.schedule import add_working_time, is_open, spans_from
from infra.kernel.actions import action
from infra.kernel.columns import Moment
from infra.kernel.context import Context
from infra.kernel.errors import BadRequest, Fault

SHOWN = 10
DAYS_LOOKED_AT = 400
YEARS = range(1970, 2200)


class Window(BaseModel):
    """Working time without a break."""

    opens_at: datetime
    closes_at: datetime


class Deadline(BaseModel):
    """A promise that begins, and when it is due; None where the calendar has no time left."""

    starts_at: datetime
    due_at: datetime | None


class DayOff(BaseModel):
    """A holiday or a special day."""

    date: str
    reason: str
    is_closed: bool


class CalendarPreview(BaseModel):
    """The next windows, the next deadlines, and the next days that are not like their weekday."""

    zone: str
    is_open: bool
    windows: list[Window]
    deadlines: list[Deadline]
    special_days: list[DayOff]


@action(calendars, name="preview", method="GET", verb="read", audiences=("staff",))
async def preview(
    ctx: Context,
    calendar: Calendar,
    *,
    minutes: Annotated[int, Ge(1), Le(525_600)] = 60,
    start: Moment | None = None,
) -> CalendarPreview:
    """The next ten deadlines of promises of so many minutes, each begun where the last was due."""
    hours = hours_of(calendar)
    begin = start or ctx.now
    if begin.year not in YEARS:
        message = f"must lie in the years {YEARS.start} to {YEARS.stop - 1}"
        raise BadRequest([Fault("/start", "range", message)])
    windows = [
        Window(opens_at=opens, closes_at=closes)
        for opens, closes in islice(spans_from(begin, hours), SHOWN)
    ]
    return CalendarPreview(
        zone=hours.zone,
        is_open=is_open(begin, hours),
        windows=windows,
        deadlines=list(next_deadlines(begin, timedelta(minutes=minutes), hours)),
        special_days=list(islice(days_off(begin, hours, calendar), SHOWN)),
    )


def next_deadlines(begin: datetime, span: timedelta, hours: WorkingHours) -> list[Deadline]:
    """Ten deadlines in a row."""
    found: list[Deadline] = []
    while len(found) < SHOWN:
        try:
            due = add_working_time(begin, span, hours)
        except NeverOpens:
            return [*found, Deadline(starts_at=begin, due_at=None)]
        found.append(Deadline(starts_at=begin, due_at=due))
        begin = due
    return found


def days_off(begin: datetime, hours: WorkingHours, calendar: Calendar) -> list[DayOff]:
    """Holidays and special days from the first day on."""
    reasons = {each["date"]: each.get("reason", "") for each in calendar.exceptions}
    first = begin.astimezone(zone_of(hours.zone)).date()
    found = []
    for number in range(DAYS_LOOKED_AT):
        day = first + timedelta(days=number)
        name = hours.holiday(day)
        if name is None and day not in hours.special:
            continue
        reason = reasons.get(day.isoformat()) or name or ""
        found.append(
            DayOff(date=day.isoformat(), reason=reason, is_closed=not hours.windows_on(day))
        )
    return found
