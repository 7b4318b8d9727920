"""Handing a question on to somebody else."""

from typing import Any
from uuid import UUID

from backend.platform.approvals import queries
from backend.platform.approvals.actions.decide import PEOPLE, Comment
from backend.platform.approvals.actions.talk import require_pending
from backend.platform.approvals.choosing import Slot, Someone
from backend.platform.approvals.deciding import decider_of, seats_of
from backend.platform.approvals.errors import NotAsked
from backend.platform.approvals.links import void
from backend.platform.approvals.models import (
    Approval,
    ApprovalRequest,
    ApprovalStep,
    SeatState,
)
from backend.platform.approvals.resources import approval_requests, approval_steps, approvals
from backend.platform.approvals.seating import Seating
from backend.platform.approvals.seats import let_go, note, seat
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from tenants.people.resources import profiles


@action(approval_requests, name="reassign", audiences=PEOPLE)
async def reassign(
    ctx: Context,
    request: ApprovalRequest,
    *,
    to_id: UUID,
    from_id: UUID | None = None,
    reason: Comment = "",
) -> None:
    """Let somebody else decide in one's place; who oversees approvals may move anybody's."""
    require_pending(request)
    seats: list[Approval] = await ctx.every(approvals).filter(
        request_id=request.id, state=SeatState.OPEN
    )
    mine = await _movable(ctx, seats, from_id)
    steps: dict[UUID, ApprovalStep] = {
        step.id: step for step in await ctx.every(approval_steps).filter(request_id=request.id)
    }
    other = await _require_fit(ctx, request, seats, mine, steps, to_id)
    for row in mine:
        row.state = SeatState.MOVED
        await ctx.save(row)
        step = steps[row.step_id] if row.step_id else None
        if step is not None:
            await seat(ctx, request, step, [(row.slot, replacing(row, other))])
    await void(ctx, mine)
    await let_go(ctx, mine)
    by = (ctx.caller.profile_id, ctx.caller.name)
    await note(ctx, request, "reassigned", text=reason, by=by, for_name=other.name)


async def _movable(ctx: Context, seats: list[Approval], from_id: UUID | None) -> list[Approval]:
    who = decider_of(ctx)
    mine = await seats_of(ctx, seats, who)
    if from_id is not None:
        oversees = ctx.plan(approval_requests).is_total("reassign")
        # Whichever of the profiles was named: the person is asked, not the profile.
        profile = await ctx.find(profiles, from_id)
        person = profile.user_id if profile is not None else None
        mine = [row for row in (seats if oversees else mine) if row.approver_user_id == person]
    if not mine:
        raise NotAsked
    return mine


async def _require_fit(
    ctx: Context,
    request: ApprovalRequest,
    seats: list[Approval],
    mine: list[Approval],
    steps: dict[UUID, ApprovalStep],
    to_id: UUID,
) -> Someone:
    """Whoever takes over; raises Invalid for one who cannot."""
    wanted = [to_id, request.requested_by_id, *(row.approver_id for row in mine)]
    people = await queries.people(ctx, wanted)
    other = people.get(to_id)
    fault = None
    if other is None:
        fault = Fault("/to_id", "not_found", "there is no such person")
    elif any(row.approver_user_id == other["user_id"] for row in seats):
        fault = Fault("/to_id", "asked_already", "is asked already")
    elif any(_differs(row, people.get(row.approver_id), other) for row in mine):
        fault = Fault("/to_id", "wrong_kind", "belongs to others than those who are asked")
    else:
        asking = people.get(request.requested_by_id)
        is_own = asking is not None and asking["user_id"] == other["user_id"]
        plans = [steps[row.step_id].plan for row in mine if row.step_id]
        if is_own and not all(Seating.read(plan).allows_own for plan in plans):
            fault = Fault("/to_id", "own_request", "has asked for it")
    if fault is not None or other is None:
        raise Invalid([fault] if fault else [])
    return Someone(
        to_id, other["user_id"], other["name"], other["email"], other["locale"], other["kind"]
    )


def replacing(row: Approval, other: Someone) -> Slot:
    """The seat of one person, taken by another."""
    return Slot(f"in place of {row.approver_name}", (other,), row.need, row.first_decides)


def _differs(row: Approval, before: Any, after: Any) -> bool:
    """Staff hand on to staff, a company's people to those of the same company. Whoever has left is
    followed by the likes of them."""
    if row.approver_kind == "staff" or after["kind"] == "staff":
        return bool(row.approver_kind != after["kind"])
    company = before["account_id"] if before is not None else None
    return company is None or bool(company != after["account_id"])
