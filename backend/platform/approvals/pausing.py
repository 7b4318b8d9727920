"""While somebody who asked back waits for an answer no clock runs; after the last it goes on."""

from collections.abc import Sequence
from uuid import UUID

from backend.platform.approvals import queries
from backend.platform.approvals.models import (
    Approval,
    ApprovalEntry,
    ApprovalRequest,
    ApprovalStep,
    SeatState,
    StepState,
)
from backend.platform.approvals.promised import keep
from backend.platform.approvals.resources import approval_entries, approval_steps, approvals
from backend.platform.approvals.seating import Seating
from backend.platform.approvals.times import hours_for, resume
from infra.kernel.context import Context


async def open_steps(ctx: Context, request: ApprovalRequest) -> list[ApprovalStep]:
    """The steps whose people are asked now."""
    found: list[ApprovalStep] = await ctx.every(approval_steps).filter(
        request_id=request.id, state=StepState.OPEN
    )
    return found


async def pause(ctx: Context, request: ApprovalRequest) -> None:
    """Let the clocks stand still."""
    request.waits_for_answer = True
    await keep(ctx, request)
    for step in await open_steps(ctx, request):
        step.held_at = step.held_at or ctx.now
        await ctx.save(step)


async def go_on_counting(ctx: Context, request: ApprovalRequest) -> Sequence[Approval]:
    """Let the clocks go on from where they stopped; answers who is asked."""
    request.waits_for_answer = False
    await keep(ctx, request)
    seats: list[Approval] = await ctx.every(approvals).filter(
        request_id=request.id, state=SeatState.OPEN
    )
    for step in await open_steps(ctx, request):
        resume(step, ctx.now, await hours_for(ctx, Seating.read(step.plan).calendar_id))
        await ctx.save(step)
        for seat in seats:
            if seat.step_id == step.id:
                seat.due_at = step.due_at
                await ctx.save(seat)
    return seats


async def still_asks(ctx: Context, request: ApprovalRequest) -> bool:
    """Whether somebody who asked back has a decision before them yet, their own or for another."""
    entries: list[ApprovalEntry] = (
        await ctx.every(approval_entries)
        .filter(request_id=request.id, what__in=["asked_back", "answered"])
        .order_by("created_at", "id")
    )
    asking: set[UUID] = set()
    for entry in entries:
        if entry.what == "answered":
            asking.clear()
        elif entry.by_id is not None:
            asking.add(entry.by_id)
    return bool(asking) and await queries.any_may_decide(ctx, request.id, list(asking))
