"""Tasks as configuration plans them: those of one step at the same time, the steps in order."""

from collections.abc import Iterable, Iterator
from typing import Annotated
from uuid import UUID

from annotated_types import Ge, Le, MaxLen
from pydantic import BaseModel, ConfigDict, StringConstraints

from backend.platform.calendars.resources import Name
from infra.kernel.columns import Text
from infra.kernel.errors import Fault

TASKS_MAX = 30
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


class PlannedTask(BaseModel):
    """A piece of work that is given out when its step begins."""

    model_config = ConfigDict(extra="forbid")

    key: Key
    subject: Name
    description: Annotated[Text, MaxLen(5_000)] = ""
    step: Annotated[int, Ge(1), Le(20)] = 1
    assignment_group_id: UUID | None = None
    due_hours: Annotated[int, Ge(1), Le(8_760)] | None = None


def doubled(tasks: Iterable[PlannedTask]) -> Iterator[Fault]:
    """Keys that stand twice."""
    seen: set[str] = set()
    for place, task in enumerate(tasks):
        if task.key in seen:
            yield Fault(f"/tasks/{place}/key", "duplicate", "is the key of an earlier task")
        seen.add(task.key)
