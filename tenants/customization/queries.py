"""SQL over the records of any resource: whether a field has values, and its index."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from infra.kernel.context import Context
from infra.kernel.custom.indexing import TYPES
from infra.kernel.writing import dumps


async def has_values(ctx: Context, table: str, key: str) -> bool:
    """Whether a record, of whatever state, has a value under this key."""
    found: bool = await ctx.fetchval(
        f'SELECT EXISTS (SELECT FROM "{table}" WHERE tenant_id = $1 AND custom ? $2)',
        ctx.tenant_id,
        key,
    )
    return found


async def count_records(ctx: Context, table: str) -> int:
    """How many records a pass over the table will meet."""
    found: int = await ctx.fetchval(
        f'SELECT count(*) FROM "{table}" WHERE tenant_id = $1', ctx.tenant_id
    )
    return found


async def next_values(
    ctx: Context, table: str, key: str, after: UUID | None, since: datetime | None, most: int
) -> list[tuple[UUID, str | None]]:
    """Records and their values as JSON text, in the order of ids, held until the transaction ends
    so that none changes between its reading and its index."""
    rows = await ctx.fetch(
        f"""SELECT id, (custom -> $2)::text AS value FROM "{table}"
            WHERE tenant_id = $1 AND ($3::uuid IS NULL OR id > $3)
              AND ($4::timestamptz IS NULL OR updated_at >= $4)
            ORDER BY id LIMIT $5 FOR SHARE""",
        ctx.tenant_id,
        key,
        after,
        since,
        most,
    )
    return [(row["id"], row["value"]) for row in rows]


async def write_index(
    ctx: Context, index: str, field_id: UUID, rows: Sequence[dict[str, Any]], ids: Sequence[UUID]
) -> None:
    """Put the rows in the index in place of what these records had there."""
    await ctx.execute(
        f"DELETE FROM {index} WHERE tenant_id = $1 AND field_id = $2 AND record_id = ANY($3)",
        ctx.tenant_id,
        field_id,
        list(ids),
    )
    await ctx.execute(
        f"""INSERT INTO {index} (tenant_id, field_id, record_id, position, value)
            SELECT $1, $2, r.record_id, r.position, r.value
              FROM jsonb_to_recordset($3::text::jsonb)
                AS r(record_id uuid, position smallint, value {TYPES[index]})""",
        ctx.tenant_id,
        field_id,
        dumps(list(rows)),
    )


async def clear_index(ctx: Context, field_id: UUID, most: int) -> int:
    """Take rows of a field out of its index; how many there were."""
    gone = 0
    for index in TYPES:
        tag = await ctx.execute(
            f"""DELETE FROM {index} WHERE tenant_id = $1 AND field_id = $2 AND record_id IN (
                  SELECT record_id FROM {index} WHERE tenant_id = $1 AND field_id = $2 LIMIT $3)""",
            ctx.tenant_id,
            field_id,
            most,
        )
        gone += int(tag.rpartition(" ")[2])
    return gone


async def forget_values(ctx: Context, table: str, key: str, most: int) -> int:
    """Remove the key from records that have it; how many did. Their versions move on, so that
    nobody who read one before writes the value back."""
    tag = await ctx.execute(
        f"""UPDATE "{table}" SET custom = custom - $2, version = version + 1
            WHERE tenant_id = $1 AND id IN (
              SELECT id FROM "{table}" WHERE tenant_id = $1 AND custom ? $2 LIMIT $3)""",
        ctx.tenant_id,
        key,
        most,
    )
    return int(tag.rpartition(" ")[2])


async def has_children(ctx: Context, choice_id: UUID) -> bool:
    """Whether other choices are offered below this one."""
    found: bool = await ctx.fetchval(
        "SELECT EXISTS (SELECT FROM choices WHERE tenant_id = $1 AND parent_id = $2)",
        ctx.tenant_id,
        choice_id,
    )
    return found
