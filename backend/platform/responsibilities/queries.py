"""Reads about callers and holds that a View cannot say."""

from collections.abc import Iterable
from uuid import UUID

from infra.kernel.context import Context

_PROFILES = """
SELECT p.id FROM profiles p JOIN users u ON u.tenant_id = p.tenant_id AND u.id = p.user_id
 WHERE p.tenant_id = $1 AND p.state = 'active' AND u.state <> 'suspended' AND """


async def holders_of(ctx: Context, responsibilities: Iterable[UUID]) -> set[UUID]:
    """Who holds one of these: profiles, groups, contacts, consumers and accounts alike."""
    rows = await ctx.fetch(
        """SELECT DISTINCT holder_id FROM held_responsibilities
           WHERE tenant_id = $1 AND responsibility_id = ANY($2)""",
        ctx.tenant_id,
        list(responsibilities),
    )
    return {row["holder_id"] for row in rows}


async def profiles_of_holders(ctx: Context, holders: Iterable[UUID]) -> set[UUID]:
    """The active profiles behind these holders."""
    wanted = list(holders)
    found: set[UUID] = set()
    for test in (
        "p.id = ANY($2)",
        "p.contact_id = ANY($2)",
        "p.consumer_id = ANY($2)",
        "p.account_id = ANY($2)",
        """p.kind = 'staff' AND p.user_id IN (
             SELECT m.user_id FROM group_members m
              WHERE m.tenant_id = $1 AND m.group_id = ANY($2))""",
    ):
        rows = await ctx.fetch(_PROFILES + test, ctx.tenant_id, wanted)
        found |= {row["id"] for row in rows}
    return found


async def profiles_of_users(ctx: Context, users: Iterable[UUID]) -> set[UUID]:
    """The active profiles of these people."""
    rows = await ctx.fetch(_PROFILES + "p.user_id = ANY($2)", ctx.tenant_id, list(users))
    return {row["id"] for row in rows}


async def profiles_in_groups(ctx: Context, groups: Iterable[UUID]) -> set[UUID]:
    """The active profiles of whoever belongs to these groups or to one beneath them."""
    rows = await ctx.fetch(
        f"""WITH RECURSIVE line AS (
              SELECT g.id FROM groups g WHERE g.tenant_id = $1 AND g.id = ANY($2)
              UNION
              SELECT g.id FROM groups g JOIN line ON g.parent_id = line.id WHERE g.tenant_id = $1)
            {_PROFILES} p.user_id IN (
              SELECT m.user_id FROM group_members m JOIN line ON line.id = m.group_id
               WHERE m.tenant_id = $1)""",
        ctx.tenant_id,
        list(groups),
    )
    return {row["id"] for row in rows}


async def profiles_with_roles(ctx: Context, roles: Iterable[str]) -> set[UUID]:
    """The active profiles that have one of these roles, of themselves or by a group."""
    names = list(roles)
    own = await ctx.fetch(_PROFILES + "p.roles && $2", ctx.tenant_id, names)
    groups = await ctx.fetch(
        "SELECT id FROM groups WHERE tenant_id = $1 AND roles && $2", ctx.tenant_id, names
    )
    return {row["id"] for row in own} | await profiles_in_groups(ctx, [g["id"] for g in groups])


async def configured_vias(ctx: Context) -> list[tuple[UUID, str, str]]:
    """(responsibility, resource, via) of every configuration in force."""
    rows = await ctx.fetch(
        """SELECT responsibility_id, resource, via FROM access_configurations
           WHERE tenant_id = $1 AND active""",
        ctx.tenant_id,
    )
    return [(row["responsibility_id"], row["resource"], row["via"]) for row in rows]


async def people_named(ctx: Context, profiles: Iterable[UUID]) -> dict[UUID, str]:
    """Profile → the person's name."""
    rows = await ctx.fetch(
        """SELECT p.id, u.name FROM profiles p
             JOIN users u ON u.tenant_id = p.tenant_id AND u.id = p.user_id
            WHERE p.tenant_id = $1 AND p.id = ANY($2)""",
        ctx.tenant_id,
        list(profiles),
    )
    return {row["id"]: row["name"] for row in rows}
