"""Asking: the request is written down, the first level is asked, the others wait their turn."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from backend.platform.approvals.choosing import Slot
from backend.platform.approvals.errors import NobodyToAsk
from backend.platform.approvals.events import (
    ApprovalGranted,
    ApprovalRecalled,
    ApprovalRefused,
    ApprovalRequested,
)
from backend.platform.approvals.models import (
    ApprovalRequest,
    ApprovalStep,
    RequestState,
    StepState,
)
from backend.platform.approvals.planning import Plan, PlannedStep, Wish, plan_for
from backend.platform.approvals.promised import keep, start_clocks
from backend.platform.approvals.resources import approval_steps
from backend.platform.approvals.rules import ESCALATION
from backend.platform.approvals.seating import Seating
from backend.platform.approvals.seats import TOPIC, close_request, meant, note, seat, tell
from backend.platform.approvals.times import hours_for, start
from backend.platform.notifications.telling import notify
from infra.kernel.context import Context
from infra.kernel.ids import uuid7

PERFORM = "approvals.perform"


async def ask(
    ctx: Context, wish: Wish, *, plan: Plan | None = None, follows: ApprovalRequest | None = None
) -> ApprovalRequest | None:
    """Ask for consent; None where no rule wants it. What `follows` had agreed to already and is
    still the same is not asked again. Raises NobodyToAsk, and then nothing is kept."""
    plan = plan or await plan_for(ctx, wish)
    if not plan.steps:
        return None
    carried = await _carried(ctx, follows)
    asked = [each for each in plan.steps if _key(each) not in carried]
    _require_people(asked)
    request = ApprovalRequest(
        id=uuid7(),
        kind=wish.resource.name,
        record_id=wish.record_id,
        subject=plan.subject,
        action=wish.action,
        body=dict(wish.body),
        body_hash=wish.body_hash,
        note=wish.note,
        holds_work=not wish.action and any(step.rule.holds_work for step in plan.steps),
        requested_by_id=wish.requester_id,
        requester_name=plan.requester_name,
        follows_id=follows.id if follows else None,
        requested_at=ctx.now,
    )
    await ctx.save(request)
    await start_clocks(ctx, request)
    await note(ctx, request, "asked_again" if follows else "requested", text=wish.note,
               by=(wish.requester_id, plan.requester_name))  # fmt: skip
    for position, step in enumerate(plan.steps):
        await ctx.save(_row(request, position, step, carried.get(_key(step))))
    for rule, slot in plan.told:
        await tell(ctx, request, rule, slot)
    ctx.emit(ApprovalRequested(request.id, request.kind, request.record_id, request.action))
    await go_on(ctx, request)
    return request


def _key(step: PlannedStep) -> tuple[str, int, str]:
    return (*step.identity, step.fingerprint)


async def _carried(
    ctx: Context, follows: ApprovalRequest | None
) -> Mapping[tuple[str, int, str], ApprovalStep]:
    if follows is None:
        return {}
    steps = await ctx.every(approval_steps).filter(request_id=follows.id, state=StepState.APPROVED)
    return {(step.rule_key, step.level, step.fingerprint): step for step in steps}


def _require_people(steps: Iterable[PlannedStep]) -> None:
    missing = [
        f"{step.rule.key}, level {step.level}: {slot.why} ({len(slot.people)} of {slot.need or 1})"
        for step in steps
        for slot in step.slots
        if not slot.suffices
    ]
    if missing:
        raise NobodyToAsk("; ".join(missing)[:1000])


def _row(
    request: ApprovalRequest, position: int, step: PlannedStep, before: ApprovalStep | None
) -> ApprovalStep:
    row = ApprovalStep(
        id=uuid7(),
        request_id=request.id,
        level=step.level,
        position=position,
        rule_key=step.rule.key,
        name=step.name[:200],
        why=step.why,
        plan=Seating.of(step).stored(),
        fingerprint=step.fingerprint,
    )
    if before is not None:
        row.state, row.decided_at = StepState.APPROVED, before.decided_at
        row.carried_from_id = before.id
    return row


async def go_on(ctx: Context, request: ApprovalRequest) -> None:
    """Ask the next level, or agree where there is none left."""
    steps: list[ApprovalStep] = (
        await ctx.every(approval_steps).filter(request_id=request.id).order_by("position")
    )
    if any(step.state is StepState.OPEN for step in steps):
        return
    waiting = [step for step in steps if step.state is StepState.WAITING]
    if not waiting:
        await _grant(ctx, request)
        return
    request.level = min(step.level for step in waiting)
    await ctx.save(request)
    for step in waiting:
        if step.level == request.level and request.state is RequestState.PENDING:
            await _open(ctx, request, step)


async def _open(ctx: Context, request: ApprovalRequest, step: ApprovalStep) -> None:
    seating = Seating.read(step.plan)
    step.state = StepState.OPEN
    hours = await hours_for(ctx, seating.calendar_id)
    start(step, ctx.now, hours, due_hours=seating.due_hours, remind_hours=seating.remind_hours)
    await ctx.save(step)
    slots = await meant(ctx, request, seating.approvers, allows_own=seating.allows_own)
    if all(slot.suffices for slot in slots):
        await seat(ctx, request, step, list(enumerate(slots)))
    elif not await escalate(ctx, request, step):
        await refuse(ctx, request, f"nobody is left to ask: {', '.join(_lacking(slots))}"[:4000])


def _lacking(slots: Iterable[Slot]) -> list[str]:
    """Of whom too few are left for what a rule needs."""
    return [
        f"{slot.why} ({len(slot.people)} of {slot.need})" if slot.people else slot.why
        for slot in slots
        if not slot.suffices
    ]


async def escalate(ctx: Context, request: ApprovalRequest, step: ApprovalStep) -> list[UUID]:
    """Ask those above, whose word stands for the whole step; answers who they are."""
    seating = Seating.read(step.plan)
    above = await meant(ctx, request, seating.escalate_to, allows_own=seating.allows_own)
    made = await seat(ctx, request, step, [(ESCALATION, slot) for slot in above])
    return [row.approver_id for row in made]


async def _grant(ctx: Context, request: ApprovalRequest) -> None:
    request.state, request.decided_at = RequestState.APPROVED, ctx.now
    request.waits_for_answer = False
    await keep(ctx, request)
    await note(ctx, request, "approved")
    await close_request(ctx, request)
    ctx.emit(ApprovalGranted(request.id, request.kind, request.record_id, request.action))
    await notify(
        ctx, [request.requested_by_id], topic=TOPIC, title=f"{request.subject}: approved",
        about=("approval_requests", request.id),
    )  # fmt: skip
    if request.action:
        ctx.enqueue(
            PERFORM, {"request_id": str(request.id)}, key=f"{PERFORM}:{request.id}", priority=2
        )


async def refuse(ctx: Context, request: ApprovalRequest, reason: str) -> None:
    """Somebody whose word counts has said no: all is over, and nothing is done."""
    request.state, request.decided_at = RequestState.REJECTED, ctx.now
    request.reason, request.waits_for_answer = reason, False
    await keep(ctx, request)
    await close_request(ctx, request, StepState.CLOSED)
    ctx.emit(ApprovalRefused(request.id, request.kind, request.record_id, request.action, reason))
    await notify(
        ctx, [request.requested_by_id], topic=TOPIC, title=f"{request.subject}: not approved",
        body=reason, about=("approval_requests", request.id),
    )  # fmt: skip


async def take_back(ctx: Context, request: ApprovalRequest, state: RequestState) -> None:
    """The question is no more: it was recalled, or the record is another by now."""
    request.state, request.decided_at = state, request.decided_at or ctx.now
    request.waits_for_answer = False
    await keep(ctx, request)
    await close_request(ctx, request, StepState.CLOSED)
    ctx.emit(ApprovalRecalled(request.id, request.kind, request.record_id, request.action))
    # Out before anything is asked anew: of one record and verb one question is open.
    await ctx.flush()
