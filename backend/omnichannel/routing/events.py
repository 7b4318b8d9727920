"""What happens to work on its way."""

from dataclasses import dataclass
from uuid import UUID

from infra.kernel.events import Event


@dataclass(frozen=True)
class WorkItemQueued(Event, type="work_items.queued"):
    """It waits for an agent, for the first time or again."""

    work_item_id: UUID
    work_kind: str
    work_id: UUID


@dataclass(frozen=True)
class WorkItemOffered(Event, type="work_items.offered"):
    """An agent has it before them and some seconds to answer."""

    work_item_id: UUID
    offered_to_id: UUID
    expires_at: str
    pass_id: UUID
    pass_place: int


@dataclass(frozen=True)
class WorkItemAccepted(Event, type="work_items.accepted"):
    """The agent works on it."""

    work_item_id: UUID
    accepted_by_id: UUID
    work_kind: str
    work_id: UUID


@dataclass(frozen=True)
class WorkItemDeclined(Event, type="work_items.declined"):
    """The agent passed; it waits again with its age."""

    work_item_id: UUID
    declined_by_id: UUID


@dataclass(frozen=True)
class WorkItemTimedOut(Event, type="work_items.timed_out"):
    """The agent did not answer in time; it waits again with its age."""

    work_item_id: UUID
    offered_to_id: UUID


@dataclass(frozen=True)
class WorkItemReturned(Event, type="work_items.returned"):
    """It was taken back or handed on; it waits again with its age."""

    work_item_id: UUID
    reason: str


@dataclass(frozen=True)
class WorkItemCompleted(Event, type="work_items.completed"):
    """Nobody has to work on it any more."""

    work_item_id: UUID


@dataclass(frozen=True)
class PresenceChanged(Event, type="agent_presence.changed"):
    """An agent has come, gone, or has room for more or less."""

    presence_id: UUID
    profile_id: UUID
    state: str
    capacity: int
