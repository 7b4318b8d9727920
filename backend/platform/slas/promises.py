"""Promises on a task, as its verbs use them.

A domain whose records extend `Task` calls `follow` after each change of a record, with what it can
tell of it (`Moments`); when the task is opened, or owed something else, also with the promises. It
needs nothing else: clocks start, wait, end and begin anew by their terms, and the timer tells
warnings and breaches without anybody saving.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from backend.platform.calendars.hours import hours_of
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
from backend.platform.slas.models import SlaDefinition, SlaState, Target, TaskSla
from backend.platform.slas.resources import sla_definitions, task_slas
from backend.platform.slas.terms import Moments, judge, seen_of, terms_of
from backend.platform.slas.timers import set_timer, tell_breach
from infra.kernel.context import Context
from infra.kernel.model import Task

_DEFINITION = tuple(Definition.__dataclass_fields__)


async def follow(
    ctx: Context,
    task: Task,
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
    taken = {promise.target: promise for promise in promises or ()}
    latest = {sla.target: sla for sla in slas}
    for sla in latest.values():
        promise = taken.pop(sla.target, None)
        if promise is not None and sla.stopped_at is None:
            _take_over(ctx, sla, promise)
            hours[sla.calendar_id] = promise.hours
    for promise in taken.values():
        latest[promise.target] = _pending(resource.name, task.id, promise)
        hours[promise.calendar_id] = promise.hours
    seen = seen_of(task, resource, moments)
    found = []
    for sla in latest.values():
        found += await _step(ctx, sla, seen, hours[sla.calendar_id])
    return found


async def by_rule(ctx: Context, kind: str, task: Task) -> tuple[Promise, ...]:
    """What the house promises for this kind of task, without an entitlement."""
    rows: list[SlaDefinition] = await ctx.every(sla_definitions).filter(kind=kind, active=True)
    rule = choose_definition(map(definition_of, rows), Asked(task.priority))
    if rule is None:
        return ()
    default = None
    if rule.calendar_id is None:
        default = await ctx.every(calendars).filter(is_default=True).first()
    order = {"own": rule.calendar_id, "tenant": default.id if default else None}
    calendar_id = choose_calendar(rule.calendar_order, order)
    hours = hours_of(await ctx.find(calendars, calendar_id))
    return promises_of(rule, hours=hours, calendar_id=calendar_id)


def definition_of(row: SlaDefinition) -> Definition:
    """A stored definition as the choice sees it."""
    return Definition(**{name: getattr(row, name) for name in _DEFINITION})


def resolution_due(slas: Iterable[TaskSla]) -> TaskSla | None:
    """The clock by which the task itself is due."""
    return next((sla for sla in slas if sla.target == Target.RESOLUTION), None)


async def _step(
    ctx: Context, sla: TaskSla, seen: Mapping[str, object], hours: WorkingHours
) -> list[TaskSla]:
    """One clock, and the next of a recurring one that has ended; breaches are told first."""
    terms = terms_of(sla.target, sla.terms)
    verdict = judge(terms, seen)
    if rules.settle(sla, ctx.now):
        await tell_breach(ctx, sla)
    before = rules.next_moment(sla)
    rules.step(sla, verdict, ctx.now, hours, recurring=terms.recurring)
    await ctx.save(sla)
    if rules.next_moment(sla) != before:
        set_timer(ctx, sla)
    ended = sla.stopped_at is not None and sla.state is not SlaState.CANCELLED
    if not (terms.recurring and ended and verdict.start and not verdict.stop):
        return [sla]
    following = _again(sla)
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


def _pending(kind: str, record_id: UUID, promise: Promise) -> TaskSla:
    return TaskSla(
        kind=kind,
        record_id=record_id,
        target=promise.target,
        name=promise.name,
        definition_id=promise.definition_id,
        calendar_id=promise.calendar_id,
        terms=dict(promise.terms),
        target_minutes=promise.minutes,
        warning_percent=promise.warning_percent,
        pauses=[],
    )


def _again(sla: TaskSla) -> TaskSla:
    """The next of a recurring clock, on the same terms."""
    kept = (
        "kind", "record_id", "target", "name", "definition_id", "calendar_id", "terms",
        "target_minutes", "warning_percent",
    )  # fmt: skip
    following = TaskSla(**{name: getattr(sla, name) for name in kept}, pauses=[])
    following.sequence = sla.sequence + 1
    return following


def _take_over(ctx: Context, sla: TaskSla, promise: Promise) -> None:
    """Go on by what is promised now; what has been worked and waited counts."""
    sla.definition_id, sla.calendar_id = promise.definition_id, promise.calendar_id
    sla.warning_percent = promise.warning_percent
    sla.name, sla.terms = promise.name, dict(promise.terms)
    rules.recount(sla, promise.minutes, promise.hours, ctx.now)
