"""The lines of a proof, and the rows of a copy."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from infra.kernel.context import Context
from infra.kernel.ids import uuid7


async def add_entries(
    ctx: Context,
    request_id: UUID,
    collection: str,
    outcome: str,
    reason: str,
    rows: Sequence[tuple[UUID, Sequence[str]]],
) -> None:
    """Write down what became of these records."""
    if not rows:
        return
    await ctx.execute(
        """INSERT INTO erasure_entries (tenant_id, id, request_id, collection, record_id, outcome,
             columns, reason, created_at, updated_at)
           SELECT $1, n.id, $2, $3, n.record_id, $4, string_to_array(nullif(n.columns, ''), ','),
                  $5, $9, $9
             FROM unnest($6::uuid[], $7::uuid[], $8::text[]) AS n (id, record_id, columns)
           ON CONFLICT (tenant_id, request_id, collection, record_id, outcome, reason)
           DO NOTHING""",
        ctx.tenant_id,
        request_id,
        collection,
        outcome,
        reason,
        [uuid7() for _ in rows],
        [row[0] for row in rows],
        [",".join(row[1]) or "all" for row in rows],
        ctx.now,
    )


async def entries_of(ctx: Context, request_id: UUID) -> list[Any]:
    """The lines of a certificate, in an order of their own."""
    return await ctx.fetch(
        """SELECT collection, record_id::text AS record_id, outcome, columns, reason
           FROM erasure_entries WHERE tenant_id = $1 AND request_id = $2
           ORDER BY collection, record_id, outcome, reason""",
        ctx.tenant_id,
        request_id,
    )


async def entry_counts(ctx: Context, request_id: UUID) -> list[Any]:
    """How many records of what had which outcome."""
    return await ctx.fetch(
        """SELECT collection, outcome, count(DISTINCT record_id) AS count FROM erasure_entries
           WHERE tenant_id = $1 AND request_id = $2 GROUP BY collection, outcome ORDER BY 1, 2""",
        ctx.tenant_id,
        request_id,
    )


async def rows_naming(
    ctx: Context, table: str, column: str, ids: Sequence[UUID], hidden: frozenset[str]
) -> list[Any]:
    """Rows whose column is one of the ids, as JSON without what would let somebody in."""
    return await ctx.fetch(
        f"""SELECT x.id, (to_jsonb(x) - $3::text[])::text AS told FROM "{table}" x
            WHERE x.tenant_id = $1 AND x."{column}" = ANY ($2) ORDER BY x.id""",
        ctx.tenant_id,
        list(ids),
        sorted(hidden),
    )


async def rows_reaching(
    ctx: Context, table: str, column: str, addresses: Sequence[str], hidden: frozenset[str]
) -> list[Any]:
    """Rows whose column is one of the person's addresses or numbers."""
    return await ctx.fetch(
        f"""SELECT x.id, (to_jsonb(x) - $3::text[])::text AS told FROM "{table}" x
            WHERE x.tenant_id = $1 AND lower(x."{column}") = ANY ($2) ORDER BY x.id""",
        ctx.tenant_id,
        [address.lower() for address in addresses],
        sorted(hidden),
    )
