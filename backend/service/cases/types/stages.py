"""The stages of a type: what its people call the steps of a case, within the house's states. Pure.

A stage lies in one state, so clocks, lists and every rule of the house go on by the state; whoever
moves a case to a stage of another state moves it to that state too.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Literal

from annotated_types import MaxLen
from pydantic import BaseModel, ConfigDict, StringConstraints

from backend.platform.calendars.resources import Name
from backend.platform.templates.resources import Locale
from backend.service.cases.models import CaseState
from infra.kernel.errors import Fault

STAGES_MAX = 30
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


class Stage(BaseModel):
    """A step of the cases of a type, and where it may lead."""

    model_config = ConfigDict(extra="forbid")

    key: Key
    name: Name
    state: Literal["new", "in_progress", "waiting_customer", "waiting_internal", "resolved"]
    next: Annotated[list[Key], MaxLen(STAGES_MAX)] = []
    translations: Annotated[dict[Locale, Name], MaxLen(20)] = {}
    """What it is called in other languages."""


Stages = Annotated[list[Stage], MaxLen(STAGES_MAX)]


def read(stages: Iterable[Any]) -> list[Stage]:
    """Stored stages."""
    return [Stage.model_validate(stage) for stage in stages]


def first_in(stages: Sequence[Stage], state: CaseState) -> str | None:
    """Where a case is that comes to a state by a verb of the house: the first stage there."""
    return next((stage.key for stage in stages if stage.state == state.value), None)


def named(stages: Sequence[Stage], key: str | None) -> Stage | None:
    """The stage with the key."""
    return next((stage for stage in stages if stage.key == key), None)


def reachable(stages: Sequence[Stage], key: str | None, state: CaseState) -> list[str]:
    """Where a case may be moved from a stage; from none, to any stage of its state."""
    here = named(stages, key)
    if here is not None:
        return list(here.next)
    return [stage.key for stage in stages if stage.state == state.value]


def stage_faults(stages: Sequence[Stage]) -> Iterator[Fault]:
    """Keys twice, ways to nowhere, and stages that no case ever comes to."""
    seen: set[str] = set()
    keys = {stage.key for stage in stages}
    for place, stage in enumerate(stages):
        if stage.key in seen:
            yield Fault(f"/stages/{place}/key", "duplicate", "is the key of an earlier stage")
        seen.add(stage.key)
        for step, key in enumerate(stage.next):
            if key not in keys:
                yield Fault(f"/stages/{place}/next/{step}", "not_found", "there is no such stage")
    met = met_by(stages)
    for place, stage in enumerate(stages):
        if stage.key not in met:
            yield Fault(f"/stages/{place}", "unreachable", "no case ever comes here")


def met_by(stages: Sequence[Stage]) -> set[str]:
    """Stages that cases come to: the first of each state, and whatever those lead to."""
    firsts = (first_in(stages, CaseState(stage.state)) for stage in stages)
    waiting = [key for key in dict.fromkeys(firsts) if key is not None]
    found: set[str] = set()
    while waiting:
        key = waiting.pop()
        stage = named(stages, key)
        if stage is not None and key not in found:
            found.add(key)
            waiting += stage.next
    return found
