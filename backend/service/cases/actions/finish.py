"""The ends of a case, and its return."""

from typing import Annotated
from uuid import UUID

from annotated_types import Ge, Le, MaxLen, MinLen

from backend.service.cases.branches import OVER
from backend.service.cases.claims import give_back, use_up
from backend.service.cases.coverage import follow_clocks
from backend.service.cases.errors import CaseAlreadyRated
from backend.service.cases.events import (
    CaseCancelled,
    CaseClosed,
    CaseRated,
    CaseReopened,
    CaseResolved,
)
from backend.service.cases.following import follow_up
from backend.service.cases.models import Case, CaseState, ResolutionCode
from backend.service.cases.resources import case_tasks, cases
from backend.service.cases.stream import say, tell_change
from backend.service.cases.task_clocks import drop_tasks
from backend.service.cases.types.reading import OUTSIDE, allowed_states, enter, is_late, permit
from infra.kernel.actions import action
from infra.kernel.columns import Text, Words
from infra.kernel.context import Context

Resolution = Annotated[Words, MinLen(1), MaxLen(10_000)]
Reason = Annotated[Text, MaxLen(10_000)]


@action(cases, audiences=("staff",), emits=(CaseResolved,))
async def resolve(
    ctx: Context,
    case: Case,
    *,
    resolution: Resolution,
    resolution_code: ResolutionCode = ResolutionCode.SOLVED,
    with_children: bool = False,
) -> None:
    """Resolve a case with words the customer may read, and by choice the cases below it.

    Of those below, the ones that are worked on and that the caller may resolve.
    """
    await permit(ctx, case, "resolve")
    before = case.state.value
    await enter(ctx, case, CaseState.RESOLVED)
    case.resolved_at = ctx.now
    case.resolution, case.resolution_code = resolution, resolution_code
    case.first_responded_at = case.first_responded_at or ctx.now
    case.awaits_answer_since = None
    await follow_clocks(ctx, case)
    await ctx.save(case)
    await tell_change(ctx, case, "resolve", before=before)
    ctx.emit(CaseResolved(case_id=case.id, resolution_code=resolution_code.value))
    if with_children:
        for child in await below(ctx, case, "resolve"):
            if child.state in await allowed_states(ctx, child, "resolve"):
                await resolve(ctx, child, resolution=resolution, resolution_code=resolution_code)


@action(cases, emits=(CaseClosed,))
async def close(ctx: Context, case: Case, *, with_children: bool = False) -> None:
    """Close a resolved case, and by choice the resolved cases below it."""
    await permit(ctx, case, "close")
    await enter(ctx, case, CaseState.CLOSED)
    case.closed_at = ctx.now
    await use_up(ctx, case)
    await ctx.save(case)
    await tell_change(ctx, case, "close", before=CaseState.RESOLVED.value)
    ctx.emit(CaseClosed(case_id=case.id))
    if with_children:
        for child in await below(ctx, case, "close"):
            if child.state in await allowed_states(ctx, child, "close"):
                await close(ctx, child)


async def below(ctx: Context, case: Case, verb: str) -> list[Case]:
    """The cases right below this one on which the caller has the verb, locked, oldest first."""
    ids = await ctx.every(cases).filter(parent_id=case.id).order_by("id").values_list("id")
    found: dict[UUID, Case] = await ctx.many(cases, [row[0] for row in ids], verb=verb, lock=True)
    return [found[key] for key in sorted(found)]


@action(cases, emits=(CaseReopened,))
async def reopen(ctx: Context, case: Case, *, reason: Reason = "") -> Case:
    """Take a case up again whose resolution did not hold.

    Where the time for that is over, a customer's reopening opens a new case that follows this one.
    """
    await permit(ctx, case, "reopen")
    if ctx.caller.audience in OUTSIDE and await is_late(ctx, case):
        return await follow_up(ctx, case, reason)
    before = case.state.value
    await enter(ctx, case, CaseState.IN_PROGRESS if case.assigned_to_id else CaseState.NEW)
    case.reopened_count, case.reopened_at = case.reopened_count + 1, ctx.now
    case.resolved_at = case.closed_at = case.resolution = case.resolution_code = None
    case.rating = case.rating_comment = case.rated_at = case.duplicate_of_id = None
    if ctx.caller.audience != "staff":
        case.awaits_answer_since = ctx.now
    await follow_clocks(ctx, case)
    await ctx.save(case)
    await tell_change(ctx, case, "reopen", before=before)
    if reason:
        await say(ctx, case, reason)
    ctx.emit(CaseReopened(case_id=case.id))
    return case


@action(cases, emits=(CaseCancelled,))
async def cancel(ctx: Context, case: Case, *, reason: Reason = "") -> None:
    """Withdraw a case that nobody needs solved any more, and what is open of its tasks."""
    await permit(ctx, case, "cancel")
    before = case.state.value
    await enter(ctx, case, CaseState.CANCELLED)
    case.closed_at = ctx.now
    await follow_clocks(ctx, case)
    await give_back(ctx, case)
    tasks = await ctx.every(case_tasks).filter(case_id=case.id).order_by("id")
    await drop_tasks(ctx, (task for task in tasks if task.state not in OVER))
    await ctx.save(case)
    await tell_change(ctx, case, "cancel", before=before)
    if reason:
        await say(ctx, case, reason)
    ctx.emit(CaseCancelled(case_id=case.id))


@action(cases, audiences=("customer", "partner"), emits=(CaseRated,))
async def rate(
    ctx: Context,
    case: Case,
    *,
    rating: Annotated[int, Ge(1), Le(5)],
    comment: Annotated[Text, MaxLen(5_000)] = "",
) -> None:
    """Say how a case was handled, from 1 to 5, once."""
    await permit(ctx, case, "rate")
    if case.rated_at is not None:
        raise CaseAlreadyRated(f"it was rated {case.rating}; a reopened case can be rated again")
    case.rating, case.rating_comment, case.rated_at = rating, comment or None, ctx.now
    await ctx.save(case)
    ctx.emit(CaseRated(case_id=case.id, rating=rating))
