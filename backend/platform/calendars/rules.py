"""Working time, counted by the clock on the wall.

An instant is working time when the wall clock of the calendar's zone shows a time inside one of
that day's windows. A day's windows are those of its weekday; a holiday has none; a special day has
its own, whatever else the day would be. Nothing else is assumed: on the day the clocks go forward
the missing hour is nobody's, on the day they go back the repeated one counts twice. Each local day
is cut where its offset changes, so every piece is plain arithmetic; `schedule` adds them up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from backend.platform.calendars.holidays import holidays_of

DAYS_AHEAD_MAX = 3_700
"""How far a deadline may lie: a little over ten years."""

MINUTES_A_DAY = 24 * 60

Span = tuple[datetime, datetime]
Windows = tuple[tuple[int, int], ...]
"""From minute to minute of a day, in order, none overlapping another."""


class NeverOpens(ValueError):
    """The calendar has no working time left within reach."""


@dataclass(frozen=True)
class WorkingHours:
    """The windows of each weekday from Monday, and the days that are not like their weekday."""

    zone: str
    windows: tuple[Windows, ...]
    holidays: frozenset[date] = frozenset()
    country: str | None = None
    region: str | None = None
    exceptions: tuple[tuple[date, Windows], ...] = ()

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        # Counted once: a deadline looks its calendar up, and a calendar may hold many days.
        return hash((self.zone, self.windows, self.holidays, self.country, self.exceptions))

    @cached_property
    def special(self) -> dict[date, Windows]:
        """Special days and their windows."""
        return dict(self.exceptions)

    def holiday(self, day: date) -> str | None:
        """What the holiday is called; None on any other day."""
        if day in self.holidays:
            return ""
        return holidays_of(self.country, self.region, day.year).get(day) if self.country else None

    def windows_on(self, day: date) -> Windows:
        """The windows of a date."""
        special = self.special.get(day)
        if special is not None:
            return special
        usual = self.windows[day.weekday()]
        return () if not usual or self.holiday(day) is not None else usual


ROUND_THE_CLOCK = WorkingHours("UTC", (((0, MINUTES_A_DAY),),) * 7)


def spans_of(day: date, hours: WorkingHours) -> tuple[Span, ...]:
    """The working spans of one local day, in UTC and in order."""
    windows = hours.windows_on(day)
    if not windows:
        return ()
    midnight = datetime.combine(day, time.min)
    found = []
    for begin, end, offset in _pieces(day, hours.zone):
        for opens, closes in windows:
            span = (
                max(begin, (midnight + timedelta(minutes=opens) - offset).replace(tzinfo=UTC)),
                min(end, (midnight + timedelta(minutes=closes) - offset).replace(tzinfo=UTC)),
            )
            if span[0] < span[1]:
                found.append(span)
    return tuple(found)


def merged(spans: Iterable[Span]) -> list[Span]:
    """The spans with those put together that touch."""
    found: list[Span] = []
    for begin, end in spans:
        if found and found[-1][1] == begin:
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return found


def _pieces(day: date, zone: str) -> Sequence[tuple[datetime, datetime, timedelta]]:
    """The local day in UTC, cut where the offset changes: begin, end, offset."""
    info = zone_of(zone)
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
def zone_of(name: str) -> ZoneInfo:
    """The zone of that name."""
    return ZoneInfo(name)
