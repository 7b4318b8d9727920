"""The hours of stored calendars."""

from backend.platform.calendars.models import Calendar
from backend.platform.calendars.rules import WorkingHours
from backend.platform.calendars.week import STORED, working_hours


def hours_of(calendar: Calendar | None) -> WorkingHours:
    """The hours that a stored calendar stands for; round the clock without one."""
    if calendar is None:
        return working_hours(None)
    return working_hours({name: getattr(calendar, name) for name in STORED})
