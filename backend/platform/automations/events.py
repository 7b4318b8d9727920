"""What automations tell of themselves."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from infra.kernel.events import Event


@dataclass(frozen=True)
class AutomationTold(Event, type="automation_runs.told"):
    """An automation has something to say to webhooks."""

    run_id: UUID
    automation: str
    about_kind: str
    about_id: UUID
    data: dict[str, Any]


@dataclass(frozen=True)
class AutomationFailed(Event, type="automation_runs.failed"):
    """A run was stopped or has died."""

    run_id: UUID
    automation: str
    fault: str
