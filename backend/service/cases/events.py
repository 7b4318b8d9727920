"""What happens to cases, beside the plain changes that every record tells of."""

from dataclasses import dataclass
from uuid import UUID

from infra.kernel.events import Event


@dataclass(frozen=True)
class CaseOpened(Event, type="cases.opened"):
    """A case wants somebody's work: created, or submitted after being a draft."""

    case_id: UUID
    channel: str
    priority: int
    customer_kind: str
    product_model_id: UUID | None = None


@dataclass(frozen=True)
class CaseAssigned(Event, type="cases.assigned"):
    """Somebody, or some group, has it now."""

    case_id: UUID
    assigned_to_id: UUID | None
    assignment_group_id: UUID | None


@dataclass(frozen=True)
class CaseHeld(Event, type="cases.held"):
    """Its work waits for consent: nobody is offered it."""

    case_id: UUID


@dataclass(frozen=True)
class CaseReleased(Event, type="cases.released"):
    """Its work waits for consent no longer."""

    case_id: UUID


@dataclass(frozen=True)
class CaseCommented(Event, type="cases.commented"):
    """Words that both sides read."""

    case_id: UUID
    entry_id: UUID
    author_kind: str


@dataclass(frozen=True)
class CaseNoted(Event, type="activity_entries.noted"):
    """Words for staff only: an event of the entry, unheard by whoever may not read that."""

    entry_id: UUID
    case_id: UUID


@dataclass(frozen=True)
class CaseResolved(Event, type="cases.resolved"):
    """The customer has an answer."""

    case_id: UUID
    resolution_code: str


@dataclass(frozen=True)
class CaseReopened(Event, type="cases.reopened"):
    """The answer did not hold."""

    case_id: UUID


@dataclass(frozen=True)
class CaseClosed(Event, type="cases.closed"):
    """Nothing more is to be done."""

    case_id: UUID


@dataclass(frozen=True)
class CaseCancelled(Event, type="cases.cancelled"):
    """Nobody wants it any more."""

    case_id: UUID


@dataclass(frozen=True)
class CaseMerged(Event, type="cases.merged"):
    """It goes on in another case, with all that was said."""

    case_id: UUID
    into_id: UUID


@dataclass(frozen=True)
class CaseRated(Event, type="cases.rated"):
    """The customer has said how it was."""

    case_id: UUID
    rating: int


@dataclass(frozen=True)
class CaseTaskCompleted(Event, type="case_tasks.completed"):
    """A piece of a case's work is done."""

    case_task_id: UUID
    case_id: UUID


@dataclass(frozen=True)
class CaseEscalated(Event, type="cases.escalated"):
    """Somebody must look at it now; a task of the case may be why."""

    case_id: UUID
    case_task_id: UUID | None = None


@dataclass(frozen=True)
class CaseCalmed(Event, type="cases.deescalated"):
    """It is an ordinary case again."""

    case_id: UUID
