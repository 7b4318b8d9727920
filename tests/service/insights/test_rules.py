"""Spans, bins and medians: tables of values, and what holds for all of them."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.service.insights.rules import (
    BIN_EDGES,
    Span,
    ages,
    begin_of,
    bin_of,
    edges,
    percentile,
    pieces,
    points,
    widest_bin,
)
from tests.world import Tenant, World

DAYS = st.dates(date(1990, 1, 1), date(2050, 1, 1))


@given(DAYS, st.integers(0, 1_100))
def test_the_pieces_of_a_span_are_its_days_and_no_other(first: date, days: int) -> None:
    span = Span(first, first + timedelta(days=days))
    told = [
        piece.first + timedelta(days=n)
        for piece in pieces(span)
        for n in range((piece.last - piece.first).days + 1)
    ]
    assert told == [first + timedelta(days=n) for n in range(days + 1)]
    assert len(list(pieces(span))) <= 5
    assert sum((p.last - p.first).days + 1 for p in pieces(span) if p.grain == "day") <= 20
    for piece in pieces(span):
        for day in (piece.first, piece.last + timedelta(days=1)):
            assert day == begin_of(day, piece.grain)


@given(DAYS, st.integers(0, 1_100))
def test_the_span_before_ends_where_the_span_begins(first: date, days: int) -> None:
    span = Span(first, first + timedelta(days=days))
    assert span.before.last == first - timedelta(days=1)
    whole_months = first.day == 1 and (span.last + timedelta(days=1)).day == 1
    assert span.before.days == span.days or whole_months


def test_before_whole_months_come_as_many_whole_months() -> None:
    assert Span(date(2026, 3, 1), date(2026, 3, 31)).before == Span(
        date(2026, 2, 1), date(2026, 2, 28)
    )
    assert Span(date(2026, 1, 1), date(2026, 3, 31)).before == Span(
        date(2025, 10, 1), date(2025, 12, 31)
    )


def test_long_spans_are_drawn_by_months() -> None:
    assert len(list(points(Span(date(2026, 1, 1), date(2026, 4, 2))))) == 92
    assert list(points(Span(date(2026, 1, 15), date(2026, 6, 2))))[:2] == [
        date(2026, 1, 1), date(2026, 2, 1),
    ]  # fmt: skip


def test_every_open_case_has_one_age() -> None:
    today = date(2026, 11, 27)
    spans = list(ages(today))
    assert spans[0].last == today
    for younger, older in pairwise(spans):
        assert older.last == younger.first - timedelta(days=1)


@given(st.lists(st.integers(0, 40_000_000), min_size=1, max_size=60), st.sampled_from([0.5, 0.9]))
def test_a_percentile_lies_in_the_bin_of_the_true_one(times: list[int], share: float) -> None:
    bins: dict[int, int] = {}
    for seconds in times:
        bins[bin_of(seconds)] = bins.get(bin_of(seconds), 0) + 1
    rank = -(-len(times) * int(share * 10) // 10)
    true_one = sorted(times)[rank - 1]
    low, high = edges(bin_of(true_one))
    found = percentile(bins, share)
    assert found is not None
    assert low <= found <= high


def test_nothing_has_no_median() -> None:
    assert percentile({}, 0.5) is None


def test_bins_are_narrow() -> None:
    assert widest_bin() < 0.2


@pytest.mark.parametrize("seconds", [0, 59, 60, 61, 70, 71, 3839, 3840, 31457279, 31457280, 9**9])
async def test_the_database_counts_bins_alike(world: World, seconds: int) -> None:
    tenant: Tenant = await world.tenant()
    async with world.services.system(tenant.id, reason="test") as ctx:
        assert await ctx.fetchval("SELECT app_bin($1)", seconds) == bin_of(seconds)
    assert BIN_EDGES[0] == 60
