"""Deputies: who decides for somebody while they are away."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from annotated_types import MaxLen

from backend.platform.approvals import queries
from backend.platform.approvals.actions.decide import PEOPLE
from backend.platform.approvals.deciding import decider_of
from backend.platform.approvals.deputy_resource import approval_deputies
from backend.platform.approvals.errors import DeputyOverlaps
from backend.platform.approvals.models import ApprovalDeputy
from backend.platform.approvals.standing import begin, end
from infra.kernel.actions import action
from infra.kernel.columns import Text
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(approval_deputies, on="collection", name="create", audiences=PEOPLE)
async def appoint(
    ctx: Context,
    *,
    deputy_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    principal_id: UUID | None = None,
    reason: Annotated[Text, MaxLen(500)] = "",
) -> ApprovalDeputy:
    """Name who decides in one's place for a time; who oversees approvals may do so for others."""
    who = decider_of(ctx)
    principal = who.profile_id
    if principal_id is not None and ctx.plan(approval_deputies).is_total("create"):
        principal = principal_id
    people = await queries.people(ctx, [principal, deputy_id])
    if faults := _faults(ctx, people, principal, deputy_id, starts_at, ends_at):
        raise Invalid(faults)
    one, other = people[principal], people[deputy_id]
    taken = ctx.every(approval_deputies).filter(
        principal_user_id=one["user_id"], starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    if await taken.exists():
        raise DeputyOverlaps
    row = ApprovalDeputy(
        principal_id=principal,
        principal_user_id=one["user_id"],
        principal_name=one["name"],
        deputy_id=deputy_id,
        deputy_user_id=other["user_id"],
        deputy_name=other["name"],
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
    )
    await ctx.save(row)
    if starts_at <= ctx.now:
        await begin(ctx, row)
    return row


def _faults(
    ctx: Context,
    people: dict[UUID, Any],
    principal: UUID,
    deputy: UUID,
    starts_at: datetime,
    ends_at: datetime,
) -> list[Fault]:
    faults = []
    if ends_at <= starts_at:
        faults.append(Fault("/ends_at", "order", "must be after the beginning"))
    elif ends_at <= ctx.now:
        faults.append(Fault("/ends_at", "past", "is over already"))
    if principal not in people:
        faults.append(Fault("/principal_id", "not_found", "there is no such person"))
    if deputy not in people:
        faults.append(Fault("/deputy_id", "not_found", "there is no such person"))
    if faults or not {principal, deputy} <= people.keys():
        return faults
    one, other = people[principal], people[deputy]
    if one["user_id"] == other["user_id"]:
        faults.append(Fault("/deputy_id", "same_person", "is the same person"))
    elif (one["kind"] == "staff") != (other["kind"] == "staff") or (
        one["kind"] != "staff" and one["account_id"] != other["account_id"]
    ):
        faults.append(Fault("/deputy_id", "wrong_kind", "must be one of your own people"))
    return faults


@action(approval_deputies, name="end", audiences=PEOPLE)
async def dismiss(ctx: Context, deputy: ApprovalDeputy) -> None:
    """End it now, or before it begins."""
    if deputy.active:
        await end(ctx, deputy)
    if deputy.ends_at > ctx.now:
        if deputy.starts_at >= ctx.now:
            await ctx.delete(deputy)
            return
        deputy.ends_at = ctx.now
        await ctx.save(deputy)
