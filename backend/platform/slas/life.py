"""When a clock of a task begins: as it is promised, or with the task itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.platform.calendars.rules import WorkingHours
from backend.platform.slas import rules
from backend.platform.slas.models import TaskSla
from backend.platform.slas.terms import terms_of


@dataclass(frozen=True)
class Life:
    """Since when there is a task, and the clocks that it had so far."""

    opened_at: datetime
    slas: Sequence[TaskSla]

    def begin(self, sla: TaskSla, at: datetime, hours: WorkingHours) -> None:
        """Let a clock begin, by its terms now or with the task."""
        terms = terms_of(sla.target, sla.terms)
        if not terms.retroactive:
            rules.begin(sla, at, hours)
            return
        beside = [
            each
            for each in self.slas
            if each.started_at is not None
            and terms_of(each.target, each.terms).pause_when == terms.pause_when
        ]
        first = min(beside, key=lambda each: each.started_at or at, default=None)
        rules.begin_before(sla, self.opened_at, first, hours)
