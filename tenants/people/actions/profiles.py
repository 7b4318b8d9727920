"""The parts that people play, and the roles that come with them."""

from typing import Annotated, Any

from annotated_types import MaxLen, MinLen

from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Forbidden, Invalid
from tenants.credentials.queries import EVERYTHING, revoke_of_user
from tenants.people.directory import add_profile
from tenants.people.errors import LastAdministrator, RoleNotHeld
from tenants.people.escalation import require_grantable
from tenants.people.models import Profile, ProfileKind, ProfileState
from tenants.people.partners import settle_contact
from tenants.people.queries import clear_default_profile, custom_role_audiences, last_admin
from tenants.people.resources import profiles, users
from tenants.roles import DEFAULT_ROLE, grantable

RoleName = Annotated[str, MinLen(1), MaxLen(63)]


@action(profiles, audiences=("staff",), on="collection", name="create")
async def create(ctx: Context, **values: Any) -> Profile:
    """Give a person one more part to play, beside those they have."""
    kind = ProfileKind(values.pop("kind"))
    user = await ctx.get(users, values.pop("user_id"))
    if kind is ProfileKind.PARTNER:
        await settle_contact(ctx, user.id, values)
    roles = await require_grantable(ctx, values.pop("roles", None) or [DEFAULT_ROLE[kind]], kind)
    return await add_profile(ctx, user, kind, roles=roles, **values)


@action(profiles, audiences=("staff",), name="update")
async def update(ctx: Context, profile: Profile, **values: Any) -> None:
    """Change a profile's title, records or state, or make it the one the person starts with."""
    closing = values.get("state") == ProfileState.INACTIVE
    if closing and "admin" in profile.roles and await last_admin(ctx, profile.user_id):
        raise LastAdministrator
    if values.get("is_default") is False and profile.is_default:
        raise Invalid([Fault("/is_default", "default", "make another profile the default instead")])
    if values.get("is_default") and not profile.is_default:
        await clear_default_profile(ctx, profile.user_id)
    if profile.kind is ProfileKind.PARTNER and {"contact_id", "account_id"} & values.keys():
        kept = {"contact_id": profile.contact_id} | values
        await settle_contact(ctx, profile.user_id, kept)
        values = kept
    for name, value in values.items():
        setattr(profile, name, value)
    await ctx.save(profile)
    if closing:
        await revoke_of_user(ctx, profile.user_id, kinds=EVERYTHING, profile_id=profile.id)


@action(profiles, audiences=("staff",))
async def grant_role(ctx: Context, profile: Profile, *, role: RoleName) -> None:
    """Give the profile a role; whoever is signed in as it signs in anew."""
    [name] = await require_grantable(ctx, [role], profile.kind, "/role")
    if name not in profile.roles:
        profile.roles = [*profile.roles, name]
        await ctx.save(profile)
        await revoke_of_user(ctx, profile.user_id, keep=_own_credential(ctx))


@action(profiles, audiences=("staff",))
async def revoke_role(ctx: Context, profile: Profile, *, role: RoleName) -> None:
    """Take a role from the profile; whoever is signed in as it signs in anew."""
    if role not in profile.roles:
        raise RoleNotHeld(f"it has {', '.join(profile.roles) or 'no role'}")
    custom = await custom_role_audiences(ctx)
    if not ctx.caller.is_system and role not in grantable(ctx.caller.roles, custom):
        raise Forbidden(f"you cannot take {role}, which you do not have")
    if role == "admin" and await last_admin(ctx, profile.user_id):
        raise LastAdministrator
    profile.roles = [name for name in profile.roles if name != role]
    await ctx.save(profile)
    await revoke_of_user(ctx, profile.user_id, keep=_own_credential(ctx))


def _own_credential(ctx: Context) -> Any:
    """The credential of whoever asks: it is stamped anew, but need not end."""
    return ctx.caller.proof.credential_id if ctx.caller.proof else None
