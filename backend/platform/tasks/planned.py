"""Tasks as configuration plans them: what each waits for, and until when it is to be done. Pure.

Tasks of one step are done at the same time, each step after all of the one before. A task that
names others waits for those instead. Where one of them is not given out, because its condition does
not hold, whatever that one would have waited for stands in its place.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal
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
    after: Annotated[list[Key], MaxLen(TASKS_MAX)] = []
    """The tasks that it waits for; none for all of the step before."""
    assignment_group_id: UUID | None = None
    due_hours: Annotated[int, Ge(1), Le(8_760)] | None = None
    due_from: Literal["opening", "turn"] = "opening"
    """Whether its hours begin when all are given out, or when those that it waits for are due."""


@dataclass(frozen=True)
class Placed:
    """A task that is given out: for which others it waits, and in how many hours it is due."""

    task: PlannedTask
    waits_for: tuple[str, ...]
    due_hours: int | None


def placed(needed: Sequence[PlannedTask], whole: Iterable[PlannedTask]) -> list[Placed]:
    """The needed tasks of a whole plan, each after all that it waits for."""
    plan = {task.key: task for task in whole}
    ordered = sorted(needed, key=lambda task: task.step)
    given = {task.key: task for task in ordered}
    waits = {key: _stands_for(_awaited(task, ordered), plan, given) for key, task in given.items()}
    found: dict[str, Placed] = {}
    while len(found) < len(given):
        for key, task in given.items():
            if key not in found and all(each in found for each in waits[key]):
                found[key] = Placed(task, waits[key], _due(task, waits[key], found))
    return list(found.values())


def _awaited(task: PlannedTask, ordered: Sequence[PlannedTask]) -> Sequence[str]:
    """What a task waits for, given out or not."""
    if task.after:
        return task.after
    before = max((each.step for each in ordered if each.step < task.step), default=None)
    return [each.key for each in ordered if each.step == before]


def _stands_for(
    keys: Iterable[str], plan: Mapping[str, PlannedTask], given: Mapping[str, PlannedTask]
) -> tuple[str, ...]:
    """The tasks of these keys that are given out; for another, what that one would wait for."""
    found: list[str] = []
    for key in keys:
        if key in given:
            found.append(key)
        elif key in plan:
            found += _stands_for(_awaited(plan[key], list(given.values())), plan, given)
    return tuple(dict.fromkeys(found))


def _due(task: PlannedTask, waits: Iterable[str], found: Mapping[str, Placed]) -> int | None:
    if task.due_hours is None or task.due_from == "opening":
        return task.due_hours
    return task.due_hours + max((found[key].due_hours or 0 for key in waits), default=0)


def plan_faults(tasks: Sequence[PlannedTask]) -> Iterator[Fault]:
    """Keys that stand twice, and tasks that wait for what is not there, comes later or waits for
    them."""
    known: dict[str, PlannedTask] = {}
    for place, task in enumerate(tasks):
        if task.key in known:
            yield Fault(f"/tasks/{place}/key", "duplicate", "is the key of an earlier task")
        known.setdefault(task.key, task)
    for place, task in enumerate(tasks):
        for number, key in enumerate(task.after):
            pointer = f"/tasks/{place}/after/{number}"
            if key not in known:
                yield Fault(pointer, "not_found", f"there is no task {key}")
            elif known[key].step > task.step:
                yield Fault(pointer, "order", f"{key} belongs to a later step")
            elif task.key in _reached(key, known):
                yield Fault(pointer, "circle", "the task would wait for itself")


def _reached(key: str, known: Mapping[str, PlannedTask]) -> set[str]:
    """Everything that a task waits for by name, itself included."""
    found: set[str] = set()
    waiting = [key]
    while waiting:
        here = waiting.pop()
        if here in known and here not in found:
            found.add(here)
            waiting += known[here].after
    return found
