"""What managers are told: measures beside those of the span before, lines, ages, and a division."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from backend.platform.slas.resources import task_slas
from backend.service.insights.asked import Asked, reads_all_of
from backend.service.insights.counting_queries import is_counting, zone_counted
from backend.service.insights.links import link_of
from backend.service.insights.names import names_of
from backend.service.insights.reading import (
    BEFORE,
    EMPTY,
    EVER,
    FIRST_AGE,
    NOW,
    UNTIL_BEFORE,
    UNTIL_FIRST,
    Found,
    Sums,
    read,
)
from backend.service.insights.rules import AGES, Span, ages, percentile
from backend.service.surveys.resources import survey_answers
from infra.kernel.context import Context

Unit = Literal["cases", "seconds", "percent", "score", "promises", "answers"]
UNITS: dict[str, Unit] = {
    "opened": "cases", "resolved": "cases", "reopened": "cases", "backlog": "cases",
    "response_median": "seconds", "response_p90": "seconds",
    "resolution_median": "seconds", "resolution_p90": "seconds",
    "kept": "promises", "broken": "promises", "kept_percent": "percent",
    "rated": "cases", "rating": "score", "satisfied_percent": "percent",
    "answered": "answers", "score": "score",
}  # fmt: skip
"""Every measure, and what it counts."""
OF_PROMISES = frozenset({"kept", "broken", "kept_percent"})
OF_ANSWERS = frozenset({"answered", "score"})
LISTED_BY = {
    "response_median": "responded", "response_p90": "responded",
    "resolution_median": "resolved", "resolution_p90": "resolved",
    "kept_percent": "promised", "rating": "rated", "satisfied_percent": "rated",
    "score": "answered",
}  # fmt: skip
"""Measures that are made of a list's records, and do not count them."""
Number = int | float | None


class Measure(BaseModel):
    """A number, the one of the span before, and the list of what it counts or is made of."""

    name: str
    unit: Unit
    value: Number
    before: Number
    link: str | None


class Point(BaseModel):
    """A day, or a month, of the line; `backlog` is what was open at its end."""

    day: date
    opened: int
    resolved: int
    backlog: int
    kept: int | None
    broken: int | None


class Age(BaseModel):
    """Open cases that are this many days old; `to_days` null has no end."""

    from_days: int
    to_days: int | None
    open: int
    link: str | None


class Row(BaseModel):
    """The measures of one group, agent, type …; `value` null for cases that have none."""

    value: str | None
    name: str | None
    measures: list[Measure]


class Figures(BaseModel):
    """The answer; days are those of `zone`. `is_complete` is false while cases are counted from
    the first to the last: for the first time, or since the days begin at another hour."""

    zone: str
    is_complete: bool
    first: date
    last: date
    before_first: date
    before_last: date
    unit: Literal["day", "month"]
    by: str
    measures: list[Measure]
    line: list[Point]
    ages: list[Age]
    rows: list[Row]


async def today_of(ctx: Context) -> tuple[str, date]:
    """The zone in which the tenant's days are counted, and which day it is there."""
    zone = await zone_counted(ctx)
    now: datetime = ctx.now
    return zone, now.astimezone(ZoneInfo(zone)).date()


async def figures_of(ctx: Context, asked: Asked) -> Figures:
    """All of it, of one question."""
    hidden = hidden_from(ctx, asked)
    found = await read(ctx, asked)
    names = await names_of(ctx, asked.by, [key for key in found.rows if key])
    before = asked.span.before
    return Figures(
        zone=asked.zone,
        is_complete=not await is_counting(ctx),
        first=asked.span.first,
        last=asked.span.last,
        before_first=before.first,
        before_last=before.last,
        unit="day" if asked.span.unit == "day" else "month",
        by=asked.by,
        measures=list(_totals(asked, found, hidden)),
        line=list(_line(found, hidden)),
        ages=list(_ages(asked, found)),
        rows=[
            Row(
                value=_told(asked, key),
                name=names.get(key),
                measures=list(_row(asked, key, sums, hidden)),
            )
            for key, sums in found.rows.items()
        ],
    )


def hidden_from(ctx: Context, asked: Asked) -> frozenset[str]:
    """Measures of records that hang on cases and that the caller does not read all of."""
    hidden: frozenset[str] = frozenset()
    if not reads_all_of(ctx, task_slas, asked.groups):
        hidden |= OF_PROMISES
    if not reads_all_of(ctx, survey_answers, asked.groups):
        hidden |= OF_ANSWERS
    return hidden


def value_of(name: str, sums: Sums) -> Number:
    """A measure that is made of the sums of its span alone."""
    match name:
        case "response_median":
            return percentile(sums.response_bins, 0.5)
        case "response_p90":
            return percentile(sums.response_bins, 0.9)
        case "resolution_median":
            return percentile(sums.resolution_bins, 0.5)
        case "resolution_p90":
            return percentile(sums.resolution_bins, 0.9)
        case "kept_percent":
            return _share(sums["kept"], sums["kept"] + sums["broken"])
        case "satisfied_percent":
            return _share(sums["satisfied"], sums["rated"])
        case "rating":
            return _mean(sums["rating_sum"], sums["rated"])
        case "score":
            return _mean(sums["score_sum"], sums["answered"])
    return sums[name]


def _share(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def _mean(total: int, many: int) -> float | None:
    return round(total / many, 2) if many else None


def _totals(asked: Asked, found: Found, hidden: frozenset[str]) -> Iterator[Measure]:
    now, before = found.totals.get(NOW, EMPTY), found.totals.get(BEFORE, EMPTY)
    for name, unit in UNITS.items():
        if name in hidden:
            continue
        if name == "backlog":
            value: Number = found.totals.get(EVER, EMPTY)["open"]
            earlier: Number = found.totals.get(UNTIL_BEFORE, EMPTY).backlog
            link = link_of(name, asked, None)
        else:
            value, earlier = value_of(name, now), value_of(name, before)
            link = link_of(LISTED_BY.get(name, name), asked, asked.span)
        yield Measure(name=name, unit=unit, value=value, before=earlier, link=link)


def _row(
    asked: Asked, key: str, sums: dict[int, Sums], hidden: frozenset[str]
) -> Iterator[Measure]:
    now, before = sums.get(NOW, EMPTY), sums.get(BEFORE, EMPTY)
    value = _told(asked, key) or ""
    for name, unit in UNITS.items():
        if name in hidden:
            continue
        is_backlog = name == "backlog"
        yield Measure(
            name=name,
            unit=unit,
            value=sums.get(EVER, EMPTY)["open"] if is_backlog else value_of(name, now),
            before=None if is_backlog else value_of(name, before),
            link=link_of(
                LISTED_BY.get(name, name), asked, None if is_backlog else asked.span, value
            ),
        )


def _told(asked: Asked, key: str) -> str | None:
    """The value that a key stands for."""
    if asked.by == "group" and UUID(key).int == 0:
        return None
    return key or None


def _line(found: Found, hidden: frozenset[str]) -> Iterator[Point]:
    backlog = found.totals.get(UNTIL_FIRST, EMPTY).backlog
    shows_promises = not hidden >= OF_PROMISES
    for day, sums in found.line.items():
        backlog += sums.backlog
        yield Point(
            day=day,
            opened=sums["opened"],
            resolved=sums["resolved"],
            backlog=backlog,
            kept=sums["kept"] if shows_promises else None,
            broken=sums["broken"] if shows_promises else None,
        )


def _ages(asked: Asked, found: Found) -> Iterator[Age]:
    spans: list[Span] = list(ages(asked.today))
    for number, ((youngest, oldest), span) in enumerate(zip(AGES, spans, strict=True)):
        yield Age(
            from_days=youngest,
            to_days=oldest,
            open=found.totals.get(FIRST_AGE + number, EMPTY)["open"],
            link=link_of("backlog", asked, span),
        )
