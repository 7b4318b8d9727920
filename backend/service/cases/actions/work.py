"""Who works on a case, and waiting for somebody else."""

from typing import Literal
from uuid import UUID

from backend.service.cases.coverage import follow_clocks, follow_group
from backend.service.cases.errors import CaseStageNotNext
from backend.service.cases.events import CaseAssigned
from backend.service.cases.models import Case, CaseState
from backend.service.cases.resources import cases
from backend.service.cases.stream import tell_change
from backend.service.cases.types import stages
from backend.service.cases.types.reading import enter, permit, type_of
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from tenants.people.models import Profile, ProfileKind, ProfileState
from tenants.people.resources import profiles

_VERBS = {"in_progress": "start", "waiting_customer": "wait", "waiting_internal": "wait"}
"""What a type must allow for a case to come to a state."""


@action(cases, audiences=("staff",), emits=(CaseAssigned,))
async def assign(
    ctx: Context,
    case: Case,
    *,
    assigned_to_id: UUID | None = None,
    assignment_group_id: UUID | None = None,
) -> None:
    """Give a case to a person, a group or both; what is not named is taken away."""
    await permit(ctx, case, "assign")
    if assigned_to_id is not None:
        await require_staff(ctx, assigned_to_id)
    before = case.assignment_group_id
    case.assigned_to_id, case.assignment_group_id = assigned_to_id, assignment_group_id
    await follow_group(ctx, case, before)
    await ctx.save(case)
    await tell_change(ctx, case, "assign", internal=True)
    ctx.emit(assigned(case))


@action(cases, audiences=("staff",), emits=(CaseAssigned,))
async def start(ctx: Context, case: Case) -> None:
    """Take a case and work on it."""
    await permit(ctx, case, "start")
    before = case.state
    await enter(ctx, case, CaseState.IN_PROGRESS)
    if ctx.caller.profile_id is not None and case.assigned_to_id != ctx.caller.profile_id:
        case.assigned_to_id = ctx.caller.profile_id
        ctx.emit(assigned(case))
    await follow_clocks(ctx, case)
    await ctx.save(case)
    if before is not CaseState.IN_PROGRESS:
        await tell_change(ctx, case, "start", before=before.value)


@action(cases, audiences=("staff",))
async def wait(
    ctx: Context, case: Case, *, on: Literal["customer", "internal"] = "customer"
) -> None:
    """Wait for the customer, while the clocks are held, or for somebody inside, while they run."""
    await permit(ctx, case, "wait")
    before = case.state
    on_whom = CaseState.WAITING_CUSTOMER if on == "customer" else CaseState.WAITING_INTERNAL
    await enter(ctx, case, on_whom)
    await follow_clocks(ctx, case)
    await ctx.save(case)
    if before is not case.state:
        await tell_change(ctx, case, "wait", before=before.value)


@action(cases, audiences=("staff",))
async def move(ctx: Context, case: Case, *, to: stages.Key) -> None:
    """Bring a case to another stage of its type, and to the state in which that lies."""
    await permit(ctx, case, "move")
    kind = await type_of(ctx, case)
    known = stages.read(kind.stages if kind else [])
    target = stages.named(known, to)
    if target is None:
        raise Invalid([Fault("/to", "not_found", "the case's type has no such stage")])
    if to == case.stage:
        return
    allowed = stages.reachable(known, case.stage, case.state)
    if to not in allowed:
        raise CaseStageNotNext(f"from here it may go to {', '.join(allowed) or 'no other'}")
    if target.state == "resolved":
        raise CaseStageNotNext("what is solved is said in words: resolve it")
    if target.state != case.state and target.state in _VERBS:
        await permit(ctx, case, _VERBS[target.state])
    before = case.state.value
    await enter(ctx, case, CaseState(target.state), to)
    await follow_clocks(ctx, case)
    await ctx.save(case)
    await tell_change(ctx, case, "move", before=before, stage=target.name)


async def require_staff(ctx: Context, profile_id: UUID) -> None:
    """Raises Invalid unless this is a member of staff who is there."""
    profile: Profile | None = await ctx.find(profiles, profile_id)
    present = profile is not None and profile.state is ProfileState.ACTIVE
    if profile is None or not present or profile.kind is not ProfileKind.STAFF:
        raise Invalid([Fault("/assigned_to_id", "not_staff", "must be an active member of staff")])


def assigned(case: Case) -> CaseAssigned:
    """Who has the case now."""
    return CaseAssigned(
        case_id=case.id,
        assigned_to_id=case.assigned_to_id,
        assignment_group_id=case.assignment_group_id,
    )
