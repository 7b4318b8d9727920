"""A contact or a consumer is a part that one person plays: nobody is stored twice (F3)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from infra.kernel.clock import zone_names
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from tenants.emails import require_address
from tenants.people.directory import add_profile, ensure_user, expect
from tenants.people.models import Profile, ProfileKind, ProfileState
from tenants.people.resources import profiles


def clean(values: dict[str, Any]) -> None:
    """Put the address into its canonical form; raises Invalid with every fault."""
    faults = []
    name = values.get("name", "-")
    if name is None or not name.strip():
        faults.append(Fault("/name", "too_short", "must not be empty"))
    if values.get("email") is not None:
        try:
            values["email"] = require_address(values["email"])
        except Invalid as refused:
            faults += refused.faults
    zone = values.get("zone")
    if zone is not None and zone not in zone_names():
        faults.append(Fault("/zone", "zone", "must be a time zone of the IANA database"))
    if faults:
        raise Invalid(faults)


async def foresee(ctx: Context, bodies: Sequence[Mapping[str, Any]]) -> None:
    """Look up at once the people that these contacts or consumers may be."""
    await expect(ctx, (body.get("email") for body in bodies))


async def enter(
    ctx: Context,
    kind: ProfileKind,
    *,
    email: str,
    name: str,
    locale: str | None,
    contact_id: UUID | None = None,
    consumer_id: UUID | None = None,
    account_id: UUID | None = None,
    purpose: str = "",
) -> UUID:
    """Find or make the person and give them this part; answers the user's id. Nobody can sign in
    by it before being invited."""
    user = await ensure_user(ctx, email=email, name=name, locale=locale or "en")
    await add_profile(
        ctx,
        user,
        kind,
        purpose=purpose,
        contact_id=contact_id,
        consumer_id=consumer_id,
        account_id=account_id,
    )
    return user.id


async def profiles_of_record(
    ctx: Context, *, contact_id: UUID | None = None, consumer_id: UUID | None = None
) -> list[Profile]:
    """The profiles that stand for this contact, who may act for a partner too, or consumer."""
    by = {"contact_id": contact_id} if contact_id else {"consumer_id": consumer_id}
    return list(await ctx.every(profiles).filter(**by))


async def set_active(ctx: Context, parts: Sequence[Profile], *, active: bool) -> None:
    """Let the parts be played or not; sessions that play them die with them."""
    for profile in parts:
        profile.state = ProfileState.ACTIVE if active else ProfileState.INACTIVE
        await ctx.save(profile)
