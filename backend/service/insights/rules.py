"""Days, months and bins: how a span is put together from sums, and a median read from bins. Pure.

A long span is read by whole months, with thirds of months and single days at its ends, so that a
year costs two dozen rows of each kind and not hundreds. Times are kept as bins, four for each
doubling, so a percentile read from them is never further from the true one than a ninth of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
DAYS_MOST = 1_100
DAYS_BY_DAY = 92
"""A longer span is drawn by months."""
GRAINS = ("month", "third", "day")
NIL = UUID(int=0)
"""Stands for cases that no group has."""
BEGINNING = date(1970, 1, 1)
BIN_EDGES = tuple(round(60 * 2 ** (k / 4)) for k in range(77))
"""Where each bin ends and the next begins, in seconds; as `app_bin` has it."""
AGES = ((0, 1), (2, 6), (7, 29), (30, 89), (90, None))
"""How old open cases are, in days."""


@dataclass(frozen=True)
class Span:
    """Days, the first and the last included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def after(self) -> date:
        """The day after its last."""
        return self.last + DAY

    @property
    def before(self) -> "Span":
        """As many days right before; of whole months, as many months."""
        if self.first.day == 1 and (self.last + DAY).day == 1:
            months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
            index = self.first.year * 12 + self.first.month - 2 - months
            return Span(date(index // 12, index % 12 + 1, 1), self.first - DAY)
        return Span(self.first - DAY * self.days, self.first - DAY)

    @property
    def unit(self) -> str:
        """What a point of its line stands for."""
        return "day" if self.days <= DAYS_BY_DAY else "month"


@dataclass(frozen=True)
class Piece:
    """A part of a span that is read by one grain."""

    grain: str
    first: date
    last: date


def pieces(span: Span, grains: Sequence[str] = GRAINS) -> Iterator[Piece]:
    """The span as whole months, the thirds of months before and after them, and the days at its
    ends: at the most ten on either side."""
    if span.last < span.first:
        return
    grain, *finer = grains
    begin, end = _first_from(span.first, grain), begin_of(span.last + DAY, grain)
    if begin >= end and finer:
        yield from pieces(span, finer)
        return
    yield from pieces(Span(span.first, begin - DAY), finer)
    yield Piece(grain, begin, end - DAY)
    yield from pieces(Span(end, span.last), finer)


def begin_of(day: date, grain: str) -> date:
    """The first day of the month, the third (1st, 11th, 21st) or the day that a day lies in."""
    if grain == "third":
        return day.replace(day=min(1 + (day.day - 1) // 10 * 10, 21))
    return day.replace(day=1) if grain == "month" else day


def _first_from(day: date, grain: str) -> date:
    begin = begin_of(day, grain)
    if begin == day:
        return day
    return _next_month(day) if grain == "month" or begin.day == 21 else begin + DAY * 10


def ever(today: date) -> Span:
    """All days, and some to come lest a clock runs ahead: nothing but whole months."""
    return Span(BEGINNING, _next_month(_next_month(today)) - DAY)


def day_by_day(span: Span) -> Iterator[Piece]:
    """The span as one piece, of days."""
    yield Piece("day", span.first, span.last)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def first_moment(day: date, zone: str) -> datetime:
    """When a day begins there."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def ages(today: date) -> Iterator[Span]:
    """The days on which open cases of each age were opened, the youngest first."""
    for youngest, oldest in AGES:
        first = BEGINNING if oldest is None else today - DAY * oldest
        yield Span(first, today - DAY * youngest)


def percentile(bins: Mapping[int, int], share: float) -> int | None:
    """The seconds within which this share lies, read between the edges of its bin."""
    total = sum(bins.values())
    if total <= 0:
        return None
    wanted, passed = share * total, 0
    for number in sorted(bins):
        many = bins[number]
        if passed + many >= wanted:
            low, high = edges(number)
            return round(low + (high - low) * (wanted - passed) / many)
        passed += many
    return edges(max(bins))[1]


def edges(number: int) -> tuple[int, int]:
    """From when to when, in seconds, times fall into this bin."""
    if number <= 0:
        return 0, BIN_EDGES[0]
    if number >= len(BIN_EDGES):
        return BIN_EDGES[-1], BIN_EDGES[-1]
    return BIN_EDGES[number - 1], BIN_EDGES[number]


def bin_of(seconds: int) -> int:
    """The bin of a time, as the database counts it."""
    return sum(edge <= seconds for edge in BIN_EDGES)


def widest_bin() -> float:
    """By how much, at the most, the end of a bin is above its beginning."""
    return max((high - low) / low for low, high in pairwise(BIN_EDGES))


def points(span: Span) -> Iterator[date]:
    """The days, or the first days of the months, that the span's line is drawn by."""
    if span.unit == "day":
        yield from (span.first + DAY * number for number in range(span.days))
        return
    month = span.first.replace(day=1)
    while month <= span.last:
        yield month
        month = _next_month(month)
