"""Making, changing and ending API keys. A key is shown once, in the answer that makes it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen
from pydantic import BaseModel

from infra.kernel.actions import action
from infra.kernel.clock import Moment
from infra.kernel.context import Context
from infra.kernel.errors import Conflict, Fault, Forbidden, Invalid
from infra.kernel.ids import uuid7
from infra.kernel.quotas import require_room
from tenants import tokens
from tenants.credentials.models import ApiKey, Session
from tenants.credentials.resources import api_keys, sessions
from tenants.credentials.scopes import ALL, covers, scope_faults

Word = Annotated[str, MinLen(1), MaxLen(120)]


class KeyRevoked(Conflict):
    """The key has ended and cannot be changed."""

    type, title = "key-revoked", "This key was revoked"


class SessionEnded(Conflict):
    """The session has ended already."""

    type, title = "session-ended", "This session has ended"


class NewKey(BaseModel):
    """A key in full, for the only time."""

    id: UUID
    name: str
    key: str
    scopes: list[str]
    roles: list[str]
    expires_at: datetime | None


@action(api_keys, audiences=("staff",), on="collection", name="create")
async def create(
    ctx: Context,
    *,
    name: Annotated[str, MinLen(1), MaxLen(200)],
    scopes: Annotated[list[Word], MaxLen(200)] | None = None,
    roles: Annotated[list[Word], MaxLen(50)] | None = None,
    expires_at: Moment | None = None,
) -> NewKey:
    """Make a key that acts as you, with your roles or fewer; the answer shows it once."""
    wanted_scopes = list(dict.fromkeys(scopes if scopes is not None else [ALL]))
    wanted_roles = list(dict.fromkeys(roles if roles is not None else sorted(ctx.caller.roles)))
    faults = scope_faults(ctx.services.registry, wanted_scopes)
    if expires_at is not None and expires_at <= ctx.now:
        faults.append(Fault("/expires_at", "past", "must lie ahead"))
    if faults:
        raise Invalid(faults)
    if excess := set(wanted_roles) - ctx.caller.roles:
        raise Forbidden(f"you do not have {', '.join(sorted(excess))}")
    if not covers(ctx.caller.scopes, wanted_scopes):
        raise Forbidden("a key cannot have wider scopes than the one that makes it")
    await require_room(ctx, "api_keys_max")
    key = ApiKey(
        id=uuid7(),
        name=name,
        scopes=wanted_scopes,
        roles=wanted_roles,
        user_id=ctx.caller.user_id,
        profile_id=ctx.caller.profile_id,
        expires_at=expires_at,
    )
    return await _keyed(ctx, key)


@action(api_keys, audiences=("staff",))
async def rotate(ctx: Context, key: ApiKey) -> NewKey:
    """Put a new key in the place of this one, which ends now; name, scopes and roles stay."""
    if key.revoked_at is not None:
        raise KeyRevoked
    if excess := set(key.roles) - ctx.caller.roles:
        raise Forbidden(f"you do not have {', '.join(sorted(excess))}")
    if not covers(ctx.caller.scopes, key.scopes):
        raise Forbidden("a key cannot have wider scopes than the one that rotates it")
    await _end(ctx, key)
    successor = ApiKey(
        id=uuid7(),
        name=key.name,
        scopes=list(key.scopes),
        roles=list(key.roles),
        user_id=key.user_id,
        profile_id=key.profile_id,
        expires_at=key.expires_at,
    )
    return await _keyed(ctx, successor)


@action(api_keys, audiences=("staff",))
async def revoke(ctx: Context, key: ApiKey) -> None:
    """End a key; the very next request with it is refused."""
    if key.revoked_at is not None:
        raise KeyRevoked
    await _end(ctx, key)


@action(sessions, audiences=("staff",), name="revoke")
async def end_session(ctx: Context, session: Session) -> None:
    """Sign a browser out from afar."""
    if session.revoked_at is not None:
        raise SessionEnded
    session.revoked_at = ctx.now
    session.stamp += 1
    await ctx.save(session)


async def _keyed(ctx: Context, key: ApiKey) -> NewKey:
    text = tokens.mint("api_key", ctx.tenant_id, key.id)
    key.secret_hash = tokens.digest(text)
    await ctx.save(key)
    return NewKey(
        id=key.id,
        name=key.name,
        key=text,
        scopes=list(key.scopes),
        roles=list(key.roles),
        expires_at=key.expires_at,
    )


async def _end(ctx: Context, key: ApiKey) -> None:
    key.revoked_at = ctx.now
    key.stamp += 1
    await ctx.save(key)
