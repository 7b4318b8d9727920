"""On what terms a clock starts, is held, ends, begins anew or is given up: rules in CEL.

A rule sees the facts that every kind of task has (`Moments`) and the task's columns as `task`. What
a milestone leaves open is filled in by the terms that its target usually has. A rule that cannot be
evaluated is noted on the clock; until it is mended, in doubt the clock runs.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Annotated, Any

from annotated_types import Ge, Le, MaxLen
from pydantic import BaseModel, ConfigDict, StringConstraints

from backend.platform.slas.models import Target
from infra.kernel.columns import Text
from infra.kernel.errors import Fault
from infra.kernel.model import Record
from infra.kernel.resource import Resource
from infra.kernel.rules import RuleError, compile_rule

MINUTES_MAX = 525_600
MILESTONES_MAX = 20
TEXT_SEEN_MAX = 2_000

RuleText = Annotated[Text, MaxLen(2_000)]
RULES = ("start_when", "pause_when", "stop_when", "reset_when", "cancel_when")


class Milestone(BaseModel):
    """A clock beside the usual ones, or the usual one on other terms."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    target: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    name: Annotated[Text, MaxLen(200)] = ""
    minutes: Annotated[int, Ge(1), Le(MINUTES_MAX)]
    warning_percent: Annotated[int, Ge(1), Le(99)] | None = None
    recurring: bool | None = None
    retroactive: bool | None = None
    """It counts from when the task was opened, however late it is promised."""
    start_when: RuleText | None = None
    pause_when: RuleText | None = None
    stop_when: RuleText | None = None
    reset_when: RuleText | None = None
    cancel_when: RuleText | None = None

    @property
    def terms(self) -> dict[str, Any]:
        """What it says about its clock's life."""
        given = {name: getattr(self, name) for name in (*RULES, "recurring", "retroactive")}
        return {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True)
class Moments:
    """What a task's domain tells of it, whatever its states are called."""

    answered: bool = False
    awaited: bool = False
    """The customer has said something and waits for our answer."""
    waits: bool = False
    """We wait for the customer, or for consent without which nobody may begin."""
    finished: bool = False
    cancelled: bool = False
    escalated: bool = False
    held: bool = False
    """Of what the task waits for, it is consent."""


@dataclass(frozen=True)
class Terms:
    """The rules of one clock; an empty one never holds, but for the start."""

    start_when: str = "true"
    pause_when: str = "waits"
    stop_when: str = "finished"
    reset_when: str = "false"
    cancel_when: str = "cancelled"
    recurring: bool = False
    retroactive: bool = False


_USUAL = {
    Target.RESPONSE: Terms(stop_when="answered || finished"),
    Target.NEXT_RESPONSE: Terms(
        start_when="answered && awaited", stop_when="!awaited || finished", recurring=True
    ),
}
_ALWAYS = {"true": True, "false": False}


def terms_of(target: str, stored: Mapping[str, Any]) -> Terms:
    """The usual terms of the target with what a milestone says otherwise."""
    usual = asdict(_USUAL.get(target, Terms()))  # type: ignore[call-overload]
    return Terms(**(usual | {n: v for n, v in stored.items() if n in usual}))


@dataclass(frozen=True)
class Verdict:
    """What the rules say now; a hold is None where nobody can tell."""

    start: bool = False
    pause: bool | None = False
    stop: bool = False
    reset: bool = False
    cancel: bool = False
    faults: tuple[tuple[str, str], ...] = ()


def judge(terms: Terms, seen: Mapping[str, Any]) -> Verdict:
    """Evaluate all rules of a clock; never raises."""
    found: dict[str, bool | None] = {}
    faults = []
    for name in RULES:
        text = getattr(terms, name)
        told = _ALWAYS.get(text, seen.get(text) if isinstance(seen.get(text), bool) else None)
        if told is None:
            try:
                told = compile_rule(text).matches(seen)
            except RuleError as broken:
                faults.append((name, "; ".join(broken.messages)[:300]))
        found[name] = told
    return Verdict(
        start=found["start_when"] is not False,
        pause=found["pause_when"],
        stop=bool(found["stop_when"]),
        reset=bool(found["reset_when"]),
        cancel=bool(found["cancel_when"]),
        faults=tuple(faults),
    )


def seen_of(task: Record, resource: Resource, moments: Moments) -> dict[str, Any]:
    """What rules see of a task."""
    columns = {n: getattr(task, n, None) for n in resource.columns if n != "tenant_id"}
    cut = {n: v[:TEXT_SEEN_MAX] if isinstance(v, str) else v for n, v in columns.items()}
    return asdict(moments) | {"task": cut}


def names_for(resource: Resource) -> frozenset[str]:
    """What rules for this kind of task may name."""
    own = {f"task.{name}" for name in resource.columns if name != "tenant_id"}
    return frozenset({field.name for field in fields(Moments)} | own)


def milestone_faults(milestones: list[Milestone], names: frozenset[str]) -> list[Fault]:
    """Every reason why these are no milestones."""
    found = []
    if len(milestones) > MILESTONES_MAX:
        message = f"must be at most {MILESTONES_MAX}"
        found.append(Fault("/milestones", "too_long", message))
    seen: set[str] = set()
    for place, milestone in enumerate(milestones):
        if milestone.target in seen:
            pointer = f"/milestones/{place}/target"
            found.append(Fault(pointer, "duplicate", "is promised already"))
        seen.add(milestone.target)
        if terms_of(milestone.target, milestone.terms).recurring and milestone.retroactive:
            message = "what begins again and again does not count from the opening"
            found.append(Fault(f"/milestones/{place}/retroactive", "recurring", message))
        for name in RULES:
            text = getattr(milestone, name)
            if text is None:
                continue
            try:
                compile_rule(text, names)
            except RuleError as broken:
                found += broken.at(f"/milestones/{place}/{name}").faults
    return found
