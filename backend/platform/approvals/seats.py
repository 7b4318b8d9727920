"""The people of a step: asked, let in to what they decide about, told, and let go again.

Whoever is asked may read the record for as long as they are asked: that is a responsibility on it,
held because of their seat, so that lists, search and pages follow the one access plan.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from backend.platform.approvals import queries
from backend.platform.approvals.choosing import About, Slot, slots_of
from backend.platform.approvals.links import deputies_of, void, write_to
from backend.platform.approvals.matrix import Approvers
from backend.platform.approvals.models import (
    Approval,
    ApprovalEntry,
    ApprovalRequest,
    ApprovalRule,
    ApprovalStep,
    SeatState,
    StepState,
)
from backend.platform.approvals.planning import record_of
from backend.platform.approvals.resources import approval_steps, approvals
from backend.platform.notifications.telling import notify
from backend.platform.responsibilities.holding import hold, responsibility_named
from backend.platform.responsibilities.resources import held_responsibilities
from infra.kernel.context import Context
from infra.kernel.ids import uuid7

TOPIC = "approvals"


async def seat(
    ctx: Context,
    request: ApprovalRequest,
    step: ApprovalStep,
    slots: Sequence[tuple[int, Slot]],
) -> list[Approval]:
    """Ask the people of some slots, who may read the record from now on."""
    people = await queries.people(ctx, [one.profile_id for _, s in slots for one in s.people])
    deputies = await deputies_of(ctx, [row["user_id"] for row in people.values()])
    standing_in = await queries.people(ctx, [deputy.deputy_id for deputy in deputies])
    looking = await queries.profiles_of(ctx, [*people.values(), *standing_in.values()])
    made = []
    for number, slot in slots:
        for one in slot.people:
            row = Approval(
                id=uuid7(),
                request_id=request.id,
                step_id=step.id,
                slot=number,
                need=slot.need,
                first_decides=slot.first_decides,
                approver_id=one.profile_id,
                approver_user_id=one.user_id,
                approver_kind=one.kind,
                approver_name=one.name,
                group_id=one.group_id,
                role=slot.role,
                why=slot.why[:300],
                kind=request.kind,
                record_id=request.record_id,
                subject=request.subject,
                due_at=step.due_at,
            )
            made.append(row)
            await ctx.save(row)
            here = [d.deputy_id for d in deputies if d.principal_user_id == one.user_id]
            readers = [each for key in (one.profile_id, *here) for each in looking.get(key, ())]
            await let_in(ctx, row, readers)
            await write_to(ctx, request, step, row, [one.profile_id, *here])
    await notify(
        ctx,
        [*people, *(deputy.deputy_id for deputy in deputies)],
        topic=TOPIC,
        title=f"{request.subject}: your approval is asked for",
        body=request.note,
        about=("approval_requests", request.id),
    )
    return made


async def tell(ctx: Context, request: ApprovalRequest, rule: ApprovalRule, slot: Slot) -> None:
    """Let people know of it: they may read, and nothing waits for them."""
    people = await queries.people(ctx, [person.profile_id for person in slot.people])
    looking = await queries.profiles_of(ctx, people.values())
    for person in slot.people:
        row = Approval(
            id=uuid7(),
            request_id=request.id,
            approver_id=person.profile_id,
            approver_user_id=person.user_id,
            approver_kind=person.kind,
            approver_name=person.name,
            why=f"{rule.name}: {slot.why}"[:300],
            kind=request.kind,
            record_id=request.record_id,
            subject=request.subject,
            state=SeatState.TOLD,
        )
        await ctx.save(row)
        await let_in(ctx, row, looking[person.profile_id])
    await notify(
        ctx,
        [person.profile_id for person in slot.people],
        topic=TOPIC,
        title=f"For your information: approval of {request.subject} was asked for",
        body=request.note,
        about=("approval_requests", request.id),
    )


async def let_in(ctx: Context, row: Approval, profiles: Iterable[UUID]) -> None:
    """Let people read the record because of this seat."""
    key = "approver" if row.approver_kind == "staff" else "approving_contact"
    reading = ctx.memory.get(("reading", key)) or await responsibility_named(ctx, key)
    if reading is None:
        return
    ctx.memory["reading", key] = reading
    for profile_id in dict.fromkeys(profiles):
        await hold(
            ctx,
            source=row,
            responsibility_id=reading.id,
            holder_id=profile_id,
            anchor_kind=row.kind,
            anchor_id=row.record_id,
        )


async def let_go(ctx: Context, seats: Sequence[Approval]) -> None:
    """Those people may read the record no longer, as far as it was for these seats."""
    if not seats:
        return
    held = ctx.every(held_responsibilities).filter(source_id__in=[row.id for row in seats])
    for each in await held:
        await ctx.delete(each)


async def close_step(
    ctx: Context, step: ApprovalStep, state: StepState, seats: Sequence[Approval]
) -> None:
    """A step is over: whoever has not answered need not any more, and nobody of it reads on."""
    step.state = state
    step.decided_at = step.decided_at or (ctx.now if state is not StepState.CLOSED else None)
    await ctx.save(step)
    for row in seats:
        if row.state is SeatState.OPEN:
            row.state = SeatState.CLOSED
        await ctx.save(row)
    await void(ctx, seats)
    await let_go(ctx, seats)


async def close_request(
    ctx: Context, request: ApprovalRequest, state: StepState = StepState.CLOSED
) -> None:
    """All that is left of a question is over, and whoever was told of it reads no longer either."""
    rows: list[Approval] = await ctx.every(approvals).filter(request_id=request.id)
    steps: list[ApprovalStep] = await ctx.every(approval_steps).filter(request_id=request.id)
    for step in steps:
        if step.state in {StepState.OPEN, StepState.WAITING}:
            await close_step(ctx, step, state, [r for r in rows if r.step_id == step.id])
    await let_go(ctx, rows)


async def meant(
    ctx: Context, request: ApprovalRequest, specs: Sequence[Approvers], *, allows_own: bool
) -> list[Slot]:
    """Who is meant at this moment."""
    resource = ctx.services.registry.resources[request.kind]
    record = await record_of(ctx, resource, request.record_id)
    asking = (await queries.people(ctx, [request.requested_by_id])).get(request.requested_by_id)
    user_id = asking["user_id"] if asking else None
    about = About(resource, record, request.requested_by_id, user_id)
    return list(await slots_of(ctx, specs, about, allows_own=allows_own))


async def note(
    ctx: Context,
    request: ApprovalRequest,
    what: str,
    *,
    text: str = "",
    by: tuple[UUID | None, str] = (None, ""),
    for_name: str | None = None,
) -> None:
    """Write down what happened."""
    await ctx.save(
        ApprovalEntry(
            request_id=request.id,
            record_id=request.record_id,
            what=what,
            by_id=by[0],
            by_name=by[1][:200],
            for_name=for_name,
            text=text[:4000],
        )
    )
