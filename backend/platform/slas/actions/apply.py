"""Applying a changed promise, or a changed calendar, to the clocks that run already."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from annotated_types import Ge, Le
from pydantic import BaseModel

from backend.platform.calendars.hours import hours_of
from backend.platform.calendars.models import Calendar
from backend.platform.calendars.resources import calendars
from backend.platform.calendars.rules import WorkingHours
from backend.platform.slas import rules
from backend.platform.slas.choosing import Promise, promises_of
from backend.platform.slas.models import SlaDefinition, Target, TaskSla
from backend.platform.slas.promises import definition_of
from backend.platform.slas.queries import calendars_used, count_open, open_clocks
from backend.platform.slas.resources import sla_definitions, task_slas
from backend.platform.slas.timers import set_timer, tell_breach
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from infra.kernel.model import Record, Task

_FIRST = UUID(int=0)


class ClockChange(BaseModel):
    """What becomes of one clock."""

    task_sla_id: UUID
    kind: str
    record_id: UUID
    target: str
    state_before: str
    state_after: str
    due_before: datetime | None
    due_after: datetime | None


class Applied(BaseModel):
    """What changed, or would; `next` is where the next call goes on, null at the end. `clocks` are
    looked at in this call, of all that are `concerned`."""

    dry_run: bool
    concerned: int
    clocks: int
    changes: list[ClockChange]
    next: UUID | None


Change = Callable[[TaskSla], WorkingHours]
"""Puts on a clock what holds now, and tells by which hours it counts."""


@action(sla_definitions, name="apply_to_running", verb="update", audiences=("staff",))
async def apply_to_running(
    ctx: Context,
    definition: SlaDefinition,
    *,
    dry_run: bool = True,
    with_calendar: bool = False,
    after: UUID | None = None,
    limit: Annotated[int, Ge(1), Le(500)] = 200,
) -> Applied:
    """Derive the open clocks of this promise anew, with their pauses, from what it says now."""
    if with_calendar and definition.calendar_id is None:
        message = "the promise has no calendar; its clocks keep that of customer, team or tenant"
        raise Invalid([Fault("/with_calendar", "no_calendar", message)])
    own = hours_of(await ctx.find(calendars, definition.calendar_id))
    promised = promises_of(definition_of(definition), hours=own, calendar_id=definition.calendar_id)
    known = {promise.target: promise for promise in promised}
    kept = await _calendars_of(ctx, definition.id)

    def change(sla: TaskSla) -> WorkingHours:
        if with_calendar:
            sla.calendar_id = definition.calendar_id
        _change(ctx, sla, known.get(sla.target))
        return own if with_calendar else kept[sla.calendar_id]

    found = await open_clocks(ctx, "definition_id", definition.id, after or _FIRST, limit)
    query = ctx.every(task_slas).filter(definition_id=definition.id)
    changes, clocks = await _recount(ctx, found, query, change, dry_run=dry_run)
    concerned = await count_open(ctx, "definition_id", definition.id)
    return _applied(found, limit, concerned, clocks, changes, dry_run=dry_run)


@action(calendars, name="apply_to_running", verb="update", audiences=("staff",))
async def apply_calendar(
    ctx: Context,
    calendar: Calendar,
    *,
    dry_run: bool = True,
    after: UUID | None = None,
    limit: Annotated[int, Ge(1), Le(500)] = 200,
) -> Applied:
    """Derive the open clocks that go by this calendar anew, with their pauses, by its hours now."""
    hours = hours_of(calendar)
    found = await open_clocks(ctx, "calendar_id", calendar.id, after or _FIRST, limit)
    query = ctx.every(task_slas).filter(calendar_id=calendar.id)
    changes, clocks = await _recount(ctx, found, query, lambda _: hours, dry_run=dry_run)
    concerned = await count_open(ctx, "calendar_id", calendar.id)
    return _applied(found, limit, concerned, clocks, changes, dry_run=dry_run)


def _applied(
    found: list[tuple[str, UUID]],
    limit: int,
    concerned: int,
    clocks: int,
    changes: list[ClockChange],
    *,
    dry_run: bool,
) -> Applied:
    following = found[-1][1] if len(found) == limit else None
    return Applied(
        dry_run=dry_run, concerned=concerned, clocks=clocks, changes=changes, next=following
    )


async def _recount(
    ctx: Context, found: list[tuple[str, UUID]], query: Any, change: Change, *, dry_run: bool
) -> tuple[list[ClockChange], int]:
    """What becomes of the open clocks of these tasks, and how many there are."""
    tasks = {} if dry_run else await _locked(ctx, found)
    query = query.filter(record_id__in=[record_id for _, record_id in found])
    slas: list[TaskSla] = await (query if dry_run else query.select_for_update()) if found else []
    running = [sla for sla in slas if sla.stopped_at is None]
    changes = []
    for sla in running:
        before = sla.state.value, sla.due_at
        hours = change(sla)
        rules.recount(sla, sla.target_minutes, hours, ctx.now)
        settled = rules.settle(sla, ctx.now)
        if (sla.state.value, sla.due_at) != before:
            changes.append(_told(sla, before))
        if dry_run:
            continue
        if settled:
            await tell_breach(ctx, sla)
        await ctx.save(sla)
        set_timer(ctx, sla)
        task = tasks.get(sla.record_id) if sla.target == Target.RESOLUTION else None
        if isinstance(task, Task) and task.due_at in {None, before[1]}:
            task.due_at = None if sla.withdrawn_at else sla.due_at
            await ctx.save(task)
    return changes, len(running)


def _change(ctx: Context, sla: TaskSla, promise: Promise | None) -> None:
    """Put what is promised now on the clock; one that is promised no longer is given up."""
    if promise is None:
        rules.withdraw(sla, ctx.now)
        return
    sla.target_minutes, sla.warning_percent = promise.minutes, promise.warning_percent
    sla.name, sla.terms = promise.name, dict(promise.terms)


async def _calendars_of(ctx: Context, definition_id: UUID) -> dict[UUID | None, WorkingHours]:
    """The hours by which clocks of a definition run, by calendar."""
    used = await calendars_used(ctx, definition_id)
    held = await ctx.every(calendars).filter(id__in=used) if used else []
    return {None: hours_of(None)} | {each.id: hours_of(each) for each in held}


async def _locked(ctx: Context, found: list[tuple[str, UUID]]) -> dict[UUID, Record]:
    """The tasks, locked before their clocks as every verb on them does."""
    locked: dict[UUID, Record] = {}
    for kind in sorted({kind for kind, _ in found}):
        resource = ctx.services.registry.resources.get(kind)
        if resource is None:
            continue
        ids = [record_id for each, record_id in found if each == kind]
        rows = await ctx.every(resource).filter(id__in=ids).order_by("id").select_for_update()
        locked |= {row.id: row for row in rows}
    return locked


def _told(sla: TaskSla, before: tuple[str, datetime | None]) -> ClockChange:
    return ClockChange(
        task_sla_id=sla.id,
        kind=sla.kind,
        record_id=sla.record_id,
        target=sla.target,
        state_before=before[0],
        state_after=sla.state.value,
        due_before=before[1],
        due_after=sla.due_at,
    )
