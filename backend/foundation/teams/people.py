"""Who can be on a team."""

from uuid import UUID

from infra.kernel.context import Context
from infra.kernel.errors import Fault
from tenants.people.models import Profile, ProfileKind, ProfileState
from tenants.people.resources import profiles


async def staff_faults(ctx: Context, profile_id: UUID) -> list[Fault]:
    """A fault unless this is somebody of ours who is still here."""
    profile: Profile | None = await ctx.find(profiles, profile_id)
    if profile is None:
        return [Fault("/profile_id", "not_found", "there is no such profile")]
    if profile.kind is not ProfileKind.STAFF or profile.state is not ProfileState.ACTIVE:
        return [Fault("/profile_id", "not_staff", "must be the profile of an active employee")]
    return []
