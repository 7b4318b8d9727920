"""When a view is mailed next: an hour of the tenant's own day, whatever its clocks do. Pure."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from backend.service.insights.models import Cadence

DAY = timedelta(days=1)


def next_sending(
    after: datetime, cadence: Cadence, hour: int, day: int, zone: str
) -> datetime | None:
    """The first moment after `after`; `day` is the weekday (1 Monday) or the day of the month, the
    last where a month is shorter. An hour that the clocks leave out is the one that follows."""
    if cadence is Cadence.NEVER:
        return None
    here = ZoneInfo(zone)
    today = after.astimezone(here).date()
    for number in range(63):
        candidate = today + DAY * number
        if not _is_due(candidate, cadence, day):
            continue
        moment = datetime.combine(candidate, time(hour), here).astimezone(UTC)
        if moment > after:
            return moment
    return None


def _is_due(day_: date, cadence: Cadence, day: int) -> bool:
    if cadence is Cadence.WEEKLY:
        return day_.isoweekday() == min(day, 7)
    if cadence is Cadence.MONTHLY:
        return day_.day == min(day, calendar.monthrange(day_.year, day_.month)[1])
    return True
