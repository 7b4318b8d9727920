"""What an automation listens to, what it may name, how far one thing may lead to another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from infra.kernel.events import RecordedEvent
from infra.kernel.relay import wants
from infra.kernel.resource import Resource

DEPTH_MAX = 8
"""How often one automation's doing may set off the next."""
RUNS_OF_ROOT_MAX = 100
"""How many runs may go back to one event that no automation caused."""
RUNS_ON_RECORD_MAX = 30
RECORD_WINDOW = timedelta(minutes=10)
ATTEMPTS_MAX = 5
RETRY_SECONDS = 15.0
BURST = timedelta(minutes=1)
UNHEARD = frozenset({"automation_runs"})
"""Kinds that no automation answers: what is told of runs must not become a run."""
NAMES = ("event", "record", "before", "after", "changed", "steps", "now")


@dataclass(frozen=True)
class Cause:
    """What led to an event: the automations in their order, and where it all began."""

    root: UUID
    chain: tuple[str, ...] = ()
    run_id: UUID | None = None

    @property
    def depth(self) -> int:
        return len(self.chain)

    def told(self) -> dict[str, Any]:
        """How the actor of everything that follows carries it on."""
        return {"root": str(self.root), "chain": list(self.chain), "run": str(self.run_id)}

    def then(self, key: str, run_id: UUID) -> "Cause":
        """The cause of what this automation does."""
        return Cause(self.root, (*self.chain, key), run_id)


def cause_of(event: RecordedEvent) -> Cause:
    """Read from the event's actor, which jobs and reactions hand on as well."""
    via = event.actor.get("via")
    if not isinstance(via, Mapping):
        return Cause(event.id)
    return Cause(UUID(via["root"]), tuple(via["chain"]), UUID(via["run"]))


def listens(event_types: Sequence[str], changed: Sequence[str], event: RecordedEvent) -> bool:
    """Whether an automation that asked for these types and columns hears this event."""
    if event.kind in UNHEARD or not event_types or not wants(event_types, event.type):
        return False
    return not changed or not event.changes or bool(set(changed) & event.changes.keys())


def guard(key: str, cause: Cause, runs_of_root: int, runs_on_record: int) -> tuple[str, str] | None:
    """Why this run must not happen, as a name and a sentence; None where nothing is against it."""
    if cause.depth >= DEPTH_MAX:
        way = " → ".join((*cause.chain, key))
        return "loop", f"one automation set off the next {cause.depth} times: {way}"
    if runs_of_root >= RUNS_OF_ROOT_MAX:
        return "explosion", f"{runs_of_root} runs go back to the same event already"
    if runs_on_record >= RUNS_ON_RECORD_MAX:
        minutes = int(RECORD_WINDOW.total_seconds() // 60)
        return "rate", f"it ran {runs_on_record} times on this record within {minutes} minutes"
    return None


def allot(
    taken_until: datetime, now: datetime, wanted: int, per_minute: int
) -> tuple[list[float], datetime]:
    """Seconds that each of so many runs waits, and until when the tenant's share is taken then.

    A minute's worth goes at once; what is more goes at the tenant's pace. Nothing is dropped.
    """
    each = timedelta(minutes=1) / max(per_minute, 1)
    taken = max(taken_until, now)
    delays = []
    for _ in range(wanted):
        taken += each
        delays.append(max(0.0, (taken - now - BURST).total_seconds()))
    return delays, taken


def kinds_of(event_types: Sequence[str]) -> set[str]:
    """The kinds of records that these types are about; `*` is about any."""
    return {name.partition(".")[0] for name in event_types}


def names_for(resource: Resource | None) -> frozenset[str]:
    """What a condition may name: of records of one kind, its columns and no others."""
    view = resource.view("staff") if resource else None
    columns = view.read if view else ()
    of_record = [f"record.{name}" for name in columns]
    told = {"type", "id", "kind", "record_id", "at", "data", "actor"}
    return frozenset((*NAMES, *of_record, *(f"event.{name}" for name in told)))
