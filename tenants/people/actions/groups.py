"""Groups, and who belongs to them."""

import unicodedata
from typing import Any
from uuid import UUID

from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Duplicate, Forbidden, StillReferenced
from tenants.emails import require_address
from tenants.people.errors import GroupCircle
from tenants.people.escalation import require_grantable
from tenants.people.models import Group, GroupMember, ProfileKind
from tenants.people.queries import custom_role_audiences, group_dependants, is_below
from tenants.people.resources import group_members, groups, users
from tenants.roles import grantable


@action(groups, audiences=("staff",), on="collection", name="create")
async def create(ctx: Context, **values: Any) -> Group:
    """Make a group; its roles are those of its members for as long as they belong to it."""
    group = Group()
    await _apply(ctx, group, values)
    return group


@action(groups, audiences=("staff",), name="update")
async def update(ctx: Context, group: Group, **values: Any) -> None:
    """Change a group; what its roles give or take counts from the next request on."""
    await _apply(ctx, group, values)


@action(groups, audiences=("staff",), name="delete")
async def delete(ctx: Context, group: Group) -> None:
    """Delete a group that no other group lies below; its members lose the roles it gave."""
    below = await group_dependants(ctx, group.id)
    if below:
        raise StillReferenced(f"{below} groups lie below this one")
    for member in await ctx.every(group_members).filter(group_id=group.id):
        await ctx.delete(member)
    await ctx.delete(group)


async def _apply(ctx: Context, group: Group, values: dict[str, Any]) -> None:
    if "roles" in values:
        values["roles"] = await require_grantable(ctx, values["roles"] or [], ProfileKind.STAFF)
    if values.get("email"):
        values["email"] = require_address(values["email"])
    if values.get("parent_id"):
        await _require_no_circle(ctx, group, values["parent_id"])
        await _require_held(ctx, values["parent_id"])
    if "name" in values:
        values["name_key"] = unicodedata.normalize("NFKC", values["name"]).casefold().strip()
        twin = await ctx.every(groups).filter(name_key=values["name_key"]).first()
        if twin is not None and twin.id != group.id:
            raise Duplicate(f"there is a group {twin.name!r} already")
    for name, value in values.items():
        setattr(group, name, value)
    await ctx.save(group)


async def _require_no_circle(ctx: Context, group: Group, parent_id: UUID) -> None:
    if parent_id == group.id or (not group.is_new and await is_below(ctx, parent_id, group.id)):
        raise GroupCircle("the new parent lies below this group")


async def _require_held(ctx: Context, group_id: UUID) -> None:
    """Joining or lying below a group gives its roles: they must be the caller's to give."""
    custom = await custom_role_audiences(ctx)
    mine = grantable(ctx.caller.roles, custom)
    seen: set[UUID] = set()
    step: UUID | None = group_id
    while step is not None and step not in seen and not ctx.caller.is_system:
        seen.add(step)
        group = await ctx.get(groups, step)
        if excess := set(group.roles) - mine:
            raise Forbidden(f"the group gives {', '.join(sorted(excess))}, which you do not have")
        step = group.parent_id


@action(group_members, audiences=("staff",), on="collection", name="create")
async def join(ctx: Context, *, group_id: UUID, user_id: UUID) -> GroupMember:
    """Put a person into a group; its roles are theirs at once."""
    await ctx.get(groups, group_id)
    await ctx.get(users, user_id)
    await _require_held(ctx, group_id)
    if await ctx.every(group_members).filter(group_id=group_id, user_id=user_id).exists():
        raise Duplicate("this person belongs to the group already")
    member = GroupMember(group_id=group_id, user_id=user_id)
    await ctx.save(member)
    return member


@action(group_members, audiences=("staff",), name="delete")
async def leave(ctx: Context, member: GroupMember) -> None:
    """Take a person out of a group; the roles it gave go at once."""
    await _require_held(ctx, member.group_id)
    await ctx.delete(member)
