"""Writing a calendar down: none without a working day is ever stored."""

from datetime import date
from typing import Any

from pydantic import TypeAdapter

from backend.platform.calendars.models import Calendar, CalendarAssignment
from backend.platform.calendars.resources import calendar_assignments, calendars
from backend.platform.calendars.week import (
    STORED,
    Opening,
    SpecialDay,
    calendar_faults,
    opens_within_a_year,
    working_hours,
)
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid

_openings = TypeAdapter(list[Opening])
_days = TypeAdapter(list[date])
_specials = TypeAdapter(list[SpecialDay])


@action(calendars, on="collection", name="create")
async def create(ctx: Context, **values: Any) -> Calendar:
    """Create a calendar with at least one working day."""
    calendar = Calendar(holidays=[], exceptions=[])
    await take(ctx, calendar, values)
    await ctx.save(calendar)
    return calendar


@action(calendars, name="update")
async def update(ctx: Context, calendar: Calendar, **values: Any) -> None:
    """Change a calendar; deadlines that were counted stay until `apply_to_running` moves them."""
    await take(ctx, calendar, values)
    await ctx.save(calendar)


@action(calendar_assignments, on="collection", name="create")
async def assign(ctx: Context, **values: Any) -> CalendarAssignment:
    """Let one customer or one team go by a calendar of their own."""
    assignment = CalendarAssignment(**{n: v for n, v in values.items() if v is not None})
    holders = (assignment.account_id, assignment.consumer_id, assignment.group_id)
    if sum(holder is not None for holder in holders) != 1:
        message = "name one of account_id, consumer_id and group_id"
        raise Invalid([Fault("/account_id", "one_of", message)])
    await ctx.save(assignment)
    return assignment


async def take(ctx: Context, calendar: Calendar, values: dict[str, Any]) -> None:
    """Put the values on the calendar; raises Invalid with every fault of the whole. The tenant's
    default before it, if it is to be that, is one no longer."""
    after: dict[str, Any] = {name: getattr(calendar, name, None) for name in STORED} | values
    openings = _openings.validate_python(after["hours"])
    days = sorted(set(_days.validate_python(after["holidays"] or [])))
    specials = sorted(_specials.validate_python(after["exceptions"] or []), key=lambda s: s.date)
    faults = calendar_faults(
        after["zone"], openings, days, after["country"], after["region"], specials
    )
    after["hours"] = _openings.dump_python(openings, mode="json")
    after["holidays"] = _days.dump_python(days, mode="json")
    after["exceptions"] = _specials.dump_python(specials, mode="json")
    if not faults and not opens_within_a_year(working_hours(after), ctx.now):
        message = "within a year no day is a working day"
        faults = [Fault("/hours", "no_working_day", message)]
    if faults:
        raise Invalid(faults)
    calendar.name = values.get("name", calendar.name)
    for name in STORED:
        setattr(calendar, name, after[name])
    if values.get("is_default") and not calendar.is_default:
        for other in await ctx.every(calendars).filter(is_default=True):
            other.is_default = False
            await ctx.save(other)
        await ctx.flush()
    calendar.is_default = values.get("is_default", calendar.is_default)
