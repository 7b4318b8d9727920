"""How a promise of time runs, waits, is kept or is broken. Pure: rows in, changed rows out.

A pause takes nothing from the promise: what working time was left when it began is left when it
ends, so the deadline is counted anew from there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from backend.platform.calendars.rules import DAYS_AHEAD_MAX, NeverOpens, WorkingHours
from backend.platform.calendars.schedule import add_working_time, working_between
from backend.platform.slas.models import SlaState, Target, TaskSla


@dataclass(frozen=True)
class Definition:
    """A promise that may apply: minutes for a kind of task, by priority and tier where named."""

    id: UUID
    name: str
    priority: int | None
    tier: str | None
    response_minutes: int | None
    resolution_minutes: int | None
    warning_percent: int
    calendar_id: UUID | None


def choose_definition(
    definitions: Iterable[Definition], *, priority: int, tier: str | None
) -> Definition | None:
    """The most specific definition that fits: tier before priority, then name and id."""
    fitting = [
        each
        for each in definitions
        if each.priority in (None, priority) and (each.tier is None or each.tier == tier)
    ]
    return min(
        fitting,
        key=lambda each: (each.tier is None, each.priority is None, each.name, each.id),
        default=None,
    )


def deadline(start: datetime, span: timedelta, hours: WorkingHours) -> datetime:
    """When the span of working time is over; the end of reach where the calendar has less."""
    try:
        return add_working_time(start, span, hours)
    except NeverOpens:
        return start + timedelta(days=DAYS_AHEAD_MAX)


def count(sla: TaskSla, hours: WorkingHours) -> None:
    """Set the deadline and the warning of a promise that starts."""
    target = timedelta(minutes=sla.target_minutes)
    sla.due_at = deadline(sla.started_at, target, hours)
    sla.warn_at = deadline(sla.started_at, target * sla.warning_percent / 100, hours)


def settle(sla: TaskSla, at: datetime) -> bool:
    """Note a breach that the timer has not told yet; whether there was one."""
    if sla.state is not SlaState.RUNNING or at < sla.due_at:
        return False
    sla.state, sla.breached_at = SlaState.BREACHED, sla.due_at
    return True


def warn(sla: TaskSla, at: datetime) -> bool:
    """Note that most of the time is gone; whether this is news."""
    if sla.state is not SlaState.RUNNING or sla.warned_at is not None or at < sla.warn_at:
        return False
    sla.warned_at = at
    return True


def pause(sla: TaskSla, at: datetime) -> None:
    """Hold a running clock."""
    if sla.state is SlaState.RUNNING:
        sla.state, sla.paused_at = SlaState.PAUSED, at


def resume(sla: TaskSla, at: datetime, hours: WorkingHours) -> None:
    """Let a held clock run on with the working time that it had left."""
    since = sla.paused_at
    if sla.state is not SlaState.PAUSED or since is None:
        return
    left = working_between(since, sla.due_at, hours)
    until_warning = working_between(since, sla.warn_at, hours)
    sla.due_at = deadline(at, left, hours)
    sla.warn_at = deadline(at, until_warning, hours)
    sla.pauses = [*sla.pauses, {"from": since.isoformat(), "to": at.isoformat()}]
    sla.state, sla.paused_at = SlaState.RUNNING, None


def stop(sla: TaskSla, at: datetime) -> None:
    """The promise is fulfilled, in time or late; what is fulfilled or cancelled stays as it is."""
    if sla.stopped_at is not None or sla.state is SlaState.CANCELLED:
        return
    if sla.state is SlaState.PAUSED and sla.paused_at is not None:
        sla.pauses = [*sla.pauses, {"from": sla.paused_at.isoformat(), "to": at.isoformat()}]
        sla.paused_at = None
    if sla.state is not SlaState.BREACHED:
        sla.state = SlaState.MET
    sla.stopped_at = at


def cancel(sla: TaskSla, at: datetime) -> None:
    """Nobody waits any longer."""
    if sla.stopped_at is None:
        sla.state, sla.stopped_at, sla.paused_at = SlaState.CANCELLED, at, None


def restart(sla: TaskSla, at: datetime, hours: WorkingHours) -> None:
    """The answer did not hold: the time since it was given counts as a pause."""
    if sla.stopped_at is None or sla.target is not Target.RESOLUTION:
        return
    if sla.state is SlaState.MET:
        sla.state, sla.paused_at = SlaState.PAUSED, sla.stopped_at
        sla.stopped_at = None
        resume(sla, at, hours)
    elif sla.state is SlaState.BREACHED:
        sla.stopped_at = None


def recount(sla: TaskSla, minutes: int, hours: WorkingHours, at: datetime) -> None:
    """Another target or calendar while the clock runs: what has been worked so far counts."""
    if sla.state not in {SlaState.RUNNING, SlaState.PAUSED}:
        return
    until = sla.paused_at or at
    spent = working_between(sla.started_at, until, hours) - sum(
        (
            working_between(
                datetime.fromisoformat(gap["from"]), datetime.fromisoformat(gap["to"]), hours
            )
            for gap in sla.pauses
        ),
        timedelta(0),
    )
    target = timedelta(minutes=minutes)
    sla.target_minutes = minutes
    sla.due_at = deadline(until, target - spent, hours)
    sla.warn_at = deadline(until, target * sla.warning_percent / 100 - spent, hours)


def next_moment(sla: TaskSla) -> datetime:
    """When the timer has to look at a running promise again."""
    return sla.due_at if sla.warned_at is not None else min(sla.warn_at, sla.due_at)
