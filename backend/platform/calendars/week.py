"""A week as people write it, and its way to the minutes that `rules` counts."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from backend.platform.calendars.rules import ROUND_THE_CLOCK, WorkingHours
from infra.kernel.clock import zone_names
from infra.kernel.errors import Fault

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WallTime = Annotated[str, StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]

HOLIDAYS_MAX = 1_000


class Opening(BaseModel):
    """One weekday's window; `24:00` is the end of the day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    weekday: Weekday
    opens: WallTime
    closes: WallTime


def minutes_of(wall_time: str) -> int:
    """Minutes since midnight."""
    hour, minute = wall_time.split(":")
    return int(hour) * 60 + int(minute)


def week_faults(zone: str, hours: Iterable[Opening], holidays: Iterable[date]) -> list[Fault]:
    """Every reason why these hours are no calendar."""
    found = []
    if zone not in zone_names():
        found.append(Fault("/zone", "zone", "must be a time zone of the IANA database"))
    openings = list(hours)
    if not openings:
        found.append(Fault("/hours", "no_working_day", "a calendar needs a working day"))
    seen: set[str] = set()
    for place, opening in enumerate(openings):
        if opening.weekday in seen:
            message = f"{opening.weekday} has a window already"
            found.append(Fault(f"/hours/{place}/weekday", "duplicate", message))
        seen.add(opening.weekday)
        if minutes_of(opening.opens) >= minutes_of(opening.closes):
            found.append(Fault(f"/hours/{place}/closes", "order", "must be later than opens"))
    if len(list(holidays)) > HOLIDAYS_MAX:
        found.append(Fault("/holidays", "too_long", f"must be at most {HOLIDAYS_MAX} days"))
    return found


def working_hours(stored: Mapping[str, Any] | None) -> WorkingHours:
    """The hours of a stored calendar (`zone`, `hours`, `holidays`); round the clock without one."""
    if stored is None:
        return ROUND_THE_CLOCK
    windows: list[tuple[int, int] | None] = [None] * 7
    for opening in stored["hours"]:
        window = minutes_of(opening["opens"]), minutes_of(opening["closes"])
        windows[WEEKDAYS.index(opening["weekday"])] = window
    holidays = frozenset(date.fromisoformat(day) for day in stored["holidays"])
    return WorkingHours(stored["zone"], tuple(windows), holidays)
