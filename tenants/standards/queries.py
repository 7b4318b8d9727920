"""What a tenant was given of the standard."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from infra.kernel.context import Context

Given = dict[tuple[str, str], UUID]
"""Kind and key → the id of the record that was given."""


async def given(ctx: Context) -> Given:
    """Everything that was ever given."""
    rows = await ctx.fetch(
        "SELECT kind, key, id FROM given_standards WHERE tenant_id = $1", ctx.tenant_id
    )
    return {(row["kind"], row["key"]): row["id"] for row in rows}


async def remember(ctx: Context, news: Given) -> None:
    """Note what was given now; two who do so at once note it once."""
    await ctx.execute(
        """INSERT INTO given_standards (tenant_id, id, kind, key, given_at)
           SELECT $1, n.id, n.kind, n.key, $5
             FROM unnest($2::uuid[], $3::text[], $4::text[]) AS n (id, kind, key)
           ON CONFLICT DO NOTHING""",
        ctx.tenant_id,
        list(news.values()),
        [kind for kind, _ in news],
        [key for _, key in news],
        ctx.now,
    )


async def hold_back(ctx: Context) -> None:
    """Let nobody else give this tenant anything until the end."""
    await ctx.execute(
        "SELECT 1 FROM tenant_state WHERE tenant_id = $1 FOR NO KEY UPDATE", ctx.tenant_id
    )


async def once_named(ctx: Context, kind: str, key: Mapping[str, Any]) -> UUID | None:
    """The record of the kind that had this key at some time, by what the audit says."""
    named = {column: [value] for column, value in key.items() if value is not None}
    found: UUID | None = await ctx.fetchval(
        """SELECT record_id FROM audit_entries WHERE tenant_id = $1 AND kind = $2
              AND changes @> $3::text::jsonb ORDER BY at LIMIT 1""",
        ctx.tenant_id,
        kind,
        orjson.dumps(named).decode(),
    )
    return found
