"""What happens to promises without anybody saving."""

from dataclasses import dataclass
from uuid import UUID

from infra.kernel.events import Event


@dataclass(frozen=True)
class SlaWarned(Event, type="task_slas.warned"):
    """Most of the time is gone."""

    sla_id: UUID
    task_kind: str
    task_id: UUID
    target: str
    due_at: str


@dataclass(frozen=True)
class SlaBreached(Event, type="task_slas.breached"):
    """The time is over."""

    sla_id: UUID
    task_kind: str
    task_id: UUID
    target: str
    due_at: str
