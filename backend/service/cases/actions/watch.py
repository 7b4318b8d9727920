"""Watching a case: being told of it, with no more rights than one has."""

from uuid import UUID

from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from backend.service.cases.watching.models import CaseWatcher
from backend.service.cases.watching.resources import case_watchers
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Forbidden, Invalid
from infra.kernel.ids import uuid7
from tenants.people.models import Profile, ProfileState
from tenants.people.resources import profiles


@action(cases, audiences=("staff", "customer", "partner"))
async def watch(ctx: Context, case: Case, *, profile_id: UUID | None = None) -> CaseWatcher:
    """Be told of a case, or let somebody be told who may see it; twice is once.

    Staff name others; whoever may not see the case is told nothing, however they were named.
    """
    named = profile_id or ctx.caller.profile_id
    if named is None:
        raise Forbidden("only somebody can watch a case")
    if named != ctx.caller.profile_id:
        await require_nameable(ctx, named)
    there: CaseWatcher | None = (
        await ctx.every(case_watchers).filter(case_id=case.id, profile_id=named).first()
    )
    if there is not None:
        return there
    row = CaseWatcher(
        id=uuid7(), case_id=case.id, profile_id=named, added_by_id=ctx.caller.profile_id
    )
    await ctx.save(row)
    return row


@action(cases, audiences=("staff", "customer", "partner"))
async def unwatch(ctx: Context, case: Case) -> None:
    """Be told of a case no more."""
    for row in await ctx.every(case_watchers).filter(
        case_id=case.id, profile_id=ctx.caller.profile_id
    ):
        await ctx.delete(row)


async def require_nameable(ctx: Context, profile_id: UUID) -> None:
    """Raises Invalid unless a member of staff names somebody who is there and whom they may see."""
    found: Profile | None = None
    if ctx.caller.audience == "staff":
        found = await ctx.rows(profiles).filter(id=profile_id).first()
    if found is None or found.state is not ProfileState.ACTIVE:
        raise Invalid([Fault("/profile_id", "not_found", "there is no such record")])
