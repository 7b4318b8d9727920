"""What the timer asks: which clocks are due, and when the next one is."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from infra.kernel.context import Context

_FIRE = """
WITH due AS MATERIALIZED (
  SELECT id, due_at <= $2 AS is_over,
         warned_at IS NULL AND warn_at <= $2 AND warn_at < due_at AS warns
    FROM task_slas WHERE tenant_id = $1 AND next_at <= $2
   ORDER BY next_at, id LIMIT $3 FOR UPDATE SKIP LOCKED
)
UPDATE task_slas t
   SET state = CASE WHEN due.is_over THEN 'breached' ELSE t.state END,
       breached_at = CASE WHEN due.is_over THEN t.due_at ELSE t.breached_at END,
       warned_at = CASE WHEN due.is_over AND NOT due.warns THEN t.warned_at ELSE $2 END,
       updated_at = $2, version = t.version + 1
  FROM due WHERE t.tenant_id = $1 AND t.id = due.id
RETURNING t.id, t.kind, t.record_id, t.target, t.name, t.warn_at, t.due_at, due.is_over, due.warns
"""


async def fire_due(ctx: Context, at: datetime, limit: int) -> list[Any]:
    """Warn of and break, in one statement, what is due; those that somebody holds come later."""
    return await ctx.fetch(_FIRE, ctx.tenant_id, at, limit)


async def next_due(ctx: Context) -> datetime | None:
    """When the next clock has to be looked at."""
    moment: datetime | None = await ctx.fetchval(
        """SELECT next_at FROM task_slas WHERE tenant_id = $1 AND next_at IS NOT NULL
           ORDER BY next_at LIMIT 1""",
        ctx.tenant_id,
    )
    return moment


async def open_clocks(
    ctx: Context, of: Literal["definition_id", "calendar_id"], key: UUID, after: UUID, limit: int
) -> list[tuple[str, UUID]]:
    """Kind and id of tasks on which clocks of a definition or calendar run, a page of them."""
    rows = await ctx.fetch(
        f"""SELECT DISTINCT kind, record_id FROM task_slas
             WHERE tenant_id = $1 AND {of} = $2 AND stopped_at IS NULL
               AND state <> 'cancelled' AND record_id > $3
             ORDER BY record_id LIMIT $4""",
        ctx.tenant_id,
        key,
        after,
        limit,
    )
    return [(row["kind"], row["record_id"]) for row in rows]


async def count_open(ctx: Context, of: Literal["definition_id", "calendar_id"], key: UUID) -> int:
    """How many clocks of a definition or calendar run."""
    found: int = await ctx.fetchval(
        f"""SELECT count(*) FROM task_slas WHERE tenant_id = $1 AND {of} = $2
               AND stopped_at IS NULL AND state <> 'cancelled'""",
        ctx.tenant_id,
        key,
    )
    return found


async def calendars_used(ctx: Context, definition_id: UUID) -> list[UUID]:
    """The calendars by which the open clocks of a definition run."""
    rows = await ctx.fetch(
        """SELECT DISTINCT calendar_id FROM task_slas WHERE tenant_id = $1 AND definition_id = $2
              AND stopped_at IS NULL AND calendar_id IS NOT NULL""",
        ctx.tenant_id,
        definition_id,
    )
    return [row["calendar_id"] for row in rows]
