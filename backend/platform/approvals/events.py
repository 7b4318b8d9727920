"""What happens to questions of consent."""

from dataclasses import dataclass
from uuid import UUID

from infra.kernel.events import Event


@dataclass(frozen=True)
class ApprovalRequested(Event, type="approval_requests.requested"):
    """Consent was asked for."""

    request_id: UUID
    about_kind: str
    about_id: UUID
    action: str


@dataclass(frozen=True)
class ApprovalGranted(Event, type="approval_requests.approved"):
    """All levels have agreed."""

    request_id: UUID
    about_kind: str
    about_id: UUID
    action: str


@dataclass(frozen=True)
class ApprovalRefused(Event, type="approval_requests.rejected"):
    """Somebody whose word counts has refused."""

    request_id: UUID
    about_kind: str
    about_id: UUID
    action: str
    reason: str


@dataclass(frozen=True)
class ApprovalRecalled(Event, type="approval_requests.recalled"):
    """It was taken back, or the record changed under it."""

    request_id: UUID
    about_kind: str
    about_id: UUID
    action: str


@dataclass(frozen=True)
class ApprovalOverdue(Event, type="approval_requests.overdue"):
    """A level has not answered in its time."""

    request_id: UUID
    about_kind: str
    about_id: UUID
    level: int
    name: str


@dataclass(frozen=True)
class ApprovalPerformed(Event, type="approval_requests.performed"):
    """What waited for consent was done."""

    request_id: UUID
    about_kind: str
    about_id: UUID
    action: str


@dataclass(frozen=True)
class ApprovalFailed(Event, type="approval_requests.failed"):
    """What was agreed to could not be done any more."""

    request_id: UUID
    about_kind: str
    about_id: UUID
    action: str
    reason: str
