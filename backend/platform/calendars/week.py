"""A calendar as people write it, and its way to the minutes that `rules` counts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal

import orjson
from annotated_types import MaxLen
from pydantic import BaseModel, ConfigDict, StringConstraints

from backend.platform.calendars.holidays import regions
from backend.platform.calendars.rules import ROUND_THE_CLOCK, Windows, WorkingHours
from backend.platform.calendars.schedule import working_between
from infra.kernel.clock import zone_names
from infra.kernel.columns import Text
from infra.kernel.errors import Fault

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WallTime = Annotated[str, StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]

HOLIDAYS_MAX = 1_000
EXCEPTIONS_MAX = 500
WINDOWS_MAX = 24
"""In one day."""

STORED = ("zone", "hours", "holidays", "country", "region", "exceptions")
"""The columns of a calendar that make its hours."""


class Window(BaseModel):
    """From one time on the wall to another; `24:00` is the end of the day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    opens: WallTime
    closes: WallTime


class Opening(BaseModel):
    """One window of a weekday; a weekday with a break has two."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    weekday: Weekday
    opens: WallTime
    closes: WallTime


class SpecialDay(BaseModel):
    """A date with windows of its own, holiday or not; without any it is closed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: date
    windows: Annotated[tuple[Window, ...], MaxLen(WINDOWS_MAX)] = ()
    reason: Annotated[Text, MaxLen(200)] = ""


def minutes_of(wall_time: str) -> int:
    """Minutes since midnight."""
    hour, minute = wall_time.split(":")
    return int(hour) * 60 + int(minute)


def windows_of(given: Iterable[Window | Opening]) -> Windows:
    """The windows as minutes, in order."""
    return tuple(sorted((minutes_of(each.opens), minutes_of(each.closes)) for each in given))


def calendar_faults(
    zone: str,
    hours: Sequence[Opening],
    holidays: Sequence[date],
    country: str | None = None,
    region: str | None = None,
    exceptions: Sequence[SpecialDay] = (),
) -> list[Fault]:
    """Every reason why this is no calendar."""
    found = []
    if zone not in zone_names():
        found.append(Fault("/zone", "zone", "must be a time zone of the IANA database"))
    if not hours:
        found.append(Fault("/hours", "no_working_day", "a calendar needs a working day"))
    by_day: dict[str, list[tuple[str, Window | Opening]]] = {}
    for place, opening in enumerate(hours):
        by_day.setdefault(opening.weekday, []).append((f"/hours/{place}", opening))
    for listed in by_day.values():
        found += _window_faults("/hours", listed)
    if len(holidays) > HOLIDAYS_MAX:
        found.append(Fault("/holidays", "too_long", f"must be at most {HOLIDAYS_MAX} days"))
    found += _place_faults(country, region)
    return found + _exception_faults(exceptions)


def _window_faults(all_of: str, windows: list[tuple[str, Window | Opening]]) -> list[Fault]:
    """What is wrong with the windows of one day."""
    found = []
    if len(windows) > WINDOWS_MAX:
        found.append(Fault(all_of, "too_long", f"a day has at most {WINDOWS_MAX} windows"))
    latest = -1
    for pointer, window in sorted(windows, key=lambda each: minutes_of(each[1].opens)):
        opens, closes = minutes_of(window.opens), minutes_of(window.closes)
        if opens >= closes:
            found.append(Fault(f"{pointer}/closes", "order", "must be later than opens"))
        if opens < latest:
            found.append(Fault(f"{pointer}/opens", "overlap", "overlaps another window"))
        latest = max(latest, closes)
    return found


def _place_faults(country: str | None, region: str | None) -> list[Fault]:
    if country is None:
        return [Fault("/region", "country", "a region needs its country")] if region else []
    if country not in regions():
        return [Fault("/country", "country", "no holidays are known of this country")]
    if region is not None and region not in regions()[country]:
        known = ", ".join(sorted(regions()[country])[:40]) or "none"
        return [Fault("/region", "region", f"must be a region of {country}: {known}")]
    return []


def _exception_faults(exceptions: Sequence[SpecialDay]) -> list[Fault]:
    found = []
    if len(exceptions) > EXCEPTIONS_MAX:
        found.append(Fault("/exceptions", "too_long", f"must be at most {EXCEPTIONS_MAX} days"))
    seen: set[date] = set()
    for place, special in enumerate(exceptions):
        pointer = f"/exceptions/{place}"
        if special.date in seen:
            found.append(Fault(f"{pointer}/date", "duplicate", "is there already"))
        seen.add(special.date)
        listed: list[tuple[str, Window | Opening]] = [
            (f"{pointer}/windows/{number}", window) for number, window in enumerate(special.windows)
        ]
        found += _window_faults(f"{pointer}/windows", listed)
    return found


def opens_within_a_year(hours: WorkingHours, now: datetime) -> bool:
    """Whether there is a working day in the twelve months to come."""
    return working_between(now, now + timedelta(days=366), hours) > timedelta(0)


def working_hours(stored: Mapping[str, Any] | None) -> WorkingHours:
    """The hours of a stored calendar; round the clock without one."""
    if stored is None:
        return ROUND_THE_CLOCK
    # By what it says and not by its version: a version that was undone may come again.
    return _hours_of(orjson.dumps([stored.get(name) for name in STORED], default=str))


@lru_cache(maxsize=2_000)
def _hours_of(content: bytes) -> WorkingHours:
    zone, hours, holidays, country, region, exceptions = orjson.loads(content)
    week: list[list[Opening]] = [[] for _ in WEEKDAYS]
    for opening in hours:
        week[WEEKDAYS.index(opening["weekday"])].append(Opening(**opening))
    special = [SpecialDay(**each) for each in exceptions or ()]
    return WorkingHours(
        zone,
        tuple(map(windows_of, week)),
        frozenset(date.fromisoformat(day) for day in holidays or ()),
        country,
        region,
        tuple((each.date, windows_of(each.windows)) for each in special),
    )
