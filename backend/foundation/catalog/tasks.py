"""The tasks of an item's fulfilment: those of one step at the same time, the steps in order."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from annotated_types import Ge, Le, MaxLen
from pydantic import BaseModel, ConfigDict

from backend.foundation.catalog.conditions import Condition, condition_faults, holds
from backend.foundation.catalog.forms import FieldName, FormField
from backend.platform.calendars.resources import Name
from infra.kernel.columns import Text
from infra.kernel.errors import Fault

TASKS_MAX = 30


class CatalogTask(BaseModel):
    """A piece of the work that a request of the item makes."""

    model_config = ConfigDict(extra="forbid")

    key: FieldName
    subject: Name
    description: Annotated[Text, MaxLen(5_000)] = ""
    step: Annotated[int, Ge(1), Le(20)] = 1
    assignment_group_id: UUID | None = None
    due_hours: Annotated[int, Ge(1), Le(8_760)] | None = None
    when: Condition = ""
    """Over `answers`; empty for always."""


Tasks = Annotated[list[CatalogTask], MaxLen(TASKS_MAX)]


def task_faults(tasks: Sequence[Mapping[str, Any]], form: Sequence[FormField]) -> Iterator[Fault]:
    """What is wrong with the tasks of an item, given its form."""
    seen: set[str] = set()
    names = [field.name for field in form]
    for place, stored in enumerate(tasks):
        task = CatalogTask.model_validate(stored)
        if task.key in seen:
            yield Fault(f"/tasks/{place}/key", "duplicate", "is the key of an earlier task")
        seen.add(task.key)
        yield from condition_faults(task.when, names, f"/tasks/{place}/when")


def tasks_for(
    tasks: Sequence[Mapping[str, Any]], form: Sequence[FormField], answers: Mapping[str, Any]
) -> list[CatalogTask]:
    """The tasks that these answers need, in their order."""
    names = [field.name for field in form]
    found = [CatalogTask.model_validate(stored) for stored in tasks]
    needed = [task for task in found if holds(task.when, names, answers, empty=True)]
    return sorted(needed, key=lambda task: task.step)
