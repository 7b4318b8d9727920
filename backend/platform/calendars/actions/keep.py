"""Writing a calendar down: no week without a working day is ever stored."""

from datetime import date
from typing import Any

from pydantic import TypeAdapter

from backend.platform.calendars.models import Calendar
from backend.platform.calendars.resources import calendars
from backend.platform.calendars.week import Opening, week_faults
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Invalid

_openings = TypeAdapter(list[Opening])
_days = TypeAdapter(list[date])


@action(calendars, on="collection", name="create")
async def create(ctx: Context, **values: Any) -> Calendar:
    """Create a calendar with at least one working day."""
    calendar = Calendar(holidays=[])
    take(calendar, values)
    await ctx.save(calendar)
    return calendar


@action(calendars, name="update")
async def update(ctx: Context, calendar: Calendar, **values: Any) -> None:
    """Change a calendar; deadlines that were counted already stay where they are."""
    take(calendar, values)
    await ctx.save(calendar)


def take(calendar: Calendar, values: dict[str, Any]) -> None:
    """Put the values on the calendar; raises Invalid with every fault of the whole."""
    after = {name: getattr(calendar, name) for name in ("zone", "hours", "holidays")} | values
    openings = _openings.validate_python(after["hours"])
    days = sorted(set(_days.validate_python(after["holidays"])))
    if faults := week_faults(after["zone"], openings, days):
        raise Invalid(faults)
    calendar.name = values.get("name", calendar.name)
    calendar.zone = after["zone"]
    calendar.hours = _openings.dump_python(openings, mode="json")
    calendar.holidays = _days.dump_python(days, mode="json")
