"""What an automation would have done with what happened lately. Nothing of it is kept."""

from typing import Annotated, Any
from uuid import UUID

from annotated_types import Ge, Le
from pydantic import BaseModel

from backend.platform.automations import queries
from backend.platform.automations.acting import acting_in, holds, values_of
from backend.platform.automations.actions.define import require_authority
from backend.platform.automations.models import Automation
from backend.platform.automations.resources import automations
from backend.platform.automations.rules import UNHEARD, Cause, listens
from backend.platform.automations.running import described
from backend.platform.automations.steps import read_steps
from backend.platform.automations.taking import Journey, take
from infra.kernel.access import Caller
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Invalid
from infra.kernel.events import RecordedEvent
from infra.kernel.ids import uuid7

TAKEN_MAX = 20


class Tried(BaseModel):
    """One past event, whether the automation would have answered it, and how."""

    event_id: UUID
    event_type: str
    record_id: UUID
    matches: bool
    taken: bool
    fault: str | None = None
    reason: str | None = None
    outcomes: list[dict[str, Any]] = []


class DryRun(BaseModel):
    """What would have been done; the newest event first."""

    events: int
    matches: int
    tried: list[Tried]


class _Undo(Exception):
    """Ends a trial, whose doings are rolled back."""


@action(automations, name="dry_run", verb="update", audiences=("staff",))
async def dry_run(
    ctx: Context, automation: Automation, *, events: Annotated[int, Ge(1), Le(200)] = 50
) -> DryRun:
    """Try an automation on the latest events that it listens to, and keep nothing of it.

    The first twenty that match are really taken, step by step, and rolled back: what is told is
    what would happen today, refusals included.
    """
    automation.runs_as_id = automation.runs_as_id or ctx.caller.profile_id
    caller = await require_authority(ctx, automation)
    tried: list[Tried] = []
    for event in await queries.latest(ctx, automation.event_types, sorted(UNHEARD), events):
        if listens(automation.event_types, automation.changed, event):
            taken = sum(each.taken for each in tried)
            tried.append(await _try(ctx, automation, caller, event, may_take=taken < TAKEN_MAX))
    return DryRun(events=len(tried), matches=sum(each.matches for each in tried), tried=tried)


async def _try(
    ctx: Context, automation: Automation, caller: Caller, event: RecordedEvent, *, may_take: bool
) -> Tried:
    run_id = uuid7()
    acting = acting_in(ctx, automation, caller, Cause(event.id, (automation.key,), run_id))
    told = Tried(
        event_id=event.id, event_type=event.type, record_id=event.record_id, matches=False,
        taken=False,
    )  # fmt: skip
    values = await values_of(acting, event)
    try:
        if values is None or not holds(automation.condition, values):
            return told
    except Invalid as refused:
        told.fault, told.reason = refused.type, str(refused)
        return told
    told.matches = True
    if not may_take:
        return told
    journey = Journey(automation, event, run_id, values)
    steps = read_steps(automation.steps)
    told.taken = True
    try:
        async with acting.savepoint():
            while await take(acting, steps, journey) is not None:
                pass  # what waits in earnest goes on at once here
            await acting.flush()
            raise _Undo
    except _Undo:
        pass
    except Exception as error:  # noqa: BLE001  a fault is what the trial is to find
        told.fault, told.reason, _ = described(error)
    told.outcomes = journey.outcomes
    return told
