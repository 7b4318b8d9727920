"""Finding and making people, for whoever needs a person."""

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from infra.kernel.context import Context
from infra.kernel.errors import Invalid
from infra.kernel.quotas import require_room
from tenants.emails import require_address
from tenants.people.errors import EmailTaken
from tenants.people.models import Profile, ProfileKind, ProfileState, User, UserState
from tenants.people.resources import profiles, users
from tenants.roles import DEFAULT_ROLE


@dataclass
class _Known:
    """Who has which address, looked up for many at once."""

    by_email: dict[str, User | None] = field(default_factory=dict)
    with_profile: set[UUID] = field(default_factory=set)


async def expect(ctx: Context, emails: Iterable[Any]) -> None:
    """Look people up who will be asked for one after the other; what is no address is left out."""
    wanted: set[str] = set()
    for email in emails:
        with contextlib.suppress(Invalid):
            wanted.add(require_address(email) if isinstance(email, str) else "")
    known = ctx.memory[_Known] = _Known()
    known.by_email = dict.fromkeys(wanted - {""})
    found = await ctx.every(users).filter(email__in=list(known.by_email)) if wanted else []
    known.by_email |= {user.email: user for user in found}
    held = ctx.every(profiles).filter(user_id__in=[user.id for user in found])
    known.with_profile = {profile.user_id for profile in await held} if found else set()


async def user_by_email(ctx: Context, email: str) -> User | None:
    """The person with this address in its canonical form."""
    known: _Known | None = ctx.memory.get(_Known)
    if known is not None and email in known.by_email:
        return known.by_email[email]
    found: User | None = await ctx.every(users).filter(email=email).first()
    return found


async def add_user(
    ctx: Context,
    *,
    email: str,
    name: str,
    locale: str = "en",
    zone: str = "UTC",
    password_hash: str | None = None,
    verified_at: datetime | None = None,
) -> User:
    """A new person; raises EmailTaken, or QuotaReached where the plan has no room."""
    address = require_address(email)
    if await user_by_email(ctx, address) is not None:
        raise EmailTaken(f"{address} belongs to somebody already")
    await require_room(ctx, "users_max")
    ready = password_hash is not None or verified_at is not None
    user = User(
        email=address,
        name=name.strip() or address,
        locale=locale,
        zone=zone,
        password_hash=password_hash,
        email_verified_at=verified_at,
        state=UserState.ACTIVE if ready else UserState.INVITED,
    )
    await ctx.save(user)
    if known := ctx.memory.get(_Known):
        known.by_email[address] = user
    return user


async def ensure_user(ctx: Context, *, email: str, name: str, locale: str = "en") -> User:
    """The person with this address, made as invited where there is none yet (F3: never twice)."""
    found = await user_by_email(ctx, require_address(email))
    return found or await add_user(ctx, email=email, name=name, locale=locale)


async def add_profile(
    ctx: Context,
    user: User,
    kind: ProfileKind,
    *,
    title: str = "",
    purpose: str = "",
    application: str = "crm",
    roles: Sequence[str] | None = None,
    contact_id: UUID | None = None,
    consumer_id: UUID | None = None,
    account_id: UUID | None = None,
) -> Profile:
    """One more part for a person to play; the first one is what they start with."""
    known: _Known | None = ctx.memory.get(_Known)
    if known is not None and known.by_email.get(user.email) is user:
        first = user.id not in known.with_profile
        known.with_profile.add(user.id)
    else:
        first = not await ctx.every(profiles).filter(user_id=user.id).exists()
    profile = Profile(
        user_id=user.id,
        kind=kind,
        title=title,
        purpose=purpose,
        application=application,
        roles=list(roles) if roles is not None else [DEFAULT_ROLE[kind.value]],
        contact_id=contact_id,
        consumer_id=consumer_id,
        account_id=account_id,
        is_default=first,
        state=ProfileState.ACTIVE,
    )
    await ctx.save(profile)
    return profile


async def profiles_of(ctx: Context, user_id: UUID) -> list[Profile]:
    """The parts a person can play now, the one to start with first."""
    rows = ctx.every(profiles).filter(user_id=user_id, state=ProfileState.ACTIVE)
    return list(await rows.order_by("-is_default", "created_at"))
