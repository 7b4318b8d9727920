"""Reads of the desk that no collection says."""

from collections.abc import Sequence
from uuid import UUID

from infra.kernel.context import Context


async def colleague_names(ctx: Context, profile_ids: Sequence[UUID]) -> dict[str, str]:
    """Profile → name, of staff only: who works on a case is no secret among those who may see
    the case."""
    rows = await ctx.fetch(
        """SELECT p.id, u.name FROM profiles p
             JOIN users u ON u.tenant_id = p.tenant_id AND u.id = p.user_id
            WHERE p.tenant_id = $1 AND p.id = ANY ($2) AND p.kind = 'staff'""",
        ctx.tenant_id,
        list(profile_ids),
    )
    return {str(row["id"]): row["name"] for row in rows}


async def colleagues_called(ctx: Context, words: str) -> dict[UUID, tuple[str, list[str]]]:
    """Profile → name and roles of the colleagues at work whose name has these words in it."""
    pattern = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = await ctx.fetch(
        """SELECT p.id, u.name, p.roles FROM profiles p
             JOIN users u ON u.tenant_id = p.tenant_id AND u.id = p.user_id
            WHERE p.tenant_id = $1 AND p.kind = 'staff' AND p.state = 'active'
              AND u.name ILIKE '%' || $2 || '%'
            ORDER BY u.name, p.id LIMIT 8""",
        ctx.tenant_id,
        pattern,
    )
    return {row["id"]: (row["name"], row["roles"]) for row in rows}


async def colleagues_at_work(ctx: Context, first: Sequence[UUID]) -> dict[UUID, str]:
    """Profile → name of the colleagues at work, two hundred at the most: these first."""
    rows = await ctx.fetch(
        """SELECT p.id, u.name FROM profiles p
             JOIN users u ON u.tenant_id = p.tenant_id AND u.id = p.user_id
            WHERE p.tenant_id = $1 AND p.kind = 'staff' AND p.state = 'active'
            ORDER BY p.id = ANY ($2) DESC, u.name, p.id LIMIT 200""",
        ctx.tenant_id,
        list(first),
    )
    return {row["id"]: row["name"] for row in rows}
