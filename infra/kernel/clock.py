"""Moments and zones. Every moment is aware; what is stored and shown by the API is UTC."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

_RFC3339 = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)


def rfc3339(moment: datetime) -> str:
    """The moment in UTC, with as many places as it has: `2026-11-21T09:30:00Z`."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def parse_rfc3339(text: str) -> datetime:
    """The moment in UTC, a leap second as the next; raises ValueError where there is no offset."""
    found = _RFC3339.fullmatch(text)
    if not found:
        raise ValueError("a moment is written like 2026-11-21T09:30:00Z")
    day, clock, fraction, offset = found.groups()
    leap = clock.endswith(":60")
    if leap:
        clock = f"{clock[:-2]}59"
    micro = (fraction or ".")[1:7].ljust(6, "0")
    zone = "+00:00" if offset in "Zz" else offset
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}.{micro}{zone}").astimezone(UTC)
        return moment + timedelta(seconds=1) if leap else moment
    except (ValueError, OverflowError) as impossible:
        raise ValueError("there is no such moment") from impossible


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Names of the tz database that a person may live in."""
    return frozenset(
        name
        for name in available_timezones()
        if "/" in name and not name.startswith(("posix/", "right/", "SystemV/"))
    ) | {"UTC"}


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The zone of that name; raises ValueError before a foreign name reaches the file system."""
    if name not in zone_names():
        raise ValueError(f"there is no time zone {name[:64]!r}")
    return ZoneInfo(name)


def local_moment(day: date, clock: time, where: ZoneInfo) -> datetime:
    """That wall-clock time in UTC. Of an hour that occurs twice, the first; of one that a spring
    change skips, the moment the clocks jump to it."""
    wall = datetime.combine(day, clock.replace(fold=0), tzinfo=where)
    moment = wall.astimezone(UTC)
    if moment.astimezone(where).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return moment
    return _jump(moment - timedelta(hours=3), moment, where)


def _jump(before: datetime, after: datetime, where: ZoneInfo) -> datetime:
    """The second between two moments at which the zone's offset changes."""
    offset = after.astimezone(where).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if middle.astimezone(where).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def day_span(day: date, where: ZoneInfo) -> tuple[datetime, datetime]:
    """First moment of a local day and of the next: 23, 24 or 25 hours apart."""
    return local_moment(day, time(), where), local_moment(day + timedelta(days=1), time(), where)


def _zone_name(value: str) -> str:
    if value not in zone_names():
        raise PydanticCustomError("zone", "must be a time zone such as Europe/Berlin")
    return value


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise PydanticCustomError("moment", "must carry its offset, such as Z or +01:00")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("moment", "is out of range") from None


ZoneName = Annotated[str, AfterValidator(_zone_name)]
Moment = Annotated[datetime, AfterValidator(_aware)]
