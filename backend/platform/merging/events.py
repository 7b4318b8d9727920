"""What happens to merges."""

from dataclasses import dataclass
from uuid import UUID

from infra.kernel.events import Event


@dataclass(frozen=True)
class MergeUndone(Event, type="merges.undone"):
    """Records that had become one stand for themselves again."""

    merge_id: UUID
    resource: str
