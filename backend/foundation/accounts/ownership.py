"""What belongs to a company or to a private customer belongs to exactly one of them."""

from datetime import date
from uuid import UUID

from infra.kernel.errors import Fault


def owner_faults(account_id: UUID | None, consumer_id: UUID | None) -> list[Fault]:
    """A fault unless exactly one owner is named."""
    if (account_id is None) != (consumer_id is None):
        return []
    message = "name either account_id or consumer_id"
    return [Fault("/account_id", "one_owner", message)]


def mismatch(
    pointer: str,
    owner: tuple[UUID | None, UUID | None],
    other: tuple[UUID | None, UUID | None],
) -> list[Fault]:
    """A fault where the record behind `pointer` belongs to another customer; owners are (account,
    consumer)."""
    if owner == other:
        return []
    return [Fault(pointer, "other_customer", "belongs to another customer")]


def period_faults(starts_on: date, ends_on: date | None) -> list[Fault]:
    """A fault where something ends before it starts."""
    if ends_on is None or ends_on >= starts_on:
        return []
    return [Fault("/ends_on", "order", "must not be before starts_on")]
