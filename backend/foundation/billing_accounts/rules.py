"""Who pays for a customer on a day, and whether shares add up. Pure.

Shares are basis points: 10 000 are the whole. What is arranged with others comes first; what is
left is the customer's own billing account's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

WHOLE = 10_000


@dataclass(frozen=True)
class Share:
    """A billing account's part of what a customer owes, on the days from `starts_on`, to `ends_on`
    if that is known; both included."""

    billing_account_id: UUID
    basis_points: int
    starts_on: date
    ends_on: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


def payers(shares: Iterable[Share], own: UUID | None, day: date) -> list[tuple[UUID | None, int]]:
    """(billing account, basis points) in the order of their ids; together they are the whole. None
    is nobody: what neither an arrangement nor an own billing account covers."""
    parts: dict[UUID, int] = {}
    for share in shares:
        if share.holds_on(day):
            parts[share.billing_account_id] = (
                parts.get(share.billing_account_id, 0) + share.basis_points
            )
    left = WHOLE - sum(parts.values())
    if left and own is not None:
        parts[own] = parts.get(own, 0) + left
        left = 0
    found: list[tuple[UUID | None, int]] = sorted(parts.items())
    return [*found, (None, left)] if left else found


def first_overpaid_day(shares: Sequence[Share]) -> date | None:
    """The first day on which the shares are more than the whole. They grow only where one starts,
    so those days are all that must be looked at."""
    for day in sorted({share.starts_on for share in shares}):
        if sum(share.basis_points for share in shares if share.holds_on(day)) > WHOLE:
            return day
    return None
