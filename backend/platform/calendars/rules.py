"""Working time, counted by the clock on the wall.

An instant is working time when the wall clock of the calendar's zone shows a time inside that
weekday's window and the date is no holiday. Nothing else is assumed: on the day the clocks go
forward the missing hour is nobody's, on the day they go back the repeated one counts twice. Each
local day is cut where its offset changes, so every piece is plain arithmetic.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAYS_AHEAD_MAX = 3_700
"""How far a deadline may lie: a little over ten years."""

MINUTES_A_DAY = 24 * 60

Span = tuple[datetime, datetime]


class NeverOpens(ValueError):
    """The calendar has no working time left within reach."""


@dataclass(frozen=True)
class WorkingHours:
    """A window (from minute, to minute) for each weekday from Monday, None where closed."""

    zone: str
    windows: tuple[tuple[int, int] | None, ...]
    holidays: frozenset[date] = frozenset()

    @property
    def has_working_day(self) -> bool:
        return any(self.windows)


ROUND_THE_CLOCK = WorkingHours("UTC", ((0, MINUTES_A_DAY),) * 7)


def add_working_time(start: datetime, duration: timedelta, hours: WorkingHours) -> datetime:
    """The instant at which `duration` of working time has passed since `start`, in UTC.

    Without any duration it is `start` itself. Raises NeverOpens where the calendar cannot give
    that much time within DAYS_AHEAD_MAX days.
    """
    left = duration
    if left <= timedelta(0):
        return start.astimezone(UTC)
    for begin, end in _spans_from(start, hours):
        if end - begin >= left:
            return begin + left
        left -= end - begin
    raise NeverOpens(f"{left} of working time is missing within {DAYS_AHEAD_MAX} days")


def working_between(start: datetime, end: datetime, hours: WorkingHours) -> timedelta:
    """The working time from `start` to `end`; zero where `end` is not later."""
    worked = timedelta(0)
    for begin, finish in _spans_from(start, hours):
        if begin >= end:
            break
        worked += min(finish, end) - begin
    return worked


def is_open(at: datetime, hours: WorkingHours) -> bool:
    """Whether `at` is working time."""
    day = at.astimezone(_zone(hours.zone)).date()
    return any(begin <= at < end for begin, end in spans_of(day, hours))


def _spans_from(start: datetime, hours: WorkingHours) -> Iterator[Span]:
    """Working spans after `start`, the first one cut at it."""
    first = start.astimezone(_zone(hours.zone)).date()
    for offset in range(DAYS_AHEAD_MAX):
        try:
            day = first + timedelta(days=offset)
        except OverflowError:
            return
        for begin, end in spans_of(day, hours):
            if end > start:
                yield max(begin, start.astimezone(UTC)), end


@lru_cache(maxsize=20_000)
def spans_of(day: date, hours: WorkingHours) -> tuple[Span, ...]:
    """The working spans of one local day, in UTC and in order."""
    window = hours.windows[day.weekday()]
    if window is None or day in hours.holidays:
        return ()
    midnight = datetime.combine(day, time.min)
    opens, closes = (midnight + timedelta(minutes=minutes) for minutes in window)
    found = []
    for begin, end, offset in _pieces(day, hours.zone):
        span = (
            max(begin, (opens - offset).replace(tzinfo=UTC)),
            min(end, (closes - offset).replace(tzinfo=UTC)),
        )
        if span[0] < span[1]:
            found.append(span)
    return tuple(found)


def _pieces(day: date, zone: str) -> Sequence[tuple[datetime, datetime, timedelta]]:
    """The local day in UTC, cut where the offset changes: begin, end, offset."""
    info = _zone(zone)
    begin = _midnight(day, info)
    end = _midnight(day + timedelta(days=1), info)
    before, after = _offset(begin, info), _offset(end - timedelta(seconds=1), info)
    if before == after:
        return [(begin, end, before)]
    change = _change(begin, end, info)
    return [(begin, change, before), (change, end, after)]


def _midnight(day: date, info: ZoneInfo) -> datetime:
    """The first instant whose wall clock shows this day, even where midnight itself is skipped."""
    naive = datetime.combine(day, time.min)
    first = min(naive.replace(tzinfo=info, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(info).date() >= day:
        return first
    return _change(first, first + timedelta(hours=26), info)


def _change(low: datetime, high: datetime, info: ZoneInfo) -> datetime:
    """The instant between the two at which the offset is no longer that of `low`."""
    before = _offset(low, info)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (middle, high) if _offset(middle, info) == before else (low, middle)
    return high


def _offset(at: datetime, info: ZoneInfo) -> timedelta:
    return at.astimezone(info).utcoffset() or timedelta(0)


@lru_cache(maxsize=1_000)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
