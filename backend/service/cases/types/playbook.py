"""The tasks that every case of a type gives out: those of one step at once, the steps in order."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any
from uuid import UUID

from annotated_types import Ge, Le, MaxLen
from pydantic import BaseModel, ConfigDict

from backend.platform.calendars.resources import Name
from backend.service.cases.types.stages import Key
from infra.kernel.columns import Text
from infra.kernel.errors import Fault

TASKS_MAX = 30


class TypeTask(BaseModel):
    """A piece of work that a case of the type always needs."""

    model_config = ConfigDict(extra="forbid")

    key: Key
    subject: Name
    description: Annotated[Text, MaxLen(5_000)] = ""
    step: Annotated[int, Ge(1), Le(20)] = 1
    assignment_group_id: UUID | None = None
    due_hours: Annotated[int, Ge(1), Le(8_760)] | None = None


TypeTasks = Annotated[list[TypeTask], MaxLen(TASKS_MAX)]


def read_tasks(tasks: Iterable[Any]) -> list[TypeTask]:
    """Stored tasks, in the order in which they are given out."""
    found = [TypeTask.model_validate(task) for task in tasks]
    return sorted(found, key=lambda task: task.step)


def task_faults(tasks: Sequence[Any]) -> Iterator[Fault]:
    """Keys twice."""
    seen: set[str] = set()
    for place, task in enumerate(TypeTask.model_validate(each) for each in tasks):
        if task.key in seen:
            yield Fault(f"/tasks/{place}/key", "duplicate", "is the key of an earlier task")
        seen.add(task.key)
