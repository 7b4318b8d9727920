"""How units move: a ledger that adds up whatever happens, and periods that never drift."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.foundation.units import rules
from backend.foundation.units.models import (
    EntitlementMovement,
    EntitlementPool,
    MovementKind,
    Renewal,
    Unit,
)

FIRST = date(2026, 1, 31)


def pool(quantity: int = 10, renewal: Renewal = Renewal.NONE) -> EntitlementPool:
    first, last = rules.period_at(FIRST, renewal, FIRST)
    return EntitlementPool(
        name="Calls", unit=Unit.CASE, quantity=Decimal(quantity), renewal=renewal,
        starts_on=FIRST, period_starts_on=first, period_ends_on=last,
        remaining=Decimal(0), reserved=Decimal(0), last_position=0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("renewal", "on", "first", "last"),
    [
        (Renewal.NONE, date(2030, 1, 1), FIRST, None),
        (Renewal.MONTH, date(2026, 1, 31), FIRST, date(2026, 2, 27)),
        (Renewal.MONTH, date(2026, 2, 28), date(2026, 2, 28), date(2026, 3, 30)),
        (Renewal.MONTH, date(2026, 3, 30), date(2026, 2, 28), date(2026, 3, 30)),
        (Renewal.MONTH, date(2026, 3, 31), date(2026, 3, 31), date(2026, 4, 29)),
        (Renewal.QUARTER, date(2026, 4, 29), FIRST, date(2026, 4, 29)),
        (Renewal.QUARTER, date(2026, 4, 30), date(2026, 4, 30), date(2026, 7, 30)),
        (Renewal.YEAR, date(2027, 1, 30), FIRST, date(2027, 1, 30)),
        (Renewal.YEAR, date(2028, 2, 29), date(2028, 1, 31), date(2029, 1, 30)),
        (Renewal.MONTH, date(2025, 12, 1), FIRST, date(2026, 2, 27)),
    ],
)
def test_a_period_begins_on_the_day_of_the_first(
    renewal: Renewal, on: date, first: date, last: date | None
) -> None:
    assert rules.period_at(FIRST, renewal, on) == (first, last)


@given(
    st.dates(date(2020, 1, 1), date(2024, 12, 31)),
    st.sampled_from([Renewal.MONTH, Renewal.QUARTER, Renewal.YEAR]),
    st.integers(0, 4_000),
)
def test_every_day_is_in_one_period_and_periods_join(
    start: date, renewal: Renewal, days: int
) -> None:
    on = start + timedelta(days=days)
    first, last = rules.period_at(start, renewal, on)
    assert last is not None
    assert first <= on <= last
    assert rules.period_at(start, renewal, first) == (first, last)
    following, _ = rules.period_at(start, renewal, last + timedelta(days=1))
    assert following == last + timedelta(days=1)


def test_what_is_left_lapses_and_what_is_reserved_stays() -> None:
    calls = pool(10, Renewal.MONTH)
    rules.fill(calls)
    case = UUID(int=1)
    assert rules.reserve(calls, Decimal(3), case)
    before = calls.period_starts_on
    lines = rules.renew(calls, date(2026, 3, 1))
    assert [(line.kind, line.amount) for line in lines] == [
        (MovementKind.EXPIRED, Decimal(-7)),
        (MovementKind.GRANTED, Decimal(10)),
    ]
    assert (calls.remaining, calls.reserved) == (10, 3)
    late = rules.give_back(calls, Decimal(3), case, before)
    assert (late.kind, late.amount, late.reserved_change) == (MovementKind.EXPIRED, 0, -3)
    assert (calls.remaining, calls.reserved) == (10, 0)
    assert rules.renew(calls, date(2026, 3, 30)) == []


steps = st.lists(
    st.tuples(
        st.sampled_from(["open", "open", "close", "cancel", "reopen", "merge", "adjust", "later"]),
        st.integers(0, 9),
        st.decimals(Decimal("0.25"), Decimal(4), places=2),
    ),
    max_size=60,
)


@given(steps, st.sampled_from(list(Renewal)))
def test_the_ledger_adds_up_whatever_happens(
    given_: list[tuple[str, int, Decimal]], renewal: Renewal
) -> None:
    """Cases are opened, closed, cancelled, reopened and merged while periods pass."""
    calls = pool(8, renewal)
    ledger = [rules.fill(calls)]
    held: dict[int, tuple[Decimal, date]] = {}
    used: set[int] = set()
    today = FIRST
    for what, number, amount in given_:
        ledger += rules.renew(calls, today)
        case = UUID(int=number + 1)
        if what == "open" and number not in held and number not in used:
            before = calls.remaining
            line = rules.reserve(calls, amount, case)
            assert (line is None) == (before < amount)
            if line:
                held[number] = amount, calls.period_starts_on
                ledger.append(line)
        elif what == "close" and number in held:
            ledger.append(rules.use(calls, held.pop(number)[0], case))
            used.add(number)
        elif what in {"cancel", "merge"} and number in held:
            put_aside, since = held.pop(number)
            ledger.append(rules.give_back(calls, put_aside, case, since))
        elif what == "adjust":
            by = amount if number % 2 else -min(amount, calls.remaining)
            if by:
                ledger.append(rules.move(calls, MovementKind.ADJUSTED, by))
        elif what == "later":
            today += timedelta(days=20)
        check(calls, ledger)
    granted = total(ledger, {MovementKind.GRANTED, MovementKind.ADJUSTED})
    assert calls.reserved == sum((amount for amount, _ in held.values()), Decimal(0))
    assert total(ledger, {MovementKind.RESERVED}) + granted + calls.reserved >= 0


def check(calls: EntitlementPool, ledger: list[EntitlementMovement]) -> None:
    assert sum(line.amount for line in ledger) == calls.remaining >= 0
    assert sum(line.reserved_change for line in ledger) == calls.reserved >= 0
    assert [line.position for line in ledger] == list(range(1, calls.last_position + 1))
    for one, other in pairwise(ledger):
        assert (other.previous_remaining, other.previous_reserved) == (one.remaining, one.reserved)


def total(ledger: list[EntitlementMovement], kinds: set[MovementKind]) -> Decimal:
    return sum((line.amount for line in ledger if line.kind in kinds), Decimal(0))


def test_less_than_nothing_is_never_written() -> None:
    calls = pool(1)
    rules.fill(calls)
    with pytest.raises(ValueError, match="less than nothing"):
        rules.move(calls, MovementKind.ADJUSTED, Decimal(-2))
    assert (calls.remaining, calls.last_position) == (1, 1)
