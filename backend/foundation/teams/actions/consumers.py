"""The team of a consumer: employees who look after them (F53)."""

from typing import Any

from backend.foundation.relationships.ties import (
    begin,
    change_end,
    end_faults,
    finish,
    kind_faults,
    remove,
)
from backend.foundation.teams.models import ConsumerTeamMember
from backend.foundation.teams.people import staff_faults
from backend.foundation.teams.resources import consumer_team_members
from backend.platform.responsibilities.models import ResponsibilityKind
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Invalid


@action(consumer_team_members, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> ConsumerTeamMember:
    """Give an employee a responsibility for a consumer."""
    member = ConsumerTeamMember(**values)
    faults = await staff_faults(ctx, member.profile_id)
    faults += await kind_faults(ctx, member.responsibility_id, ResponsibilityKind.EMPLOYEE)
    faults += end_faults(member.ends_on, ctx.now.date())
    if faults:
        raise Invalid(faults)
    await begin(
        ctx,
        member,
        responsibility_id=member.responsibility_id,
        holder_id=member.profile_id,
        anchor_kind="consumers",
        anchor_id=member.consumer_id,
    )
    return member


@action(consumer_team_members, name="update", audiences=("staff",))
async def update(ctx: Context, member: ConsumerTeamMember, **values: Any) -> None:
    """Change the last day of somebody on a consumer's team."""
    await change_end(ctx, member, values.get("ends_on", member.ends_on))


@action(consumer_team_members, audiences=("staff",))
async def end(ctx: Context, member: ConsumerTeamMember) -> None:
    """Let somebody go from a consumer's team, and end the access that came with it."""
    await finish(ctx, member)


@action(consumer_team_members, name="delete", audiences=("staff",))
async def delete(ctx: Context, member: ConsumerTeamMember) -> None:
    """Remove somebody from a consumer's team as if they had never been on it."""
    await remove(ctx, member)
