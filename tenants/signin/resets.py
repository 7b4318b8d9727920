"""Choosing a password: by a letter when it is forgotten, by an invitation the first time, by hand.

A letter goes to the one stored address and nowhere else, and whoever asks learns nothing of
whether there is such a person: the answer is given before anybody looks.
"""

from typing import Any
from uuid import UUID

from infra.kernel.access import Caller
from infra.kernel.errors import Fault, Invalid, Unauthorized
from infra.kernel.ids import uuid7
from infra.kernel.ratelimit import Policy, RateLimiter, address_key
from tenants import emails, letters, tokens
from tenants.credentials import queries as credentials
from tenants.passwords import Hashing, require_good
from tenants.people.directory import user_by_email
from tenants.people.invitations import open_invitation, take_back
from tenants.people.models import User, UserState
from tenants.people.resources import users
from tenants.signin import queries
from tenants.signin.sessions import Session, open_session

ACCOUNT = Policy("reset-account", limit=3, window_seconds=3600, lease_max=1)
ADDRESS = Policy("reset-address", limit=20, window_seconds=3600, lease_max=1)
TENANT = Policy("reset-tenant", limit=300, window_seconds=3600, lease_max=1)
KEY_TRIES = Policy("letter-key", limit=30, window_seconds=600, lease_max=1)


def bad_key() -> Invalid:
    """The one answer to a key that is wrong, used, taken back or late."""
    return Invalid([Fault("/token", "spent", "this link is not valid, or no longer")])


async def request_reset(services: Any, tenant_id: UUID, *, email: str, client_address: str) -> None:
    """Queue the search for the person; equally fast and silent whoever was asked about."""
    key = emails.canonical(email[: emails.LENGTH_MAX * 2])
    await services.get(RateLimiter).enforce(
        (f"{tenant_id}:{tokens.digest(key).hex()[:32]}", ACCOUNT),
        (address_key(client_address), ADDRESS),
        (str(tenant_id), TENANT),
    )
    async with services.system(tenant_id, reason="password reset") as ctx:
        ctx.enqueue("signin.send_reset", {"email": key})


async def send_reset(ctx: Any, email: str) -> None:
    """Mail a key to the person with this address, where there is one who may come in."""
    user = await user_by_email(ctx, email)
    if user is None or user.state == UserState.SUSPENDED:
        return
    reset_id = uuid7()
    token = tokens.mint("password_reset", ctx.tenant_id, reset_id)
    await queries.add_reset(ctx, reset_id, user.id, tokens.digest(token))
    await letters.send_reset(ctx, user, token)


async def reset(
    services: Any, tenant_id: UUID, *, token: str, password: str, client_address: str
) -> None:
    """Set a new password with the key from the letter, and end whatever was signed in."""
    parsed = await _parsed(services, tenant_id, token, "password_reset", client_address)
    require_good(password)
    password_hash = await services.get(Hashing).hash(password)
    async with services.system(tenant_id, reason="password reset") as ctx:
        row = await queries.open_reset(ctx, parsed.row_id)
        if row is None or not tokens.same(row["token_hash"], token):
            raise bad_key()
        user: User | None = await ctx.find(users, row["user_id"], lock=True)
        if user is None or user.state == UserState.SUSPENDED:
            raise bad_key()
        require_good(password, about=(user.email, user.name))
        await _store(ctx, user, password_hash)


async def accept_invitation(
    services: Any, tenant_id: UUID, *, token: str, password: str, client_address: str
) -> Session:
    """Come in for the first time with the key from an invitation, once."""
    parsed = await _parsed(services, tenant_id, token, "invitation", client_address)
    require_good(password)
    password_hash = await services.get(Hashing).hash(password)
    async with services.system(tenant_id, reason="invitation") as ctx:
        invitation = await open_invitation(ctx, parsed)
        user = await ctx.find(users, invitation.user_id, lock=True) if invitation else None
        if invitation is None or user is None or user.state != UserState.INVITED:
            raise bad_key()
        require_good(password, about=(user.email, user.name))
        invitation.accepted_at = ctx.now
        await ctx.save(invitation)
        await _store(ctx, user, password_hash, tell=False)
        return await open_session(ctx, user.id)


async def invitation_of(services: Any, tenant_id: UUID, token: str) -> tuple[str, str] | None:
    """Name and address of the invited person, for the page that asks for a password."""
    parsed = tokens.parse(token, "invitation")
    if parsed is None or parsed.tenant_id != tenant_id:
        return None
    async with services.system(tenant_id, reason="invitation") as ctx:
        invitation = await open_invitation(ctx, parsed)
        user = await ctx.find(users, invitation.user_id) if invitation else None
        return (user.name, user.email) if user else None


async def change_password(services: Any, caller: Caller, *, current: str, password: str) -> None:
    """Set a new password knowing the old one; every other session of the person ends."""
    if caller.user_id is None or caller.proof is None or caller.credential_kind != "session":
        raise Unauthorized("only somebody signed in in a browser can change a password")
    await services.get(RateLimiter).enforce((f"{caller.tenant_id}:{caller.user_id}", KEY_TRIES))
    hashing: Hashing = services.get(Hashing)
    async with services.system(caller.tenant_id, reason="password", actor=caller.actor) as ctx:
        user: User = await ctx.find(users, caller.user_id)
    if not await hashing.matches(user.password_hash, current):
        raise Invalid([Fault("/current", "wrong", "is not your password")])
    require_good(password, about=(user.email, user.name))
    password_hash = await hashing.hash(password)
    async with services.system(caller.tenant_id, reason="password", actor=caller.actor) as ctx:
        user = await ctx.find(users, caller.user_id, lock=True)
        await _store(ctx, user, password_hash, keep=caller.proof.credential_id)


async def _parsed(
    services: Any, tenant_id: UUID, token: str, kind: str, client_address: str
) -> tokens.Token:
    await services.get(RateLimiter).enforce((address_key(client_address), KEY_TRIES))
    parsed = tokens.parse(token, kind)
    if parsed is None or parsed.tenant_id != tenant_id:
        raise bad_key()
    return parsed


async def _store(
    ctx: Any, user: User, password_hash: str, *, keep: UUID | None = None, tell: bool = True
) -> None:
    user.password_hash = password_hash
    user.auth_version += 1
    user.email_verified_at = user.email_verified_at or ctx.now
    user.state = UserState.ACTIVE
    await ctx.save(user)
    await credentials.revoke_of_user(ctx, user.id, keep=keep)
    await queries.use_resets(ctx, user.id)
    await take_back(ctx, user.id)
    if tell:
        await letters.send_changed(ctx, user)
