"""Bringing people in and putting them out."""

from typing import Annotated, Any
from uuid import UUID

from annotated_types import MaxLen

from infra.kernel.actions import action
from infra.kernel.clock import zone_names
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from tenants.credentials.queries import EVERYTHING, revoke_of_user
from tenants.passwords import Hashing, require_good
from tenants.people.directory import add_profile, add_user
from tenants.people.errors import AlreadySuspended, LastAdministrator, NotSuspended
from tenants.people.escalation import require_grantable
from tenants.people.invitations import send_invitation
from tenants.people.models import ProfileKind, User, UserState
from tenants.people.queries import last_admin
from tenants.people.resources import users
from tenants.roles import DEFAULT_ROLE

Roles = Annotated[list[Annotated[str, MaxLen(63)]], MaxLen(50)]
Password = Annotated[str, MaxLen(1000)]


@action(users, audiences=("staff",), on="collection", name="create")
async def create(
    ctx: Context,
    *,
    password: Password | None = None,
    kind: ProfileKind = ProfileKind.STAFF,
    roles: Roles | None = None,
    contact_id: UUID | None = None,
    consumer_id: UUID | None = None,
    account_id: UUID | None = None,
    **values: Any,
) -> User:
    """Bring a person in, with a first profile; without a password they are invited by mail."""
    _require_zone(values)
    given = await require_grantable(ctx, roles or [DEFAULT_ROLE[kind.value]], kind)
    password_hash = None
    if password is not None:
        require_good(password, about=(values["email"], values["name"]))
        password_hash = await ctx.services.get(Hashing).hash(password)
    user = await add_user(
        ctx, password_hash=password_hash, verified_at=ctx.now if password else None, **values
    )
    await add_profile(
        ctx,
        user,
        kind,
        roles=given,
        contact_id=contact_id,
        consumer_id=consumer_id,
        account_id=account_id,
    )
    if password is None:
        await send_invitation(ctx, user)
    return user


@action(users, audiences=("staff",), name="update")
async def update(ctx: Context, user: User, **values: Any) -> None:
    """Change a person's name, language or time zone."""
    _require_zone(values)
    for name, value in values.items():
        setattr(user, name, value)
    await ctx.save(user)


@action(users, audiences=("staff",))
async def suspend(ctx: Context, user: User) -> None:
    """Lock a person out: everything they are signed in with ends at once."""
    if user.state == UserState.SUSPENDED:
        raise AlreadySuspended
    if await last_admin(ctx, user.id):
        raise LastAdministrator
    user.state = UserState.SUSPENDED
    await ctx.save(user)
    await revoke_of_user(ctx, user.id, kinds=EVERYTHING)


@action(users, audiences=("staff",))
async def resume(ctx: Context, user: User) -> None:
    """Let a suspended person in again; they sign in anew."""
    if user.state != UserState.SUSPENDED:
        raise NotSuspended
    user.state = UserState.ACTIVE if user.email_verified_at else UserState.INVITED
    await ctx.save(user)


@action(users, audiences=("staff",))
async def sign_out_everywhere(ctx: Context, user: User) -> None:
    """End every browser session and app authorization of a person."""
    ctx.note("users.sign_out_everywhere", users, user.id, {})
    await revoke_of_user(ctx, user.id)


def _require_zone(values: dict[str, Any]) -> None:
    if "zone" in values and values["zone"] not in zone_names():
        raise Invalid([Fault("/zone", "zone", "must be a time zone such as Europe/Berlin")])
