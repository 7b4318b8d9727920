"""Letters with a key in them: who is invited may choose a password, once, for some days."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from infra.kernel.context import Context
from infra.kernel.ids import uuid7
from tenants import letters, tokens
from tenants.people.models import Invitation, User
from tenants.people.resources import invitations

LIFETIME = timedelta(days=7)


async def send_invitation(ctx: Context, user: User) -> Invitation:
    """Invite the person by mail; whatever was sent to them before no longer opens."""
    invitation, token = await make_invitation(ctx, user)
    await letters.send_invitation(ctx, user, token)
    return invitation


async def make_invitation(ctx: Context, user: User) -> tuple[Invitation, str]:
    """An invitation and its key, for whoever delivers it otherwise than by our mail."""
    await take_back(ctx, user.id)
    invitation = Invitation(
        id=uuid7(),
        user_id=user.id,
        email=user.email,
        invited_by=ctx.caller.user_id,
        expires_at=ctx.now + LIFETIME,
    )
    token = tokens.mint("invitation", ctx.tenant_id, invitation.id)
    invitation.token_hash = tokens.digest(token)
    await ctx.save(invitation)
    return invitation, token


async def take_back(ctx: Context, user_id: UUID) -> None:
    """End every open invitation of a person."""
    open_ones = ctx.every(invitations).filter(user_id=user_id, accepted_at=None, revoked_at=None)
    for invitation in await open_ones:
        invitation.revoked_at = ctx.now
        await ctx.save(invitation)


async def open_invitation(ctx: Context, token: tokens.Token) -> Any | None:
    """The invitation that this key opens, locked; None where it is used, late or another's."""
    row: Invitation | None = await ctx.find(invitations, token.row_id, lock=True)
    if row is None or not tokens.same(row.token_hash, token.text):
        return None
    if row.accepted_at or row.revoked_at or row.expires_at <= ctx.now:
        return None
    return row
