"""What a step keeps of its rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.platform.approvals.matrix import Approvers
from backend.platform.approvals.planning import PlannedStep


@dataclass(frozen=True)
class Seating:
    """What a step keeps of its rule, so that a later change of the rule does not reach it. Who that
    is, is found when the step opens: members who come or go meanwhile count."""

    approvers: tuple[Approvers, ...]
    due_hours: int | None = None
    remind_hours: int | None = None
    escalate_to: tuple[Approvers, ...] = ()
    by_mail: bool = True
    allows_own: bool = False
    calendar_id: UUID | None = None
    seen: Mapping[str, Any] | None = None
    """The places of the record that were looked at, none for the whole of it, and a digest of what
    stood there; nothing for a step of long ago."""

    @classmethod
    def of(cls, step: PlannedStep) -> "Seating":
        """As the rule says it now."""
        spec, rule = step.spec, step.rule
        return cls(
            tuple(spec.approvers),
            spec.due_hours,
            spec.remind_hours,
            tuple(spec.escalate_to),
            rule.by_mail,
            rule.allows_own,
            step.calendar_id,
            {"places": step.places, "digest": step.digest},
        )

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        told = dict(vars(self))
        told["calendar_id"] = str(self.calendar_id) if self.calendar_id else None
        for name in ("approvers", "escalate_to"):
            told[name] = [each.model_dump(mode="json") for each in told[name]]
        return told

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Seating":
        """As it was stored."""
        people = {
            name: tuple(Approvers.model_validate(each) for each in stored[name])
            for name in ("approvers", "escalate_to")
        }
        calendar = stored.get("calendar_id")
        own = {"calendar_id": UUID(calendar) if calendar else None}
        return cls(**(dict(stored) | people | own))
