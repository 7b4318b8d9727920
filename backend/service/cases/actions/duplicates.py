"""Duplicates: a case that another one answers, and the way back."""

from uuid import UUID

from backend.service.cases.actions.finish import reopen, resolve
from backend.service.cases.errors import CaseNoDuplicate
from backend.service.cases.events import CaseReopened, CaseResolved
from backend.service.cases.models import Case, ResolutionCode
from backend.service.cases.resources import cases
from backend.service.cases.stream import note_down
from backend.service.cases.types.reading import permit
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid

ANSWERED_ELSEWHERE = "This was reported before and is worked on there."
"""What the customer reads: the other case may be somebody else's."""


@action(cases, audiences=("staff",), emits=(CaseResolved,))
async def mark_duplicate(ctx: Context, case: Case, *, of: UUID) -> None:
    """Resolve a case as a duplicate of another, which staff find noted on both."""
    await permit(ctx, case, "resolve")
    other = await original(ctx, case, of)
    case.duplicate_of_id = other.id
    told = {"told": "duplicate_of", "number": other.number or ""}
    await note_down(ctx, case, f"Duplicate of {other.number}.", told)
    told = {"told": "has_duplicate", "number": case.number or ""}
    await note_down(ctx, other, f"{case.number} is a duplicate of this.", told)
    await resolve(
        ctx, case, resolution=ANSWERED_ELSEWHERE, resolution_code=ResolutionCode.DUPLICATE
    )


@action(cases, audiences=("staff",), emits=(CaseReopened,))
async def unmark_duplicate(ctx: Context, case: Case) -> None:
    """Take it back that a case is a duplicate, and take it up again."""
    if case.duplicate_of_id is None:
        raise CaseNoDuplicate("it was not marked as one")
    await permit(ctx, case, "reopen")
    await note_down(ctx, case, "No duplicate after all.", {"told": "no_duplicate"})
    await reopen(ctx, case)


async def original(ctx: Context, case: Case, of: UUID) -> Case:
    """The other case; raises Invalid where the caller sees none, or where it would lead on to a
    further one. It is locked too, so that no two become each other's duplicates at once."""
    found: Case | None = (await ctx.many(cases, [of], lock=True)).get(of)
    if found is None:
        raise Invalid([Fault("/of", "not_found", "there is no such record")])
    if found.id == case.id:
        raise Invalid([Fault("/of", "itself", "a case is no duplicate of itself")])
    if found.duplicate_of_id is not None:
        raise Invalid([Fault("/of", "duplicate", "is itself a duplicate of another case")])
    if await ctx.every(cases).filter(duplicate_of_id=case.id).exists():
        raise Invalid([Fault("/of", "original", "other cases are duplicates of this one")])
    return found
