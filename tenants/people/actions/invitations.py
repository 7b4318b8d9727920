"""Inviting people again, and taking invitations back."""

from typing import Any

from infra.kernel.actions import action
from infra.kernel.context import Context
from tenants.people.errors import AlreadyActive, InvitationSpent
from tenants.people.escalation import require_grantable
from tenants.people.invitations import send_invitation
from tenants.people.models import Invitation, UserState
from tenants.people.resources import invitations, profiles, users


@action(invitations, audiences=("staff",), on="collection", name="create")
async def create(ctx: Context, **values: Any) -> Invitation:
    """Send a person a new invitation; the one before no longer opens."""
    user = await ctx.get(users, values["user_id"])
    if user.state != UserState.INVITED:
        raise AlreadyActive(f"{user.name} is {user.state.value}")
    for profile in await ctx.every(profiles).filter(user_id=user.id):
        await require_grantable(ctx, profile.roles, profile.kind)
    return await send_invitation(ctx, user)


@action(invitations, audiences=("staff",))
async def revoke(ctx: Context, invitation: Invitation) -> None:
    """Take an invitation back before it is used."""
    if invitation.accepted_at or invitation.revoked_at:
        raise InvitationSpent
    invitation.revoked_at = ctx.now
    await ctx.save(invitation)
