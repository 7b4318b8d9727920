"""How units move. Pure: each move changes the pool in hand and answers its line of the ledger.

remaining = granted + adjusted − expired − reserved − used, and never below zero: whoever draws more
than remains gets nothing. What is reserved when a period ends stays reserved; given back later it
lapses with the period that it came from.
"""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from backend.foundation.units.models import (
    EntitlementMovement,
    EntitlementPool,
    MovementKind,
    Renewal,
)
from backend.foundation.warranties.rules import last_day

Kind = MovementKind
ZERO = Decimal(0)
MONTHS = {Renewal.MONTH: 1, Renewal.QUARTER: 3, Renewal.YEAR: 12}


def period_at(starts_on: date, renewal: Renewal, on: date) -> tuple[date, date | None]:
    """The period in which the day lies: its first and its last day, None without any renewal.
    Counted from the first day of all, so that the 31st is the 31st again after February."""
    if renewal is Renewal.NONE or on < starts_on:
        first, step = starts_on, MONTHS.get(renewal)
        return first, (last_day(first, step) if step else None)
    step = MONTHS[renewal]
    passed = (on.year - starts_on.year) * 12 + on.month - starts_on.month
    number = passed // step
    while number and _first(starts_on, number * step) > on:
        number -= 1
    return _first(starts_on, number * step), last_day(starts_on, (number + 1) * step)


def _first(starts_on: date, months: int) -> date:
    return last_day(starts_on, months) + timedelta(days=1) if months else starts_on


def move(
    pool: EntitlementPool,
    kind: MovementKind,
    amount: Decimal,
    reserved_change: Decimal = ZERO,
    *,
    case_id: UUID | None = None,
    reason: str = "",
) -> EntitlementMovement:
    """The next line of the pool's ledger; raises ValueError where something would be below zero."""
    remaining, reserved = pool.remaining + amount, pool.reserved + reserved_change
    if remaining < 0 or reserved < 0:
        raise ValueError(f"{kind.value}: a pool cannot hold less than nothing")
    line = EntitlementMovement(
        pool_id=pool.id,
        position=pool.last_position + 1,
        previous_position=pool.last_position or None,
        kind=kind,
        amount=amount,
        reserved_change=reserved_change,
        previous_remaining=pool.remaining,
        previous_reserved=pool.reserved,
        remaining=remaining,
        reserved=reserved,
        period_starts_on=pool.period_starts_on,
        case_id=case_id,
        reason=reason,
    )
    pool.remaining, pool.reserved, pool.last_position = remaining, reserved, line.position
    return line


def fill(pool: EntitlementPool) -> EntitlementMovement:
    """What the customer gets for the pool's period."""
    return move(pool, Kind.GRANTED, pool.quantity)


def renew(pool: EntitlementPool, on: date) -> list[EntitlementMovement]:
    """Let what is left of a period that is over lapse, and fill the pool for the day's; nothing
    within the period."""
    if pool.period_ends_on is None or on <= pool.period_ends_on:
        return []
    lines = [move(pool, Kind.EXPIRED, -pool.remaining)] if pool.remaining else []
    pool.period_starts_on, pool.period_ends_on = period_at(pool.starts_on, pool.renewal, on)
    return [*lines, fill(pool)]


def lacks(pool: EntitlementPool, amount: Decimal, on: date) -> bool:
    """Whether so much cannot be drawn on the day: fewer remain, or the first period is to come."""
    return pool.remaining < amount or on < pool.starts_on


def reserve(pool: EntitlementPool, amount: Decimal, case_id: UUID) -> EntitlementMovement | None:
    """Put units aside for a case; None, and nothing moved, where fewer remain."""
    if pool.remaining < amount:
        return None
    return move(pool, Kind.RESERVED, -amount, amount, case_id=case_id)


def use(pool: EntitlementPool, amount: Decimal, case_id: UUID) -> EntitlementMovement:
    """What was put aside has been used."""
    return move(pool, Kind.USED, ZERO, -amount, case_id=case_id)


def give_back(
    pool: EntitlementPool, amount: Decimal, case_id: UUID, period_starts_on: date
) -> EntitlementMovement:
    """What was put aside was not needed: it remains, or lapses with its period."""
    if period_starts_on < pool.period_starts_on:
        return move(pool, Kind.EXPIRED, ZERO, -amount, case_id=case_id)
    return move(pool, Kind.RELEASED, amount, -amount, case_id=case_id)
