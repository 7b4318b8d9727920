"""Deciding: who may, for whom, and what comes of it. The question is locked throughout, so of two
who decide at once the second sees what the first has done."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.platform.approvals import queries
from backend.platform.approvals.asking import go_on, refuse
from backend.platform.approvals.deputy_resource import approval_deputies
from backend.platform.approvals.eligible import is_eligible
from backend.platform.approvals.errors import (
    ApprovalDecided,
    ApprovalOver,
    ApprovalStale,
    ApproverNoLonger,
    NotAsked,
    OwnRequest,
)
from backend.platform.approvals.links import void
from backend.platform.approvals.models import (
    Approval,
    ApprovalRequest,
    ApprovalStep,
    Door,
    RequestState,
    SeatState,
    StepState,
)
from backend.platform.approvals.pausing import go_on_counting, still_asks
from backend.platform.approvals.resources import approval_steps, approvals
from backend.platform.approvals.rules import Answer, tally
from backend.platform.approvals.seating import Seating
from backend.platform.approvals.seats import close_step, note
from backend.platform.approvals.staleness import GONE, is_stale
from infra.kernel.context import Context
from infra.kernel.errors import NotFound

DECIDED = frozenset({SeatState.APPROVED, SeatState.REJECTED})


@dataclass(frozen=True)
class Decider:
    """Whoever decides, and through which door."""

    profile_id: UUID
    user_id: UUID | None
    name: str
    kind: str
    door: Door = Door.PAGE


def decider_of(ctx: Context) -> Decider:
    """The caller; raises NotAsked for one who is nobody."""
    caller = ctx.caller
    if caller.profile_id is None:
        raise NotAsked("only people are asked")
    return Decider(caller.profile_id, caller.user_id, caller.name, caller.profile_kind)


async def decide(
    ctx: Context,
    request: ApprovalRequest,
    who: Decider,
    answer: SeatState,
    *,
    reason: str = "",
    only: Approval | None = None,
) -> ApprovalRequest:
    """Take one person's word down, in their own name and in that of those whose deputy they are.

    The same word twice changes nothing. Raises ApprovalDecided, ApprovalOver, ApproverNoLonger,
    ApprovalStale, NotAsked, OwnRequest.
    """
    seats: list[Approval] = await ctx.every(approvals).filter(request_id=request.id)
    mine = [only] if only is not None else await seats_of(ctx, seats, who)
    mine = [next(row for row in seats if row.id == each.id) for each in mine]
    if repeated(mine, who, answer):
        return request
    if request.state is not RequestState.PENDING:
        raise ApprovalOver(f"it is {request.state.value}")
    ready = [row for row in mine if row.state is SeatState.OPEN]
    if not ready:
        if any(row.state in DECIDED for row in mine):
            raise ApprovalDecided("a decision is not taken back")
        raise ApprovalOver("others have decided") if mine else NotAsked
    ready = [row for row in ready if await is_eligible(ctx, row)]
    if not ready:
        raise ApproverNoLonger("whoever oversees approvals can let somebody else decide")
    steps: list[ApprovalStep] = await ctx.every(approval_steps).filter(request_id=request.id)
    by_id = {step.id: step for step in steps}
    await _require_another(ctx, request, who, [by_id[row.step_id] for row in ready if row.step_id])
    await _require_unchanged(ctx, request, steps)
    for row in ready:
        row.state, row.decided_at = answer, ctx.now
        row.decided_by_id, row.door = who.profile_id, who.door
        await ctx.save(row)
    await void(ctx, ready)
    others = sorted({row.approver_name for row in ready if not is_theirs(row, who)})
    what = "agreed" if answer is SeatState.APPROVED else "refused"
    await note(ctx, request, what, text=reason, by=(who.profile_id, who.name),
               for_name=", ".join(others)[:200] or None)  # fmt: skip
    for step in steps:
        if step.state is StepState.OPEN:
            await _settle(ctx, request, step, seats, reason)
    if request.state is RequestState.PENDING:
        if request.waits_for_answer and not await still_asks(ctx, request):
            await go_on_counting(ctx, request)
        await go_on(ctx, request)
    return request


async def _require_unchanged(
    ctx: Context, request: ApprovalRequest, steps: Sequence[ApprovalStep]
) -> None:
    """Raises ApprovalStale, and ApprovalOver where the record is gone."""
    try:
        if await is_stale(ctx, request, steps):
            raise ApprovalStale("whoever is concerned is asked again")
    except NotFound:
        raise ApprovalOver(GONE) from None


async def _settle(
    ctx: Context,
    request: ApprovalRequest,
    step: ApprovalStep,
    seats: Sequence[Approval],
    reason: str,
) -> None:
    of_step = [row for row in seats if row.step_id == step.id]
    verdict = tally(Answer(r.slot, r.need, r.first_decides, r.state) for r in of_step)
    if verdict is StepState.OPEN:
        return
    await close_step(ctx, step, verdict, of_step)
    if verdict is StepState.REJECTED:
        await refuse(ctx, request, reason)


def repeated(mine: Sequence[Approval], who: Decider, answer: SeatState) -> bool:
    """Whether this very person has said this very thing, and is asked nothing more."""
    if any(row.state is SeatState.OPEN for row in mine):
        return False
    said = [row.state for row in mine if row.decided_by_id == who.profile_id]
    return bool(said) and all(state is answer for state in said[-1:])


async def seats_of(ctx: Context, seats: Sequence[Approval], who: Decider) -> list[Approval]:
    """Those that are the person's own, or of those whose deputy the person is now."""
    rows = await ctx.every(approval_deputies).filter(
        deputy_user_id=who.user_id, active=True, starts_at__lte=ctx.now, ends_at__gt=ctx.now
    )
    standing_in_for = {row.principal_user_id for row in rows}
    mine = [
        row
        for row in seats
        if is_theirs(row, who)
        or row.decided_by_id == who.profile_id
        or (row.approver_user_id in standing_in_for and row.approver_kind == who.kind)
    ]
    return [row for row in mine if row.state not in {SeatState.MOVED, SeatState.TOLD}]


def is_theirs(row: Approval, who: Decider) -> bool:
    """Whether it is this person who is asked; of a company's people, as who they are there."""
    if row.approver_kind == "staff":
        return who.kind == "staff" and row.approver_user_id == who.user_id
    return row.approver_id == who.profile_id


async def _require_another(
    ctx: Context, request: ApprovalRequest, who: Decider, steps: Sequence[ApprovalStep]
) -> None:
    """Raises OwnRequest; who asked is a person, whatever profile they act as now."""
    asking = (await queries.people(ctx, [request.requested_by_id])).get(request.requested_by_id)
    if asking is None or asking["user_id"] != who.user_id:
        return
    if not all(Seating.read(step.plan).allows_own for step in steps):
        raise OwnRequest
