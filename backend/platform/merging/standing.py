"""Whether a record still stands for itself."""

from typing import Protocol
from uuid import UUID

from backend.platform.merging.errors import MergedAlready


class Mergeable(Protocol):
    """A record that can be merged into another."""

    name: str
    merged_into_id: UUID | None


def require_standing(record: Mergeable) -> None:
    """Raises MergedAlready for a record that is part of another by now."""
    if record.merged_into_id is not None:
        raise MergedAlready(f"{record.name} was merged; change the record it was merged into")
