"""One automation answers one event, once: begun by a job, taken up again after a wait or fault."""

import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from backend.platform.automations import queries
from backend.platform.automations.acting import acting_in, caller_for, holds, values_of
from backend.platform.automations.errors import NobodyToActAs
from backend.platform.automations.events import AutomationFailed
from backend.platform.automations.following import START, START_ATTEMPTS_MAX
from backend.platform.automations.models import Automation, AutomationRun, RunState
from backend.platform.automations.resources import automation_runs, automations
from backend.platform.automations.rules import (
    ATTEMPTS_MAX,
    RETRY_SECONDS,
    Cause,
    cause_of,
    guard,
)
from backend.platform.automations.steps import Wait, read_steps
from backend.platform.automations.taking import Journey, take
from backend.platform.notifications.telling import notify
from infra.kernel.context import Context
from infra.kernel.errors import BadRequest, Forbidden, Invalid, Problem
from infra.kernel.events import RecordedEvent
from infra.kernel.ids import uuid7
from infra.kernel.jobs import backoff_seconds, job, periodic
from infra.kernel.refusals import refusal

RESUME = "automations.resume"
KEPT = timedelta(days=30)
FORGET_MAX = 20_000
TOLD_EVERY = timedelta(hours=1)
_ENDED = {RunState.STOPPED: "stopped", RunState.DEAD: "given up"}


@job(START, attempts_max=START_ATTEMPTS_MAX, timeout_seconds=60)
async def start(ctx: Context, *, automation_id: UUID, event_id: UUID) -> None:
    """Answer an event, if the condition holds and nothing guards against it."""
    automation: Automation | None = await ctx.find(automations, automation_id)
    event = await queries.event_of(ctx, event_id)
    if automation is None or event is None or not automation.active:
        return
    mine = ctx.every(automation_runs).filter(automation_id=automation_id, event_id=event_id)
    if await mine.exists():
        return
    cause = cause_of(event)
    run = _new_run(ctx, automation, event, cause)
    try:
        acting, values = await _prepared(ctx, automation, event, cause, run)
        if values is None or not holds(automation.condition, values):
            return
    except (NobodyToActAs, Invalid) as refused:
        await _fail(ctx, automation, run, RunState.DEAD, refused.type, str(refused))
        return
    refused_by = guard(
        automation.key,
        cause,
        *await queries.earlier(ctx, automation.id, event.record_id, cause.root),
    )
    if refused_by:
        await _fail(ctx, automation, run, RunState.STOPPED, *refused_by)
        return
    await _go(ctx, acting, run, Journey(automation, event, run.id, values), automation.steps)


@job(RESUME, attempts_max=START_ATTEMPTS_MAX, timeout_seconds=60)
async def resume(ctx: Context, *, run_id: UUID) -> None:
    """Take a run up again, after its wait or for another attempt."""
    run: AutomationRun | None = await ctx.find(automation_runs, run_id, lock=True)
    if run is None or run.resume_at is None or run.resume_at > ctx.now:
        return
    automation: Automation = await ctx.find(automations, run.automation_id)
    event = await queries.event_of(ctx, run.event_id)
    waited = run.state is RunState.WAITING
    pinned = run.pinned or {}
    if event is None or not automation.active:
        await _end(ctx, run, RunState.SKIPPED, "the automation was switched off meanwhile")
        return
    cause = Cause(run.root_event_id, tuple(run.chain), run.caused_by_id)
    try:
        acting, values = await _prepared(ctx, automation, event, cause, run)
        if values is None:
            await _end(ctx, run, RunState.SKIPPED, "the record is gone")
            return
        if waited and pinned.get("recheck") and not holds(automation.condition, values):
            await _end(ctx, run, RunState.SKIPPED, "the condition held no longer after the wait")
            return
    except (NobodyToActAs, Invalid) as refused:
        await _fail(ctx, automation, run, RunState.DEAD, refused.type, str(refused))
        return
    run.attempts = 1 if waited else run.attempts + 1
    values["steps"] = dict(pinned.get("made") or {})
    journey = Journey(automation, event, run.id, values, at=run.next_step)
    journey.outcomes = [o for o in run.outcomes if o["step"] < run.next_step]
    # What began with other steps goes on with those.
    await _go(ctx, acting, run, journey, pinned.get("steps") or automation.steps)


def _new_run(
    ctx: Context, automation: Automation, event: RecordedEvent, cause: Cause
) -> AutomationRun:
    return AutomationRun(
        id=uuid7(),
        automation_id=automation.id,
        automation_version=automation.version,
        event_id=event.id,
        event_type=event.type,
        kind=event.kind,
        record_id=event.record_id,
        depth=cause.depth,
        chain=list(cause.chain),
        root_event_id=cause.root,
        caused_by_id=cause.run_id,
        started_at=ctx.now,
    )


async def _prepared(
    ctx: Context, automation: Automation, event: RecordedEvent, cause: Cause, run: AutomationRun
) -> tuple[Context, dict[str, Any] | None]:
    caller = await caller_for(ctx, automation.runs_as_id)
    acting = acting_in(ctx, automation, caller, cause.then(automation.key, run.id))
    return acting, await values_of(acting, event)


async def _go(
    ctx: Context,
    acting: Context,
    run: AutomationRun,
    journey: Journey,
    steps: list[dict[str, Any]],
) -> None:
    """Take the steps: all of them up to the end or a wait, or none."""
    begun, kept = time.monotonic(), len(journey.outcomes)
    try:
        async with acting.savepoint():
            wait = await take(acting, read_steps(steps), journey)
    except Exception as error:  # noqa: BLE001  whatever a step raises is this run's alone
        run.duration_ms += _since(begun)
        await _failed(ctx, run, journey, kept, error)
        return
    run.duration_ms += _since(begun)
    run.outcomes, run.next_step = journey.outcomes, journey.at
    run.fault = run.reason = None
    ctx.after_commit(acting.committed)
    if wait is None:
        await _end(ctx, run, RunState.DONE, None)
        return
    made = journey.values["steps"]
    run.pinned = {"steps": steps, "made": made, "recheck": wait.recheck}
    await _later(ctx, run, RunState.WAITING, _seconds(wait))


async def _failed(
    ctx: Context, run: AutomationRun, journey: Journey, kept: int, error: Exception
) -> None:
    """Note what the failed attempt came to; another follows, unless none would help."""
    name, reason, is_final = described(error)
    undone = [outcome | {"outcome": "undone"} for outcome in journey.outcomes[kept:]]
    failing = {"step": journey.at, "outcome": "failed", "fault": name, "reason": reason}
    run.outcomes = [*journey.outcomes[:kept], *undone, failing]
    run.fault, run.reason = name, reason
    if is_final or run.attempts >= ATTEMPTS_MAX:
        await _fail(ctx, journey.automation, run, RunState.DEAD, name, reason)
        return
    await _later(ctx, run, RunState.RETRYING, RETRY_SECONDS * backoff_seconds(run.attempts))


def described(error: Exception) -> tuple[str, str, bool]:
    """An error's name, a sentence, and whether it would be the same another time."""
    known: BaseException = error
    if isinstance(error, asyncpg.PostgresError):
        known = refusal(error) or error
    if isinstance(known, Problem):
        is_final = isinstance(known, (Invalid, BadRequest, Forbidden))
        return known.type, _clean(str(known)), is_final
    return "server-fault", f"{type(known).__name__}: the step could not be taken", False


def _clean(text: str) -> str:
    return text.replace("\0", "").encode(errors="replace").decode()[:1_000]


async def _later(ctx: Context, run: AutomationRun, state: RunState, seconds: float) -> None:
    run.state, run.resume_at = state, ctx.now + timedelta(seconds=seconds)
    await ctx.save(run)
    ctx.enqueue(RESUME, {"run_id": str(run.id)}, run_at=run.resume_at, priority=6)


async def _end(ctx: Context, run: AutomationRun, state: RunState, reason: str | None) -> None:
    run.state, run.reason, run.resume_at = state, reason, None
    run.finished_at = ctx.now
    if state in {RunState.DONE, RunState.SKIPPED}:
        run.pinned = None
    await ctx.save(run)


async def _fail(
    ctx: Context,
    automation: Automation,
    run: AutomationRun,
    state: RunState,
    name: str,
    reason: str,
) -> None:
    """End a run that must not or cannot be; whoever it acts for hears of it, once an hour."""
    run.fault = name
    await _end(ctx, run, state, _clean(reason))
    ctx.emit(AutomationFailed(run.id, automation.key, name))
    if await queries.told_lately(ctx, automation.id, ctx.now - TOLD_EVERY):
        return
    owners = {automation.runs_as_id, automation.author_id} - {None}
    await notify(
        ctx,
        [owner for owner in owners if owner],
        topic="automations",
        title=f"{automation.name}: a run was {_ENDED[state]}",
        body=_clean(reason),
        about=("automations", automation.id),
    )


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)


def _seconds(wait: Wait) -> float:
    return wait.minutes * 60.0


@periodic("automations.forget", every_seconds=86_400)
async def forget(ctx: Context) -> None:
    """Forget runs that ended a month ago."""
    await queries.forget(ctx, ctx.now - KEPT, FORGET_MAX)
