"""Reads about people that a View cannot say."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from infra.kernel.context import Context
from tenants.people.models import ProfileKind


async def custom_role_audiences(ctx: Context) -> dict[str, str]:
    """Name → audience of the roles that the tenant wrote itself."""
    rows = await ctx.fetch("SELECT name, audience FROM roles WHERE tenant_id = $1", ctx.tenant_id)
    return {row["name"]: row["audience"] for row in rows}


async def names_behind(ctx: Context, profile_ids: list[UUID]) -> dict[UUID, dict[str, str | None]]:
    """What each profile stands for: the name of its record, and of its company."""
    rows = await ctx.fetch(
        """SELECT p.id, coalesce(c.name, k.name) AS name, a.name AS account_name
             FROM profiles p
             LEFT JOIN contacts c ON c.tenant_id = p.tenant_id AND c.id = p.contact_id
             LEFT JOIN consumers k ON k.tenant_id = p.tenant_id AND k.id = p.consumer_id
             LEFT JOIN accounts a ON a.tenant_id = p.tenant_id AND a.id = p.account_id
            WHERE p.tenant_id = $1 AND p.id = ANY ($2)""",
        ctx.tenant_id,
        profile_ids,
    )
    return {row["id"]: {"name": row["name"], "account_name": row["account_name"]} for row in rows}


async def contact_facts(ctx: Context, contact_id: UUID) -> Mapping[str, Any] | None:
    """Whose contact it is, and of which company."""
    row: Mapping[str, Any] | None = await ctx.fetchrow(
        "SELECT user_id, account_id FROM contacts WHERE tenant_id = $1 AND id = $2",
        ctx.tenant_id,
        contact_id,
    )
    return row


async def role_is_held(ctx: Context, name: str) -> bool:
    """Whether any profile or group has the role."""
    return bool(
        await ctx.fetchval(
            """SELECT EXISTS (SELECT FROM profiles WHERE tenant_id = $1 AND $2 = ANY (roles))
                 OR EXISTS (SELECT FROM groups WHERE tenant_id = $1 AND $2 = ANY (roles))""",
            ctx.tenant_id,
            name,
        )
    )


async def is_below(ctx: Context, group_id: UUID, ancestor_id: UUID) -> bool:
    """Whether the group lies below the other, or is it."""
    return bool(
        await ctx.fetchval(
            """WITH RECURSIVE line AS (
                 SELECT id, parent_id FROM groups WHERE tenant_id = $1 AND id = $2
                 UNION
                 SELECT g.id, g.parent_id FROM groups g JOIN line ON g.id = line.parent_id
                  WHERE g.tenant_id = $1)
               SELECT EXISTS (SELECT FROM line WHERE id = $3)""",
            ctx.tenant_id,
            group_id,
            ancestor_id,
        )
    )


async def group_dependants(ctx: Context, group_id: UUID) -> int:
    """How many groups have this one as their parent."""
    return int(
        await ctx.fetchval(
            "SELECT count(*) FROM groups WHERE tenant_id = $1 AND parent_id = $2",
            ctx.tenant_id,
            group_id,
        )
    )


async def last_admin(ctx: Context, user_id: UUID) -> bool:
    """Whether this person administers the tenant and nobody else who is not locked out does."""
    row = await ctx.fetchrow(
        """SELECT count(*) FILTER (WHERE u.id = $2) AS own,
             count(*) FILTER (WHERE u.id <> $2) AS others
           FROM users u JOIN profiles p ON p.tenant_id = u.tenant_id AND p.user_id = u.id
           WHERE u.tenant_id = $1 AND u.state <> 'suspended'
             AND p.state = 'active' AND p.kind = 'staff' AND 'admin' = ANY (p.roles)""",
        ctx.tenant_id,
        user_id,
    )
    return row is not None and row["own"] > 0 and row["others"] == 0


async def clear_default_profile(ctx: Context, user_id: UUID) -> None:
    """Take the mark off the profile with which the person starts."""
    await ctx.execute(
        """UPDATE profiles SET is_default = false, version = version + 1
           WHERE tenant_id = $1 AND user_id = $2 AND is_default""",
        ctx.tenant_id,
        user_id,
    )


async def profile_of_record(
    ctx: Context, kind: ProfileKind, record_column: str, record_id: UUID
) -> UUID | None:
    """The profile that stands for this contact or consumer, if there is one."""
    if record_column not in {"contact_id", "consumer_id"}:
        raise ValueError(record_column)
    found: UUID | None = await ctx.fetchval(
        f"""SELECT id FROM profiles WHERE tenant_id = $1 AND kind = $2 AND {record_column} = $3""",
        ctx.tenant_id,
        kind.value,
        record_id,
    )
    return found
