"""The tasks of an item's fulfilment: those of one step at the same time, the steps in order."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from annotated_types import MaxLen

from backend.foundation.catalog.conditions import Condition, condition_faults, holds
from backend.foundation.catalog.forms import FieldName, FormField, compared
from backend.platform.tasks.planned import TASKS_MAX, PlannedTask, plan_faults
from infra.kernel.errors import Fault


class CatalogTask(PlannedTask):
    """A piece of the work that a request of the item makes."""

    key: FieldName
    when: Condition = ""
    """Over `answers`; empty for always."""


Tasks = Annotated[list[CatalogTask], MaxLen(TASKS_MAX)]


def task_faults(tasks: Sequence[Mapping[str, Any]], form: Sequence[FormField]) -> Iterator[Fault]:
    """What is wrong with the tasks of an item, given its form."""
    names = [field.name for field in form]
    read = [CatalogTask.model_validate(stored) for stored in tasks]
    yield from plan_faults(read)
    for place, task in enumerate(read):
        yield from condition_faults(task.when, names, f"/tasks/{place}/when")


def tasks_for(
    tasks: Sequence[Mapping[str, Any]], form: Sequence[FormField], answers: Mapping[str, Any]
) -> list[CatalogTask]:
    """The tasks that these answers need, in their order."""
    found = [CatalogTask.model_validate(stored) for stored in tasks]
    needed = [task for task in found if holds(task.when, *compared(form, answers), empty=True)]
    return sorted(needed, key=lambda task: task.step)
