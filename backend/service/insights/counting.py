"""Keeping the sums: taking marks a moment after something changed, and looking whether all is well.

Nobody waits for this. Readers add what still has a mark, so how soon it runs decides how much they
have to add and nothing else. One at a time counts for a tenant: the head row says who.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.service.insights import counting_queries as queries
from infra.kernel.context import Context
from infra.kernel.events import RecordedEvent
from infra.kernel.jobs import job, periodic
from infra.kernel.relay import JobRow

FOLD, REZONE, COUNT, MEND = "insights.fold", "insights.rezone", "insights.count", "insights.mend"
MARKS_MOST = 2_000
CASES_LOOKED_AT = 5_000
CASES_COUNTED = 40_000
DELAY_SECONDS = 2.0
PRIORITY = 8
ATTEMPTS_MAX = 8
_COUNTED = frozenset({"cases", "task_slas", "survey_answers"})


async def follow(connection: Any, tenant_id: UUID, events: Sequence[RecordedEvent]) -> list[JobRow]:
    """One job for all that changed within a moment; another when a calendar may have moved days."""
    kinds = {event.kind for event in events}
    wanted = []
    if kinds & _COUNTED and await queries.is_marked(connection, tenant_id):
        wanted.append(_row(FOLD, DELAY_SECONDS))
    if "calendars" in kinds:
        wanted.append(_row(REZONE, 0.0))
    return wanted


def _row(name: str, delay: float) -> JobRow:
    return JobRow(
        name=name, arguments={}, actor={"kind": "system", "name": name}, key=name,
        attempts_max=ATTEMPTS_MAX, priority=PRIORITY, delay_seconds=delay,
    )  # fmt: skip


@job(FOLD, attempts_max=ATTEMPTS_MAX, timeout_seconds=120)
async def fold(ctx: Context) -> None:
    """Count what has marks; more than one turn's worth makes another turn."""
    if await queries.hold_head(ctx) is None:
        return
    if await queries.fold(ctx, MARKS_MOST) >= MARKS_MOST:
        ctx.enqueue(FOLD, {}, key=FOLD, priority=PRIORITY)


@job(REZONE, attempts_max=ATTEMPTS_MAX)
async def rezone(ctx: Context) -> None:
    """Count everything anew where the tenant's days begin at another hour by now."""
    zone = await queries.zone_of_tenant(ctx)
    head = await queries.hold_head(ctx)
    if head is not None and head["zone"] != zone:
        await queries.begin_count(ctx, zone)
        await _count_on(ctx, queries.NIL)


@job(COUNT, attempts_max=ATTEMPTS_MAX, timeout_seconds=120)
async def count(ctx: Context) -> None:
    """Count the next page of all cases: a bounded turn, after which writers and readers and other
    tenants have theirs; whoever dies in between is taken over from where the head says."""
    head = await queries.hold_head(ctx)
    if head is None:
        ctx.enqueue(COUNT, {}, run_at=ctx.now + timedelta(seconds=DELAY_SECONDS), priority=9)
    elif head["counting_after"] is not None:
        await _count_on(ctx, head["counting_after"])


async def _count_on(ctx: Context, after: UUID) -> None:
    if await queries.count_page(ctx, after, CASES_COUNTED):
        ctx.enqueue(COUNT, {}, key=COUNT, priority=9)


@periodic("insights.watch", every_seconds=900)
async def watch(ctx: Context) -> None:
    """Find marks, moved days and counts that no event told of."""
    if await queries.is_marked(ctx, ctx.tenant_id):
        ctx.enqueue(FOLD, {}, key=FOLD, priority=PRIORITY)
    if await queries.zone_counted(ctx) != await queries.zone_of_tenant(ctx):
        ctx.enqueue(REZONE, {}, key=REZONE, priority=PRIORITY)
    if await queries.is_counting(ctx):
        ctx.enqueue(COUNT, {}, key=COUNT, priority=9)


@periodic("insights.check", every_seconds=86_400)
async def check(ctx: Context) -> None:
    """Look through everything once a day, a page at a time."""
    ctx.enqueue(MEND, {}, key=MEND, priority=9)


@job(MEND, attempts_max=ATTEMPTS_MAX, timeout_seconds=900)
async def mend(ctx: Context, *, after: UUID = queries.NIL) -> None:
    """Mark cases that were counted wrongly, and at the end put wrong sums right."""
    last, found = await queries.mark_astray(ctx, after, CASES_LOOKED_AT)
    if found:
        ctx.enqueue(FOLD, {}, key=FOLD, priority=PRIORITY)
    if last is not None:
        ctx.enqueue(MEND, {"after": str(last)}, key=f"{MEND}:{last}", priority=9)
        return
    if await queries.hold_head(ctx) is not None and await queries.mend_sums(ctx):
        await queries.note_mended(ctx)
