"""Promises on a task, as its verbs use them: start, hold, run on, fulfil, give up.

Each call reads the task's few rows once and leaves a timer behind for whatever runs. Timers are
jobs at the very moment, so a warning or a breach needs nobody to save anything; one that comes
too early, because a pause has moved the deadline, only sets the next.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.platform.activity.entries import write_system
from backend.platform.calendars.hours import hours_of
from backend.platform.calendars.models import Calendar
from backend.platform.calendars.resources import calendars
from backend.platform.calendars.rules import WorkingHours
from backend.platform.slas import rules
from backend.platform.slas.events import SlaBreached, SlaWarned
from backend.platform.slas.models import SlaState, Target, TaskKind, TaskSla
from backend.platform.slas.resources import sla_definitions, task_slas
from backend.platform.slas.rules import Definition
from infra.kernel.context import Context
from infra.kernel.jobs import job

_DEFINITION = tuple(Definition.__dataclass_fields__)


@dataclass(frozen=True)
class Promise:
    """A target to start: minutes of working time in these hours."""

    target: Target
    minutes: int
    hours: WorkingHours
    calendar_id: UUID | None = None
    definition_id: UUID | None = None
    warning_percent: int = 75


async def start(
    ctx: Context, kind: TaskKind, record_id: UUID, promises: Iterable[Promise]
) -> list[TaskSla]:
    """Start these promises on a task that has none."""
    started = []
    for promise in promises:
        sla = TaskSla(
            kind=kind,
            record_id=record_id,
            target=promise.target,
            definition_id=promise.definition_id,
            calendar_id=promise.calendar_id,
            target_minutes=promise.minutes,
            warning_percent=promise.warning_percent,
            started_at=ctx.now,
            pauses=[],
        )
        rules.count(sla, promise.hours)
        await ctx.save(sla)
        set_timer(ctx, sla)
        started.append(sla)
    return started


async def start_by_rule(
    ctx: Context, kind: TaskKind, record_id: UUID, *, priority: int
) -> list[TaskSla]:
    """Start what the house promises for this kind of task, without an entitlement."""
    rows = await ctx.every(sla_definitions).filter(kind=kind, active=True)
    known = [Definition(**{name: getattr(row, name) for name in _DEFINITION}) for row in rows]
    rule = rules.choose_definition(known, priority=priority, tier=None)
    if rule is None:
        return []
    hours = hours_of(await ctx.find(calendars, rule.calendar_id))
    minutes = {Target.RESPONSE: rule.response_minutes, Target.RESOLUTION: rule.resolution_minutes}
    wanted = [
        Promise(target, given, hours, rule.calendar_id, rule.id, rule.warning_percent)
        for target, given in minutes.items()
        if given is not None
    ]
    return await start(ctx, kind, record_id, wanted)


async def revise(ctx: Context, record_id: UUID, promises: Iterable[Promise]) -> list[TaskSla]:
    """Let these targets hold from now on, for the clocks that still run or wait."""
    new = {promise.target: promise for promise in promises}
    slas: list[TaskSla] = await ctx.every(task_slas).filter(record_id=record_id)
    for sla in slas:
        promise = new.get(sla.target)
        if promise is None or sla.state not in {SlaState.RUNNING, SlaState.PAUSED}:
            continue
        sla.definition_id, sla.calendar_id = promise.definition_id, promise.calendar_id
        sla.warning_percent = promise.warning_percent
        rules.recount(sla, promise.minutes, promise.hours, ctx.now)
        await ctx.save(sla)
        if sla.state is SlaState.RUNNING:
            set_timer(ctx, sla)
    return slas


async def fulfil(ctx: Context, record_id: UUID, *targets: Target) -> list[TaskSla]:
    """Stop the clocks of these targets, or of all without any named."""
    wanted = targets or tuple(Target)
    return await _each(
        ctx, record_id, lambda sla, _: rules.stop(sla, ctx.now) if sla.target in wanted else None
    )


async def hold(ctx: Context, record_id: UUID) -> list[TaskSla]:
    """Hold the clocks while the customer has the word."""
    return await _each(ctx, record_id, lambda sla, _: rules.pause(sla, ctx.now))


async def run_on(ctx: Context, record_id: UUID) -> list[TaskSla]:
    """Let held clocks run on."""
    return await _each(ctx, record_id, lambda sla, hours: rules.resume(sla, ctx.now, hours))


async def give_up(ctx: Context, record_id: UUID) -> list[TaskSla]:
    """Cancel what is still promised."""
    return await _each(ctx, record_id, lambda sla, _: rules.cancel(sla, ctx.now))


async def take_up_again(ctx: Context, record_id: UUID) -> list[TaskSla]:
    """Restart the resolution clock of a task that was not resolved after all."""
    return await _each(ctx, record_id, lambda sla, hours: rules.restart(sla, ctx.now, hours))


async def _each(
    ctx: Context, record_id: UUID, change: Callable[[TaskSla, WorkingHours], None]
) -> list[TaskSla]:
    """Apply a change to every promise of the task, telling breaches that nobody told yet."""
    slas: list[TaskSla] = await ctx.every(task_slas).filter(record_id=record_id)
    used = {sla.calendar_id for sla in slas if sla.calendar_id}
    known: dict[UUID, Calendar] = {}
    if used:
        known = {each.id: each for each in await ctx.every(calendars).filter(id__in=list(used))}
    for sla in slas:
        if rules.settle(sla, ctx.now):
            await tell_breach(ctx, sla)
        calendar = known.get(sla.calendar_id) if sla.calendar_id else None
        before = sla.due_at, sla.state
        change(sla, hours_of(calendar))
        await ctx.save(sla)
        if sla.state is SlaState.RUNNING and before != (sla.due_at, sla.state):
            set_timer(ctx, sla)
    return slas


def set_timer(ctx: Context, sla: TaskSla) -> None:
    """Look at the promise again at its next moment."""
    moment = rules.next_moment(sla)
    key = f"sla:{sla.id}:{moment.timestamp():.0f}"
    ctx.enqueue("slas.tick", {"sla_id": str(sla.id)}, run_at=moment, key=key, priority=3)


@job("slas.tick", attempts_max=20)
async def tick(ctx: Context, *, sla_id: UUID) -> None:
    """Warn of or tell a breach at its moment; does nothing twice."""
    sla: TaskSla | None = await ctx.find(task_slas, sla_id, lock=True)
    if sla is None or sla.state is not SlaState.RUNNING:
        return
    if rules.settle(sla, ctx.now):
        await tell_breach(ctx, sla)
    else:
        if rules.warn(sla, ctx.now):
            ctx.emit(SlaWarned(**_facts(sla)))
        set_timer(ctx, sla)
    await ctx.save(sla)


async def tell_breach(ctx: Context, sla: TaskSla) -> None:
    """Put a breach into the log and before the eyes of whoever works on the task."""
    ctx.emit(SlaBreached(**_facts(sla)))
    words = "first answer" if sla.target is Target.RESPONSE else "resolution"
    await write_system(
        ctx, sla.kind.value, sla.record_id, f"The time promised for the {words} is over."
    )


def _facts(sla: TaskSla) -> dict[str, Any]:
    return {
        "sla_id": sla.id,
        "task_kind": sla.kind.value,
        "task_id": sla.record_id,
        "target": sla.target.value,
        "due_at": sla.due_at.isoformat(),
    }
