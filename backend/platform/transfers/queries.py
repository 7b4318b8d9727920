"""What imports and exports ask for many rows at once, and how they note where they are."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from infra.kernel.context import Context
from infra.kernel.ids import uuid7
from infra.kernel.resource import Resource

KEY = "_key"
_UNIQUE = """
SELECT c.relname AS name, a.attname AS unique_column
  FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (x.indkey::int2[])
   AND a.attname <> 'tenant_id'
 WHERE n.nspname = 'public' AND c.relname = ANY ($1) AND x.indisunique AND x.indnkeyatts = 2
   AND x.indexprs IS NULL AND a.atttypid = 'text'::regtype
   AND (x.indpred IS NULL OR pg_get_expr(x.indpred, x.indrelid) ~ '^\\(\\w+ IS NOT NULL\\)$')
   AND EXISTS (SELECT 1 FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attname = 'tenant_id'
                 AND t.attnum = ANY (x.indkey::int2[]))
"""

_ZERO = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
"""A zero byte as JSON writes it, which no column of the database holds: a sign takes its place."""


async def unique_columns(ctx: Context, resources: Sequence[Resource]) -> dict[str, frozenset[str]]:
    """Resource → the text columns each of which names one of its records.

    `name_key` is the form in which a `name` is compared, so it is the name that is unique.
    """
    by_table = {resource.table: resource for resource in resources}
    found: dict[str, set[str]] = {resource.name: set() for resource in resources}
    for row in await ctx.fetch(_UNIQUE, list(by_table)):
        resource, column = by_table[row["name"]], row["unique_column"]
        plain = column.removesuffix(KEY)
        found[resource.name].add(plain if plain in resource.columns else column)
    return {name: frozenset(columns) for name, columns in found.items()}


async def named_by_column(
    ctx: Context, resource: Resource, column: str, keys: Sequence[str]
) -> dict[str, UUID]:
    """Key → id. A key written in other letters counts where none is written just so."""
    compared = f"{column}{KEY}" if f"{column}{KEY}" in resource.columns else column
    rows = await ctx.fetch(
        f'SELECT "{compared}" AS key, id FROM "{resource.table}" '
        f'WHERE tenant_id = $1 AND "{compared}" = ANY ($2::text[])',
        ctx.tenant_id,
        list({form for key in keys for form in forms_of(key)}),
    )
    known = {row["key"]: row["id"] for row in rows}
    found = ((key, next((known[f] for f in forms_of(key) if f in known), None)) for key in keys)
    return {key: id_ for key, id_ in found if id_ is not None}


def forms_of(key: str) -> tuple[str, str, str]:
    """How a key may be stored: as it is written, in capitals, in small letters."""
    plain = key.strip()
    return key, plain.upper(), plain.lower()


async def named_outside(
    ctx: Context, resource: Resource, source: str, keys: Sequence[str]
) -> dict[str, UUID]:
    """External id → id, for records that are still there."""
    rows = await ctx.fetch(
        f"""SELECT e.external_id, e.record_id FROM external_ids e
            JOIN "{resource.table}" r ON r.tenant_id = e.tenant_id AND r.id = e.record_id
            WHERE e.tenant_id = $1 AND e.kind = $2 AND e.source = $3
              AND e.external_id = ANY ($4::text[])""",
        ctx.tenant_id,
        resource.name,
        source,
        list(keys),
    )
    return {row["external_id"]: row["record_id"] for row in rows}


async def names_taken(ctx: Context, source: str, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Record → what the system calls it already."""
    rows = await ctx.fetch(
        """SELECT record_id, external_id FROM external_ids
           WHERE tenant_id = $1 AND source = $2 AND record_id = ANY ($3::uuid[])""",
        ctx.tenant_id,
        source,
        list(ids),
    )
    return {row["record_id"]: row["external_id"] for row in rows}


async def forget_stale(ctx: Context, resource: Resource, source: str, keys: Sequence[str]) -> None:
    """Free external ids whose records are gone."""
    await ctx.execute(
        f"""DELETE FROM external_ids e WHERE e.tenant_id = $1 AND e.kind = $2 AND e.source = $3
              AND e.external_id = ANY ($4::text[]) AND NOT EXISTS (
                SELECT 1 FROM "{resource.table}" r
                WHERE r.tenant_id = e.tenant_id AND r.id = e.record_id)""",
        ctx.tenant_id,
        resource.name,
        source,
        list(keys),
    )


async def advance(
    ctx: Context, import_id: UUID, was: int, now: int, progress: int, counts: Mapping[str, int]
) -> bool:
    """Move the import on in the transaction of its rows; False where it is no longer there."""
    done = await ctx.fetchval(
        """UPDATE imports SET position = $4, progress = $5, created_count = created_count + $6,
             updated_count = updated_count + $7, unchanged_count = unchanged_count + $8,
             failed_count = failed_count + $9, updated_at = $10
           WHERE tenant_id = $1 AND id = $2 AND position = $3 AND state = 'running' RETURNING 1""",
        ctx.tenant_id, import_id, was, now, progress, counts.get("created", 0),
        counts.get("updated", 0), counts.get("unchanged", 0), counts.get("failed", 0), ctx.now,
    )  # fmt: skip
    return done is not None


async def start_over(ctx: Context, import_id: UUID) -> None:
    """A rehearsal begins at the first row again: nothing of it has been kept."""
    await ctx.execute("DELETE FROM import_faults WHERE tenant_id = $1 AND import_id = $2",
                      ctx.tenant_id, import_id)  # fmt: skip
    await ctx.execute(
        """UPDATE imports SET position = 0, progress = 0, created_count = 0, updated_count = 0,
             unchanged_count = 0, failed_count = 0 WHERE tenant_id = $1 AND id = $2""",
        ctx.tenant_id,
        import_id,
    )


async def keep_faults(
    ctx: Context, import_id: UUID, profile_id: UUID, refused: Sequence[tuple[int, Any, Any]]
) -> None:
    """Row number, cells and faults of rows that were refused."""
    told = [
        {"id": uuid7(), "row_number": number, "cells": cells, "faults": faults}
        for number, cells, faults in refused
    ]
    await ctx.execute(
        """INSERT INTO import_faults (tenant_id, id, import_id, row_number, cells, faults,
             profile_id, created_at)
           SELECT $1, r.id, $2, r.row_number, r.cells, r.faults, $3, $5
           FROM jsonb_to_recordset($4::text::jsonb)
             AS r(id uuid, row_number bigint, cells jsonb, faults jsonb)""",
        ctx.tenant_id,
        import_id,
        profile_id,
        _ZERO.sub(r"\1\\ufffd", orjson.dumps(told, default=str).decode()),
        ctx.now,
    )


async def faults_after(
    ctx: Context, import_id: UUID, row_number: int, most: int
) -> list[dict[str, Any]]:
    """The next refused rows, in the order of the file."""
    rows = await ctx.fetch(
        """SELECT row_number, cells, faults FROM import_faults
           WHERE tenant_id = $1 AND import_id = $2 AND row_number > $3
           ORDER BY row_number LIMIT $4""",
        ctx.tenant_id,
        import_id,
        row_number,
        most,
    )
    return [
        {
            "row": row["row_number"],
            "cells": orjson.loads(row["cells"]),
            "faults": orjson.loads(row["faults"]),
        }
        for row in rows
    ]


async def open_transfers(ctx: Context) -> int:
    """How many imports and exports wait or run."""
    found: int = await ctx.fetchval(
        """SELECT (SELECT count(*) FROM imports
                    WHERE tenant_id = $1 AND state IN ('queued', 'running'))
                + (SELECT count(*) FROM exports
                    WHERE tenant_id = $1 AND state IN ('queued', 'running'))""",
        ctx.tenant_id,
    )
    return found


async def note_rows(ctx: Context, export_id: UUID, rows: int) -> bool:
    """How many records the file has by now; False where the export is no longer wanted."""
    done = await ctx.fetchval(
        """UPDATE exports SET row_count = $3, updated_at = $4
           WHERE tenant_id = $1 AND id = $2 AND state = 'running' RETURNING 1""",
        ctx.tenant_id,
        export_id,
        rows,
        ctx.now,
    )
    return done is not None


async def expired_exports(ctx: Context, before: datetime, most: int) -> list[UUID]:
    """Exports whose files have been kept long enough."""
    rows = await ctx.fetch(
        """SELECT id FROM exports WHERE tenant_id = $1 AND state = 'done' AND expires_at < $2
           ORDER BY expires_at LIMIT $3""",
        ctx.tenant_id,
        before,
        most,
    )
    return [row["id"] for row in rows]
