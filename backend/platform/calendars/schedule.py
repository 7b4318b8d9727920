"""Working time added up: a calendar's spans as whole numbers, cut into chapters of 128 days.

A chapter is computed when a question first falls into it and then kept with its calendar, so a
deadline is two searches in sorted numbers however many windows lie between.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from backend.platform.calendars.rules import (
    DAYS_AHEAD_MAX,
    NeverOpens,
    Span,
    WorkingHours,
    merged,
    spans_of,
)

CHAPTER_DAYS = 128
CHAPTERS_MAX = 200
SCHEDULES_MAX = 512
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY = date(1970, 1, 1).toordinal()
_DAY = 86_400_000_000
_REACH = DAYS_AHEAD_MAX * _DAY
_TOO_FAR = f"some working time is missing within {DAYS_AHEAD_MAX} days"


class Chapter:
    """The working spans of some days: where each begins and ends, and what was worked before."""

    __slots__ = ("before", "begins", "ends", "total")

    def __init__(self, first: int, hours: WorkingHours) -> None:
        spans: list[Span] = []
        for ordinal in range(first, first + CHAPTER_DAYS):
            if 1 < ordinal < date.max.toordinal():
                spans += spans_of(date.fromordinal(ordinal), hours)
        whole = [(_number(begin), _number(end)) for begin, end in merged(spans)]
        self.begins = array("q", [begin for begin, _ in whole])
        self.ends = array("q", [end for _, end in whole])
        self.before = array("q")
        self.total = 0
        for begin, end in whole:
            self.before.append(self.total)
            self.total += end - begin

    def worked(self, at: int) -> int:
        """How much of the chapter's working time is over at an instant."""
        place = bisect_right(self.begins, at) - 1
        if place < 0:
            return 0
        return self.before[place] + min(at, self.ends[place]) - self.begins[place]

    def instant(self, worked: int) -> int:
        """When so much of it is over; more than nothing and at most all of it."""
        place = bisect_left(self.before, worked) - 1
        return self.begins[place] + worked - self.before[place]


class Schedule:
    """A calendar ready to be counted with."""

    def __init__(self, hours: WorkingHours) -> None:
        self.hours = hours
        self._chapters: dict[int, Chapter] = {}

    def add(self, start: int, duration: int) -> int:
        """The instant at which so much working time has passed; raises NeverOpens."""
        number = _first_of(start)
        chapter = self._chapter(number)
        left = duration + self._worked(start)
        while left > chapter.total:
            left -= chapter.total
            number += 1
            if number > _last_of(start + _REACH):
                raise NeverOpens(_TOO_FAR)
            chapter = self._chapter(number)
        found = chapter.instant(left)
        if found - start <= _REACH:
            return found
        raise NeverOpens(_TOO_FAR)

    def between(self, start: int, end: int) -> int:
        """The working time from one instant to a later one."""
        whole = range(_first_of(start), _first_of(end))
        return sum(self._chapter(n).total for n in whole) + self._worked(end) - self._worked(start)

    def spans(self, start: int) -> Iterator[tuple[int, int]]:
        """Working spans after an instant, the first one cut at it, as far as a deadline may lie."""
        for number in range(_first_of(start), _last_of(start + _REACH) + 1):
            chapter = self._chapter(number)
            for place in range(bisect_right(chapter.ends, start), len(chapter.ends)):
                yield max(chapter.begins[place], start), chapter.ends[place]

    def _worked(self, at: int) -> int:
        """The working time before an instant, in the chapters where its local day may lie."""
        first, last = _first_of(at), _last_of(at)
        worked = self._chapter(first).worked(at)
        return worked if first == last else worked + self._chapter(last).worked(at)

    def _chapter(self, number: int) -> Chapter:
        chapter = self._chapters.get(number)
        if chapter is None:
            if len(self._chapters) >= CHAPTERS_MAX:
                self._chapters.clear()
            first = _FIRST_DAY + number * CHAPTER_DAYS
            chapter = self._chapters[number] = Chapter(first, self.hours)
        return chapter


@lru_cache(maxsize=SCHEDULES_MAX)
def schedule_of(hours: WorkingHours) -> Schedule:
    """The calendar's schedule; equal calendars share one."""
    return Schedule(hours)


def add_working_time(start: datetime, duration: timedelta, hours: WorkingHours) -> datetime:
    """The instant at which `duration` of working time has passed since `start`, in UTC.

    Without any duration it is `start` itself. Raises NeverOpens where the calendar cannot give
    that much time within DAYS_AHEAD_MAX days.
    """
    wanted = _whole(duration)
    if wanted <= 0:
        return start.astimezone(UTC)
    return _moment(schedule_of(hours).add(_number(start), wanted))


def working_between(start: datetime, end: datetime, hours: WorkingHours) -> timedelta:
    """The working time from `start` to `end`; zero where `end` is not later."""
    if end <= start:
        return timedelta(0)
    return timedelta(microseconds=schedule_of(hours).between(_number(start), _number(end)))


def spans_from(start: datetime, hours: WorkingHours) -> Iterator[Span]:
    """Working spans after `start`, the first one cut at it."""
    for begin, end in schedule_of(hours).spans(_number(start)):
        yield _moment(begin), _moment(end)


def is_open(at: datetime, hours: WorkingHours) -> bool:
    """Whether `at` is working time."""
    begin, end = next(spans_from(at, hours), (at, at))
    return begin <= at < end


def _first_of(instant: int) -> int:
    # The local day of an instant is that of UTC, the one before or the one after.
    return (instant // _DAY - 1) // CHAPTER_DAYS


def _last_of(instant: int) -> int:
    return (instant // _DAY + 1) // CHAPTER_DAYS


def _number(at: datetime) -> int:
    return _whole(at - _EPOCH)


def _whole(span: timedelta) -> int:
    return span.days * _DAY + span.seconds * 1_000_000 + span.microseconds


def _moment(number: int) -> datetime:
    return _EPOCH + timedelta(microseconds=number)
