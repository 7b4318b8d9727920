"""Reading the sums of a question: the spans' totals, their lines, and each row of a division."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from backend.service.insights import queries
from backend.service.insights.asked import Asked
from backend.service.insights.rules import (
    BEGINNING,
    DAY,
    DAYS_MOST,
    Span,
    ages,
    day_by_day,
    ever,
    pieces,
    points,
)
from backend.service.insights.sums import COLUMNS, MIXED, MIXED_OF, SUMS
from infra.kernel.context import Context

ROWS_MOST = 50
NOW, BEFORE, UNTIL_FIRST, UNTIL_LAST, UNTIL_BEFORE, EVER, FIRST_AGE = range(7)
"""What each span of one statement is for; the ages of the backlog come after. From `EVER` on they
are asked for what is open, and for nothing else."""


@dataclass(frozen=True)
class Sums:
    """What was counted of some days."""

    counts: dict[str, int] = field(default_factory=dict)
    resolution_bins: dict[int, int] = field(default_factory=dict)
    response_bins: dict[int, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        return self.counts.get(name, 0)

    @property
    def backlog(self) -> int:
        """What was opened in these days and has not come to its end in them."""
        return self["opened"] - self["ended"]


EMPTY = Sums()


@dataclass(frozen=True)
class Found:
    """All sums that answer a question: by span; and of the spans' lines and rows by key."""

    totals: dict[int, Sums]
    line: dict[date, Sums]
    rows: dict[str, dict[int, Sums]]


async def read(ctx: Context, asked: Asked, *, lined: bool = True, divided: bool = True) -> Found:
    """Three statements: totals and ages, the line, the division."""
    until = asked.span.first - DAY
    spans = {
        NOW: asked.span,
        BEFORE: asked.span.before,
        UNTIL_FIRST: Span(BEGINNING, until),
        UNTIL_LAST: Span(BEGINNING, asked.span.last),
        UNTIL_BEFORE: Span(BEGINNING, asked.span.before.last),
        EVER: ever(asked.today),
        **{FIRST_AGE + n: span for n, span in enumerate(ages(asked.today))},
    }
    totals = (await _counted(ctx, asked, "none", spans, binned=(NOW, BEFORE))).get("", {})
    line: dict[date, Sums] = {}
    if lined:
        found = await _counted(ctx, asked, asked.span.unit, {NOW: asked.span})
        line = {date.fromisoformat(key): sums[NOW] for key, sums in found.items()}
    rows = await _divided(ctx, asked, spans) if divided else {}
    return Found(totals, {day: line.get(day, EMPTY) for day in points(asked.span)}, rows)


async def _divided(
    ctx: Context, asked: Asked, spans: dict[int, Span]
) -> dict[str, dict[int, Sums]]:
    wanted = {number: spans[number] for number in (NOW, BEFORE, EVER)}
    found = await _counted(ctx, asked, asked.by, wanted, binned=(NOW,), most=ROWS_MOST + 1)
    busy = {key: sums for key, sums in found.items() if _says_something(sums)}
    order = sorted(busy, key=lambda key: (-busy[key].get(NOW, EMPTY)["opened"], key))
    return {key: busy[key] for key in order[:ROWS_MOST]}


def _says_something(sums: dict[int, Sums]) -> bool:
    """Whether anything happened in these days or those before, or is open."""
    happened = (sums.get(NOW, EMPTY), sums.get(BEFORE, EMPTY))
    return sums.get(EVER, EMPTY)["open"] > 0 or any(any(each.counts.values()) for each in happened)


async def _counted(
    ctx: Context,
    asked: Asked,
    key: str,
    spans: dict[int, Span],
    *,
    binned: Sequence[int] = (),
    most: int = DAYS_MOST,
) -> dict[str, dict[int, Sums]]:
    shape = queries.Shape(
        source=source_of(asked, key),
        key=key,
        filters=tuple((name, not value) for name, value in asked.filters.items()),
        has_groups=asked.groups is not None,
    )
    pieces_of = day_by_day if key == "day" else pieces
    rows = await queries.counted(
        ctx,
        shape,
        ranges=[
            (number, piece.grain, piece.first, piece.last)
            for number, span in spans.items()
            for piece in pieces_of(span)
            if shape.source != queries.CASES
        ],
        wholes=[(number, span.first, span.last) for number, span in spans.items()],
        groups=asked.groups,
        values=list(asked.filters.values()),
        binned=binned,
        most=most,
        since=asked.span.before.first,
        open_from=EVER,
    )
    found: dict[str, dict[int, Sums]] = {}
    for row in rows:
        found.setdefault(row["key"], {})[row["span"]] = sums_of(row)
    return found


def source_of(asked: Asked, key: str) -> str:
    """Which sums tell apart all that is asked, and where none do, the cases themselves."""
    apart = {*asked.filters, *({key} & COLUMNS.keys())}
    if len(apart) <= 1:
        return next(iter(apart), "all")
    return MIXED if apart <= set(MIXED_OF) else queries.CASES


def sums_of(row: Any) -> Sums:
    """A row of the statement."""
    return Sums(
        {name: row[name] for name in SUMS},
        _bins(row["resolution_bins"]),
        _bins(row["response_bins"]),
    )


def _bins(text: str | None) -> dict[int, int]:
    return {int(number): many for number, many in json.loads(text or "{}").items()}
