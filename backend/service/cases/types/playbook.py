"""The playbook of a type: the tasks that a case of it gets, each on a condition of its own. Pure.

A condition is a rule in CEL over `case`, which holds what staff see of a case. One that cannot be
told, such as one that compares nothing with a number, does not hold.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

from annotated_types import MaxLen

from backend.platform.tasks.planned import TASKS_MAX, PlannedTask, plan_faults
from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from infra.kernel.columns import Text
from infra.kernel.errors import Fault
from infra.kernel.resource import CUSTOM
from infra.kernel.rules import RuleError, compile_rule

TEXT_SEEN_MAX = 2_000
SEEN = cases.views["staff"].read


class PlaybookTask(PlannedTask):
    """A piece of the work that cases of a type need."""

    when: Annotated[Text, MaxLen(1_000)] = ""
    """Over `case`; empty for always."""


Playbook = Annotated[list[PlaybookTask], MaxLen(TASKS_MAX)]


def read_playbook(stored: Iterable[Mapping[str, Any]]) -> list[PlaybookTask]:
    """Stored tasks."""
    return [PlaybookTask.model_validate(each) for each in stored]


def playbook_faults(tasks: Sequence[PlaybookTask]) -> Iterator[Fault]:
    """What is wrong with the tasks of a type."""
    yield from plan_faults(tasks)
    names = frozenset(f"case.{name}" for name in SEEN)
    for place, task in enumerate(tasks):
        if task.when.strip():
            try:
                compile_rule(task.when, names)
            except RuleError as refused:
                yield from refused.at(f"/tasks/{place}/when").faults


def needed(tasks: Iterable[PlaybookTask], seen: Mapping[str, Any]) -> list[PlaybookTask]:
    """The tasks that a case needs, of which conditions see this."""
    return [task for task in tasks if _holds(task.when, seen)]


def seen_of(case: Case) -> dict[str, Any]:
    """What conditions see of a case."""
    return cut({name: getattr(case, name) for name in SEEN})


def cut(seen: Mapping[str, Any]) -> dict[str, Any]:
    """The same with every column in place, and nothing longer than a condition may look at."""
    empty: dict[str, Any] = dict.fromkeys(SEEN) | {CUSTOM: {}}
    told = {name: v[:TEXT_SEEN_MAX] if isinstance(v, str) else v for name, v in seen.items()}
    return empty | told


def _holds(condition: str, seen: Mapping[str, Any]) -> bool:
    try:
        return not condition.strip() or compile_rule(condition).matches({"case": seen})
    except RuleError:
        return False
