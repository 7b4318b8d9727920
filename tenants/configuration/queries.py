"""What only SQL can say about configuration."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from infra.kernel.context import Context


async def lock(ctx: Context) -> None:
    """Let nobody else apply a configuration until this transaction ends."""
    await ctx.execute(
        "SELECT 1 FROM tenant_state WHERE tenant_id = $1 FOR NO KEY UPDATE", ctx.tenant_id
    )


async def last_revision(ctx: Context) -> asyncpg.Record | None:
    """The newest state that was written down."""
    return await ctx.fetchrow(
        """SELECT id, number, checksum, bundle FROM config_revisions WHERE tenant_id = $1
            ORDER BY number DESC LIMIT 1""",
        ctx.tenant_id,
    )


async def who_changed(ctx: Context, kinds: Sequence[str], since: UUID | None) -> list[str]:
    """The names of those who changed records of these kinds after a moment, by its id."""
    rows = await ctx.fetch(
        """SELECT DISTINCT coalesce(nullif(actor->>'name', ''), actor->>'kind', '') AS name
             FROM audit_entries
            WHERE tenant_id = $1 AND kind = ANY($2) AND ($3::uuid IS NULL OR id > $3)
            ORDER BY 1 LIMIT 50""",
        ctx.tenant_id,
        list(kinds),
        since,
    )
    return [row["name"] for row in rows if row["name"]]


async def count_naming(
    ctx: Context, table: str, column: str, ids: Sequence[UUID], most: int
) -> dict[UUID, int]:
    """How many rows of a table name each of the ids, counted up to a bound."""
    rows = await ctx.fetch(
        f"""SELECT t.id, n.count FROM unnest($2::uuid[]) t (id)
             CROSS JOIN LATERAL (SELECT count(*) FROM (
               SELECT 1 FROM "{table}" r WHERE r.tenant_id = $1 AND r."{column}" = t.id LIMIT $3
             ) found) n
            WHERE n.count > 0""",
        ctx.tenant_id,
        list(ids),
        most,
    )
    return {row["id"]: row["count"] for row in rows}
