"""Handing a question on: whoever takes over is asked in the place of another, and counts alike."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.platform.approvals import queries
from backend.platform.approvals.choosing import Slot, Someone
from backend.platform.approvals.links import void
from backend.platform.approvals.models import (
    Approval,
    ApprovalRequest,
    ApprovalStep,
    SeatState,
)
from backend.platform.approvals.resources import approval_steps, approvals
from backend.platform.approvals.seating import Seating
from backend.platform.approvals.seats import let_go, note, seat
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


async def open_seats(ctx: Context, request: ApprovalRequest) -> list[Approval]:
    """Who is asked now."""
    found: list[Approval] = await ctx.every(approvals).filter(
        request_id=request.id, state=SeatState.OPEN
    )
    return found


async def hand_over(
    ctx: Context,
    request: ApprovalRequest,
    moving: Sequence[Approval],
    to_id: UUID,
    *,
    by: tuple[UUID | None, str],
    reason: str = "",
    pointer: str = "/to_id",
) -> None:
    """Let somebody else decide in these places; raises Invalid for one who cannot."""
    steps: dict[UUID, ApprovalStep] = {
        step.id: step for step in await ctx.every(approval_steps).filter(request_id=request.id)
    }
    other = await _require_fit(ctx, request, moving, steps, to_id, pointer)
    for row in moving:
        row.state = SeatState.MOVED
        await ctx.save(row)
        step = steps[row.step_id] if row.step_id else None
        if step is not None:
            await seat(ctx, request, step, [(row.slot, _replacing(row, other))])
    await void(ctx, moving)
    await let_go(ctx, moving)
    await note(ctx, request, "reassigned", text=reason, by=by, for_name=other.name)


async def _require_fit(
    ctx: Context,
    request: ApprovalRequest,
    moving: Sequence[Approval],
    steps: Mapping[UUID, ApprovalStep],
    to_id: UUID,
    pointer: str,
) -> Someone:
    wanted = [to_id, request.requested_by_id, *(row.approver_id for row in moving)]
    people = await queries.people(ctx, wanted)
    other = people.get(to_id)
    fault = None
    if other is None:
        raise Invalid([Fault(pointer, "not_found", "there is no such person")])
    asked = {row.approver_user_id for row in await open_seats(ctx, request)}
    if other["user_id"] in asked:
        fault = Fault(pointer, "asked_already", "is asked already")
    elif any(_differs(row, people.get(row.approver_id), other) for row in moving):
        fault = Fault(pointer, "wrong_kind", "belongs to others than those who are asked")
    else:
        asking = people.get(request.requested_by_id)
        is_own = asking is not None and asking["user_id"] == other["user_id"]
        plans = [steps[row.step_id].plan for row in moving if row.step_id]
        if is_own and not all(Seating.read(plan).allows_own for plan in plans):
            fault = Fault(pointer, "own_request", "has asked for it")
    if fault is not None:
        raise Invalid([fault])
    return Someone(
        to_id, other["user_id"], other["name"], other["email"], other["locale"], other["kind"]
    )


def _replacing(row: Approval, other: Someone) -> Slot:
    """The seat of one person, taken by another."""
    return Slot(f"in place of {row.approver_name}", (other,), row.need, row.first_decides)


def _differs(row: Approval, before: Any, after: Any) -> bool:
    """Staff hand on to staff, a company's people to those of the same company. Whoever has left is
    followed by the likes of them."""
    if row.approver_kind == "staff" or after["kind"] == "staff":
        return bool(row.approver_kind != after["kind"])
    company = before["account_id"] if before is not None else None
    return company is None or bool(company != after["account_id"])
