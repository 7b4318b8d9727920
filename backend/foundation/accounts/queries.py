"""The hierarchy of accounts, moved as a whole."""

from uuid import UUID

from infra.kernel.context import Context

PREFIX_END = "0"
"""The character after the slash: paths at or below `P/` are those from `P/` to before `P0`."""


async def hold_hierarchy(ctx: Context, *, moving: bool) -> None:
    """Let hierarchies change one at a time; new children wait for a move and not for each other."""
    strength = "UPDATE" if moving else "SHARE"
    await ctx.fetchval(
        f"SELECT 1 FROM tenant_state WHERE tenant_id = $1 FOR {strength}", ctx.tenant_id
    )


async def deepest_below(ctx: Context, path: str) -> int:
    """How many codes the longest path at or below this one has."""
    found = await ctx.fetchval(
        """SELECT max(length(path) - length(replace(path, '/', ''))) FROM accounts
           WHERE tenant_id = $1 AND path >= $2 AND path < $3""",
        ctx.tenant_id,
        path,
        path[:-1] + PREFIX_END,
    )
    return int(found or 0)


async def subtree_ids(ctx: Context, path: str) -> list[UUID]:
    """The accounts below a path."""
    rows = await ctx.fetch(
        "SELECT id FROM accounts WHERE tenant_id = $1 AND path > $2 AND path < $3",
        ctx.tenant_id,
        path,
        path[:-1] + PREFIX_END,
    )
    return [row["id"] for row in rows]


async def move_subtree(ctx: Context, old_path: str, new_path: str) -> int:
    """Rewrite the paths below an account that has moved; answers how many followed.

    What callers were known to see hangs on paths, so their cached pictures become stale with it.
    """
    followers = await ctx.fetch(
        """UPDATE accounts SET path = $3 || substr(path, length($2) + 1),
             version = version + 1, updated_at = $5
           WHERE tenant_id = $1 AND path > $2 AND path < $4 RETURNING id""",
        ctx.tenant_id,
        old_path,
        new_path,
        old_path[:-1] + PREFIX_END,
        ctx.now,
    )
    await ctx.execute(
        "UPDATE tenant_state SET config_version = config_version + 1 WHERE tenant_id = $1",
        ctx.tenant_id,
    )
    return len(followers)
