"""Signing in with a password, signing out, and acting as another of one's profiles."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from infra.kernel.access import Caller
from infra.kernel.context import Context
from infra.kernel.errors import NotFound, Unauthorized
from infra.kernel.ratelimit import RateLimiter, sign_in_keys
from tenants import emails
from tenants.credentials import queries as credentials
from tenants.passwords import Hashing
from tenants.people.models import Profile, ProfileState
from tenants.people.resources import profiles, users
from tenants.signin import queries
from tenants.signin.cookies import SESSION_SECONDS

REFUSED = "the address or the password is wrong"


@dataclass(frozen=True)
class Session:
    """A sign-in that has just succeeded."""

    token: str
    user_id: UUID
    profile_id: UUID


async def sign_in(
    services: Any, tenant_id: UUID, *, email: str, password: str, client_address: str
) -> Session:
    """A new session of whoever has this address and password.

    Raises Unauthorized in the same words and the same time for an unknown address, a wrong password
    and a person who may not come in; TooMany where the account, the address or the tenant is
    under attack.
    """
    key = emails.canonical(email[: emails.LENGTH_MAX * 2])
    await services.get(RateLimiter).enforce(*sign_in_keys(tenant_id, key, client_address))
    hashing: Hashing = services.get(Hashing)
    async with services.system(tenant_id, reason="sign-in") as ctx:
        row = await queries.sign_in_row(ctx, key)
    # Outside any transaction: hashing waits its turn, and connections are for those who need them.
    right = await hashing.matches(row["password_hash"] if row else None, password)
    if row is None or not right or row["state"] != "active" or row["profile_id"] is None:
        raise Unauthorized(REFUSED)
    renewed = None
    if hashing.needs_rehash(row["password_hash"]):
        renewed = await hashing.hash(password)
    async with services.system(tenant_id, reason="sign-in") as ctx:
        now = await queries.sign_in_row(ctx, key)
        # Between the two looks the password may have changed or the person been suspended.
        if now is None or now["password_hash"] != row["password_hash"] or now["state"] != "active":
            raise Unauthorized(REFUSED)
        await queries.signed_in(ctx, row["id"], renewed)
        return await open_session(ctx, row["id"])


async def open_session(ctx: Context, user_id: UUID) -> Session:
    """A session for a person who has proved who they are; raises Unauthorized without a profile."""
    profile_id = await queries.start_profile(ctx, user_id)
    if profile_id is None:
        raise Unauthorized(REFUSED)
    issued = await credentials.issue(
        ctx,
        "session",
        lifetime=timedelta(seconds=SESSION_SECONDS),
        user_id=user_id,
        profile_id=profile_id,
    )
    ctx.note("users.sign_in", users, user_id, {"profile_id": [None, str(profile_id)]})
    return Session(issued.token, user_id, profile_id)


async def sign_out(services: Any, caller: Caller) -> None:
    """End this session; the very next request with its cookie is nobody's."""
    if caller.proof is None or caller.user_id is None:
        return
    async with services.system(caller.tenant_id, reason="sign-out", actor=caller.actor) as ctx:
        await credentials.revoke(ctx, caller.proof.credential_id)
        ctx.note("users.sign_out", users, caller.user_id, {})


async def switch_profile(services: Any, caller: Caller, profile_id: UUID) -> None:
    """Act as another of one's own profiles from the next request on, without signing in again.

    Raises NotFound for what is not an active profile of this person.
    """
    if caller.proof is None or caller.user_id is None or caller.credential_kind != "session":
        raise Unauthorized("only somebody signed in in a browser can switch profiles")
    async with services.system(caller.tenant_id, reason="profile", actor=caller.actor) as ctx:
        profile: Profile | None = await ctx.find(profiles, profile_id)
        if (
            profile is None
            or profile.user_id != caller.user_id
            or profile.state != ProfileState.ACTIVE
        ):
            raise NotFound("no such profile")
        await credentials.act_as(ctx, caller.proof.credential_id, profile.id)
        change = {"profile_id": [str(caller.profile_id), str(profile.id)]}
        ctx.note("users.switch_profile", users, caller.user_id, change)
