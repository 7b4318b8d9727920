"""Which of a consumer's households comes first. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID


class Membership(Protocol):
    """What the choice looks at."""

    id: UUID
    is_primary: bool
    created_at: datetime


M = TypeVar("M", bound=Membership)


def first_of(memberships: Iterable[M]) -> M | None:
    """The membership that comes first: the primary one, else the eldest."""
    return min(memberships, key=lambda m: (not m.is_primary, m.created_at, m.id), default=None)
