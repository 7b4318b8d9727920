"""Our people who look after a household."""

from typing import Any

from backend.foundation.households.models import HouseholdTeamMember
from backend.foundation.households.resources import household_team_members
from backend.platform.responsibilities.holding import hold, release, require_kind
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from tenants.people.models import Profile, ProfileKind
from tenants.people.resources import profiles


@action(household_team_members, on="collection", name="create", audiences=("staff",))
async def entrust(ctx: Context, **values: Any) -> HouseholdTeamMember:
    """Let one of our people look after a household, with what the responsibility gives."""
    guardian = HouseholdTeamMember(**values)
    await require_kind(ctx, guardian.responsibility_id, "employee", pointer="/responsibility_id")
    profile: Profile | None = await ctx.find(profiles, guardian.profile_id)
    if profile is None or profile.kind is not ProfileKind.STAFF:
        message = "must be one of our people"
        raise Invalid([Fault("/profile_id", "wrong_kind", message)])
    await ctx.save(guardian)
    await hold(
        ctx,
        source=guardian,
        responsibility_id=guardian.responsibility_id,
        holder_id=guardian.profile_id,
        anchor_kind="households",
        anchor_id=guardian.household_id,
    )
    return guardian


@action(household_team_members, name="delete", audiences=("staff",))
async def dismiss(ctx: Context, guardian: HouseholdTeamMember) -> None:
    """End somebody's looking after a household; what it gave them ends at once."""
    await release(ctx, guardian.id)
    await ctx.delete(guardian)
