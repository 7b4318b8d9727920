"""What a type of cases may say, and what follows from it. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from backend.service.cases.models import CaseState
from backend.service.cases.rules import ALLOWED, WORKED_ON
from infra.kernel.errors import Fault

S = CaseState
LEADS_TO: Mapping[str, tuple[CaseState, ...]] = {
    "start": (S.IN_PROGRESS,),
    "wait": (S.WAITING_CUSTOMER, S.WAITING_INTERNAL),
    "resolve": (S.RESOLVED,),
    "cancel": (S.CANCELLED,),
}
ENDS = (S.RESOLVED, S.CLOSED, S.CANCELLED)
Verbs = Mapping[str, Sequence[str]]


def states_of(verb: str, verbs: Verbs) -> tuple[CaseState, ...]:
    """Where a verb may be used: where the house allows it, and the type does."""
    allowed = ALLOWED[verb][1]
    return tuple(s for s in allowed if s.value in verbs[verb]) if verb in verbs else allowed


def verb_faults(verbs: Verbs) -> list[Fault]:
    """What is wrong with a type's graph: states the house does not allow, and dead ends."""
    faults = []
    for verb, states in verbs.items():
        allowed = {state.value for state in ALLOWED[verb][1]}
        faults += [
            Fault(f"/verbs/{verb}/{place}", "not_allowed", f"{verb} is never allowed here")
            for place, state in enumerate(states)
            if state not in allowed
        ]
    for state in dead_ends(verbs):
        faults.append(Fault("/verbs", "dead_end", f"a case that is {state.value} finds no end"))
    return faults


def dead_ends(verbs: Verbs) -> list[CaseState]:
    """States in which cases are worked on from which no verb of staff leads to an end."""
    good = set(ENDS)
    grown = True
    while grown:
        before = len(good)
        for verb, targets in LEADS_TO.items():
            if not good.isdisjoint(targets):
                good.update(states_of(verb, verbs))
        grown = len(good) > before
    return [state for state in WORKED_ON if state not in good]


def field_faults(
    required: Sequence[str], hidden: Sequence[str], known: Collection[str]
) -> list[Fault]:
    """What is wrong with the fields that a type names."""
    faults = []
    for column, names in (("required_fields", required), ("hidden_fields", hidden)):
        faults += [
            Fault(f"/{column}/{place}", "unknown_field", f"a case has no field {name}")
            for place, name in enumerate(names)
            if not name.startswith("custom.") and name not in known
        ]
    for place, name in enumerate(hidden):
        if name in required or name == "subject":
            message = "what must be said cannot be hidden"
            faults.append(Fault(f"/hidden_fields/{place}", "required", message))
    return faults


def missing(required: Sequence[str], values: Mapping[str, Any]) -> list[Fault]:
    """What a case of the type must say and does not."""
    custom = values.get("custom") or {}
    faults = []
    for name in required:
        key = name.removeprefix("custom.")
        value = custom.get(key) if name.startswith("custom.") else values.get(name)
        if value in (None, "", [], {}):
            message = "is required for this type of case"
            faults.append(Fault(f"/{name.replace('.', '/')}", "missing", message))
    return faults


def unasked(hidden: Sequence[str], given: Mapping[str, Any]) -> list[Fault]:
    """What somebody outside said that the type does not ask."""
    custom = given.get("custom") or {}
    faults = []
    for name in hidden:
        key = name.removeprefix("custom.")
        said = custom.get(key) if name.startswith("custom.") else given.get(name)
        if said not in (None, "", [], {}):
            message = "is not asked for this type of case"
            faults.append(Fault(f"/{name.replace('.', '/')}", "hidden", message))
    return faults


def priority_by(
    priorities: Mapping[str, int], default: int | None, impact: int | None, urgency: int | None
) -> int | None:
    """By the type's matrix, whose missing weight is the middle one, else its default; None where
    it says neither."""
    if impact is not None or urgency is not None:
        found = priorities.get(f"{impact or 2}-{urgency or 2}")
        if found is not None or priorities:
            return found or default
        return None
    return default


def is_late(ended_at: datetime | None, days: int | None, now: datetime) -> bool:
    """Whether a case that ended then is taken up no more, but followed by a new one."""
    return days is not None and ended_at is not None and ended_at + timedelta(days=days) < now
