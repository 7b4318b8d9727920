"""Promises on a task, as its verbs use them.

A domain of promised records (`Resource.is_promised`) calls `follow` after each change of one, with
what it can tell of it (`Moments`); when one is opened, or owed something else, also with the
promises. It needs nothing else: clocks start, wait, end and begin anew by their terms, and the
timer tells warnings and breaches without anybody saving.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from backend.platform.calendars.hours import assigned_calendars, hours_of
from backend.platform.calendars.models import Calendar
from backend.platform.calendars.resources import calendars
from backend.platform.calendars.rules import WorkingHours
from backend.platform.slas import rules
from backend.platform.slas.choosing import (
    Asked,
    Definition,
    Promise,
    choose_calendar,
    choose_definition,
    promises_of,
)
from backend.platform.slas.life import Life
from backend.platform.slas.models import SlaDefinition, SlaState, Target, TaskSla
from backend.platform.slas.resources import sla_definitions, task_slas
from backend.platform.slas.terms import Moments, judge, seen_of, terms_of
from backend.platform.slas.timers import set_timer, tell_breach
from infra.kernel.context import Context
from infra.kernel.model import Record

_DEFINITION = tuple(Definition.__dataclass_fields__)


async def follow(
    ctx: Context,
    task: Record,
    moments: Moments,
    promises: Iterable[Promise] | None = None,
    *,
    is_opening: bool = False,
) -> list[TaskSla]:
    """Let the task's clocks do what their terms say now, and take up these promises."""
    resource = ctx.services.registry.resource_of(type(task))
    if resource is None:
        raise ValueError(f"{type(task).__name__} belongs to no resource")
    slas: list[TaskSla] = []
    if not is_opening:
        query = ctx.every(task_slas).filter(record_id=task.id).order_by("target", "sequence")
        slas = await query.select_for_update()
    hours = await _hours(ctx, slas)
    latest = {sla.target: sla for sla in slas}
    if promises is not None:
        taken = {promise.target: promise for promise in promises}
        hours |= {promise.calendar_id: promise.hours for promise in taken.values()}
        for sla in latest.values():
            latest[sla.target] = _promised(ctx, sla, taken.pop(sla.target, None))
        for promise in taken.values():
            latest[promise.target] = _pending(resource.name, task.id, promise)
    seen = seen_of(task, resource, moments)
    opened = getattr(task, "opened_at", None) or getattr(task, "created_at", None) or ctx.now
    found = []
    for sla in latest.values():
        found += await _step(ctx, sla, seen, hours[sla.calendar_id], Life(opened, slas))
    return found


async def by_rule(
    ctx: Context, kind: str, asked: Asked, group_id: UUID | None = None
) -> tuple[Promise, ...]:
    """What the house promises for a task of this kind, without an entitlement."""
    rows: list[SlaDefinition] = await ctx.every(sla_definitions).filter(kind=kind, active=True)
    rule = choose_definition(map(definition_of, rows), asked)
    if rule is None:
        return ()
    known = await assigned_calendars(ctx, asked.account_id, asked.consumer_id, group_id)
    calendar_id = choose_calendar(rule.calendar_order, known | {"own": rule.calendar_id})
    hours = hours_of(await ctx.find(calendars, calendar_id))
    return promises_of(rule, hours=hours, calendar_id=calendar_id)


def definition_of(row: SlaDefinition) -> Definition:
    """A stored definition as the choice sees it."""
    return Definition(**{name: getattr(row, name) for name in _DEFINITION})


def resolution_due(slas: Iterable[TaskSla]) -> TaskSla | None:
    """The clock by which the task itself is due."""
    return next((sla for sla in slas if sla.target == Target.RESOLUTION), None)


async def _step(
    ctx: Context, sla: TaskSla, seen: Mapping[str, object], hours: WorkingHours, life: Life
) -> list[TaskSla]:
    """One clock, and the next of a recurring one that has ended; breaches are told first."""
    terms = terms_of(sla.target, sla.terms)
    verdict = judge(terms, seen)
    if rules.settle(sla, ctx.now):
        await tell_breach(ctx, sla)
    before = rules.next_moment(sla)
    rules.step(sla, verdict, ctx.now, hours, recurring=terms.recurring, start=life.begin)
    if terms.retroactive and rules.settle(sla, ctx.now):
        await tell_breach(ctx, sla)
    await ctx.save(sla)
    if rules.next_moment(sla) != before:
        set_timer(ctx, sla)
    ended = sla.stopped_at is not None and sla.state is not SlaState.CANCELLED
    if not (terms.recurring and ended and verdict.start and not verdict.stop):
        return [sla]
    following = await _again(ctx, sla)
    if following is None:
        return [sla]
    rules.step(following, verdict, ctx.now, hours, recurring=True)
    await ctx.save(following)
    set_timer(ctx, following)
    return [sla, following]


async def _hours(ctx: Context, slas: Iterable[TaskSla]) -> dict[UUID | None, WorkingHours]:
    """The hours by which the clocks run, by calendar."""
    used = {sla.calendar_id for sla in slas if sla.calendar_id}
    known: list[Calendar] = []
    if used:
        known = await ctx.every(calendars).filter(id__in=list(used))
    found: dict[UUID | None, WorkingHours] = {each.id: hours_of(each) for each in known}
    return found | {None: hours_of(None)}


def _pending(kind: str, record_id: UUID, promise: Promise, sequence: int = 1) -> TaskSla:
    sla = TaskSla(kind=kind, record_id=record_id, target=promise.target, pauses=[])
    sla.sequence = sequence
    _put(sla, promise)
    sla.target_minutes = promise.minutes
    return sla


def _promised(ctx: Context, sla: TaskSla, promise: Promise | None) -> TaskSla:
    """The clock that goes on by what is promised now: what has been worked and waited counts. One
    that is promised no longer is withdrawn; of a recurring one that is over, the next changes."""
    if sla.stopped_at is None or sla.withdrawn_at is not None:
        if promise is None:
            rules.withdraw(sla, ctx.now)
            return sla
        rules.promise_again(sla)
        _put(sla, promise)
        rules.recount(sla, promise.minutes, promise.hours, ctx.now)
        return sla
    if sla.state is SlaState.CANCELLED or not terms_of(sla.target, sla.terms).recurring:
        return sla
    if promise is not None:
        return _pending(sla.kind, sla.record_id, promise, sla.sequence + 1)
    following = _next_of(sla)
    rules.withdraw(following, ctx.now)
    return following


def _put(sla: TaskSla, promise: Promise) -> None:
    """Write on the clock what is promised, but for its time."""
    sla.definition_id, sla.calendar_id = promise.definition_id, promise.calendar_id
    sla.warning_percent = promise.warning_percent
    sla.name, sla.terms = promise.name, dict(promise.terms)


async def _again(ctx: Context, sla: TaskSla) -> TaskSla | None:
    """The next of a recurring clock, as its definition promises it by now, if it still does."""
    following = _next_of(sla)
    rule: SlaDefinition | None = await ctx.find(sla_definitions, sla.definition_id)
    if rule is None:
        return following
    hours = hours_of(None)
    promised = promises_of(definition_of(rule), hours=hours, calendar_id=sla.calendar_id)
    promise = next((each for each in promised if each.target == sla.target), None)
    if promise is None or not rule.active:
        return None
    _put(following, promise)
    following.target_minutes = promise.minutes
    return following


def _next_of(sla: TaskSla) -> TaskSla:
    """Another clock on the same terms."""
    kept = (
        "kind", "record_id", "target", "name", "definition_id", "calendar_id", "terms",
        "target_minutes", "warning_percent",
    )  # fmt: skip
    following = TaskSla(**{name: getattr(sla, name) for name in kept}, pauses=[])
    following.sequence = sla.sequence + 1
    return following
