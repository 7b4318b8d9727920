"""The timer of a tenant's clocks: one job, waiting for the next moment of any of them.

Whoever starts a clock brings the job forward if it waits for later. Somebody who saw it wait, and
commits just after it has run, would be missed: so a run that was not such a second look is followed
by one a moment later, and a look every quarter of an hour finds whatever else was lost.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.platform.activity.entries import write_system
from backend.platform.slas import rules
from backend.platform.slas.events import SlaBreached, SlaWarned
from backend.platform.slas.models import Target, TaskSla
from backend.platform.slas.queries import fire_due, next_due
from infra.kernel.context import Context
from infra.kernel.jobs import job, periodic
from infra.kernel.model import Task

BATCH = 1_000
SECOND_LOOK = timedelta(seconds=0.75)
HELD = timedelta(seconds=0.1)
KEY = "slas.fire"
_WORDS = {
    Target.RESPONSE.value: "the first answer",
    Target.NEXT_RESPONSE.value: "the next answer",
    Target.RESOLUTION.value: "the resolution",
}


def set_timer(ctx: Context, sla: TaskSla) -> None:
    """See that the timer looks at the clock in time."""
    moment = rules.next_moment(sla)
    if moment is not None:
        ctx.enqueue("slas.fire", {}, run_at=moment, key=KEY, priority=3, earliest=True)


@job("slas.fire", attempts_max=20)
async def fire(ctx: Context, *, again: bool = False) -> None:
    """Tell every warning and breach whose moment has come; does nothing twice."""
    fired = await fire_due(ctx, ctx.now, BATCH)
    for _, is_breach, row in in_order(fired):
        if is_breach:
            await tell_breach(ctx, row)
        else:
            ctx.emit(SlaWarned(**_facts(row)))
    upcoming = await next_due(ctx)
    look_again = bool(fired) or not again
    moments = [ctx.now + SECOND_LOOK] if look_again else []
    if upcoming is not None:
        held = HELD if len(fired) < BATCH else timedelta(0)
        moments.append(max(upcoming, ctx.now + held))
    if moments:
        arguments = {"again": look_again and min(moments) == moments[0]}
        ctx.enqueue("slas.fire", arguments, run_at=min(moments), key=KEY, priority=3, earliest=True)


def in_order(fired: Iterable[Any]) -> list[tuple[datetime, bool, Any]]:
    """What is to be told of clocks and whether it is a breach, by its moment. Where nobody was
    there to warn in time the warning comes late, for what follows from it, before the breach."""
    told = [(row["warn_at"], False, row) for row in fired if row["warns"] or not row["is_over"]]
    told += [(row["due_at"], True, row) for row in fired if row["is_over"]]
    return sorted(told, key=lambda each: (each[0], each[1], each[2]["id"]))


@periodic("slas.watch", every_seconds=900)
async def watch(ctx: Context) -> None:
    """Find clocks whose moment nobody waits for."""
    moment = await next_due(ctx)
    if moment is not None:
        run_at = max(moment, ctx.now)
        ctx.enqueue("slas.fire", {}, run_at=run_at, key=KEY, priority=3, earliest=True)


@job("slas.tick")
async def tick(ctx: Context, *, sla_id: UUID) -> None:
    """A timer of one clock, as processes of an earlier edition leave behind: wakes the tenant's."""
    await watch(ctx)


async def tell_breach(ctx: Context, sla: Any) -> None:
    """Put a breach into the log and, of a task, before the eyes of whoever works on it."""
    row = sla if not isinstance(sla, TaskSla) else vars_of(sla)
    ctx.emit(SlaBreached(**_facts(row)))
    kind = ctx.services.registry.resources.get(row["kind"])
    if kind is None or not issubclass(kind.model, Task):
        return
    what = _WORDS.get(row["target"]) or row["name"] or row["target"].replace("_", " ")
    told = {"told": "promise_over", "target": row["target"], "name": row["name"] or ""}
    words = f"The time promised for {what} is over."
    await write_system(ctx, row["kind"], row["record_id"], words, told)


def vars_of(sla: TaskSla) -> dict[str, Any]:
    """The columns that events tell."""
    names = ("id", "kind", "record_id", "target", "name", "due_at")
    return {name: getattr(sla, name) for name in names}


def _facts(row: Any) -> dict[str, Any]:
    return {
        "sla_id": row["id"],
        "task_kind": row["kind"],
        "task_id": row["record_id"],
        "target": row["target"],
        "due_at": row["due_at"].isoformat(),
    }
