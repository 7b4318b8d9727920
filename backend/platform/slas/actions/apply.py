"""Applying a changed promise to the clocks that run already."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from annotated_types import Ge, Le
from pydantic import BaseModel

from backend.platform.calendars.hours import hours_of
from backend.platform.calendars.resources import calendars
from backend.platform.slas import rules
from backend.platform.slas.choosing import Promise, promises_of
from backend.platform.slas.models import SlaDefinition, Target, TaskSla
from backend.platform.slas.promises import definition_of
from backend.platform.slas.queries import open_clocks
from backend.platform.slas.resources import sla_definitions, task_slas
from backend.platform.slas.timers import set_timer, tell_breach
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from infra.kernel.model import Task

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
    """What changed, or would; `next` is where the next call goes on, null at the end."""

    dry_run: bool
    clocks: int
    changes: list[ClockChange]
    next: UUID | None


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
    ids = await open_clocks(ctx, definition.id, after or _FIRST, limit)
    hours = hours_of(await ctx.find(calendars, definition.calendar_id))
    rule = definition_of(definition)
    promised = promises_of(rule, hours=hours, calendar_id=definition.calendar_id)
    known = {promise.target: promise for promise in promised}
    tasks = await _tasks(ctx, definition.kind, ids, lock=not dry_run)
    query = ctx.every(task_slas).filter(definition_id=definition.id, record_id__in=ids)
    slas: list[TaskSla] = await (query if dry_run else query.select_for_update()) if ids else []
    used = {sla.calendar_id for sla in slas if sla.calendar_id}
    held = await ctx.every(calendars).filter(id__in=list(used)) if used else []
    by_id = {each.id: hours_of(each) for each in held}
    changes = []
    clocks = 0
    for sla in slas:
        if sla.stopped_at is not None:
            continue
        clocks += 1
        before = sla.state.value, sla.due_at
        own = by_id[sla.calendar_id] if sla.calendar_id else hours_of(None)
        calendar_id = definition.calendar_id if with_calendar else sla.calendar_id
        _change(ctx, sla, known.get(sla.target), calendar_id)
        settled = False
        if sla.stopped_at is None:
            rules.recount(sla, sla.target_minutes, hours if with_calendar else own, ctx.now)
            settled = rules.settle(sla, ctx.now)
        if (sla.state.value, sla.due_at) != before:
            changes.append(_told(sla, before))
        if dry_run:
            continue
        if settled:
            await tell_breach(ctx, sla)
        await ctx.save(sla)
        set_timer(ctx, sla)
        task = tasks.get(sla.record_id)
        if task is not None and sla.target == Target.RESOLUTION and sla.due_at is not None:
            task.due_at = sla.due_at
            await ctx.save(task)
    return Applied(
        dry_run=dry_run,
        clocks=clocks,
        changes=changes,
        next=ids[-1] if len(ids) == limit else None,
    )


def _change(ctx: Context, sla: TaskSla, promise: Promise | None, calendar_id: UUID | None) -> None:
    """Put what is promised now on the clock; one that is promised no longer is given up."""
    if promise is None:
        rules.withdraw(sla, ctx.now)
        return
    sla.calendar_id, sla.target_minutes = calendar_id, promise.minutes
    sla.warning_percent = promise.warning_percent
    sla.name, sla.terms = promise.name, dict(promise.terms)


async def _tasks(ctx: Context, kind: str, ids: list[UUID], *, lock: bool) -> dict[UUID, Task]:
    """The tasks, locked before their clocks as every verb on them does."""
    resource = ctx.services.registry.resources.get(kind)
    if resource is None or not ids or not lock:
        return {}
    rows = await ctx.every(resource).filter(id__in=ids).order_by("id").select_for_update()
    return {row.id: row for row in rows}


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
