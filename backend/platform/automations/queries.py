"""What automations ask of the tables directly."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.platform.automations.rules import (
    RECORD_WINDOW,
    RUNS_OF_ROOT_MAX,
    RUNS_ON_RECORD_MAX,
)
from infra.kernel.context import Context
from infra.kernel.events import EVENT_COLUMNS, RecordedEvent, event_from_row

_LISTENING = """
SELECT id, event_types, changed FROM automations
 WHERE tenant_id = $1 AND active ORDER BY position, id
"""
_BUDGET = """
SELECT t.plan, clock_timestamp() AS now,
       (SELECT taken_until FROM automation_budgets WHERE tenant_id = $1) AS taken_until
  FROM tenants t WHERE t.id = $1
"""
_SPEND = """
INSERT INTO automation_budgets (tenant_id, id, taken_until) VALUES ($1, $1, $2)
ON CONFLICT (tenant_id) DO UPDATE SET taken_until = excluded.taken_until
"""
_EVENT = f"SELECT {EVENT_COLUMNS} FROM events WHERE tenant_id = $1 AND id = $2"
_LATEST = f"""
SELECT {EVENT_COLUMNS} FROM events
 WHERE tenant_id = $1 AND position IS NOT NULL
   AND (type = ANY ($2) OR kind || '.*' = ANY ($2)) AND kind <> ALL ($3)
   AND position > (SELECT coalesce(max(position), 0) - $5 FROM event_heads WHERE tenant_id = $1)
 ORDER BY position DESC LIMIT $4
"""
_EARLIER = """
SELECT (SELECT count(*) FROM (SELECT 1 FROM automation_runs
         WHERE tenant_id = $1 AND root_event_id = $2 LIMIT $3) a) AS of_root,
       (SELECT count(*) FROM (SELECT 1 FROM automation_runs
         WHERE tenant_id = $1 AND automation_id = $4 AND record_id = $5 AND started_at > $6
           AND state <> 'stopped' LIMIT $7) b) AS on_record
"""
_OLD = """
DELETE FROM automation_runs WHERE tenant_id = $1 AND id IN (
  SELECT id FROM automation_runs
   WHERE tenant_id = $1 AND started_at < $2 AND state IN ('done', 'skipped', 'dead', 'stopped')
   ORDER BY started_at LIMIT $3)
"""
_TOLD_LATELY = """
SELECT EXISTS (SELECT FROM notifications
 WHERE tenant_id = $1 AND kind = 'automations' AND record_id = $2 AND created_at > $3)
"""
LOOK_BACK = 20_000
"""How many of the latest events a dry run searches."""


async def listening(connection: Any, tenant_id: UUID) -> Sequence[Any]:
    """Active automations in their order, with what they listen to."""
    found: Sequence[Any] = await connection.fetch(_LISTENING, tenant_id)
    return found


async def budget(connection: Any, tenant_id: UUID) -> Any:
    """The tenant's plan, and until when its share is taken."""
    return await connection.fetchrow(_BUDGET, tenant_id)


async def spend(connection: Any, tenant_id: UUID, until: datetime) -> None:
    """Note until when the tenant's share is taken."""
    await connection.execute(_SPEND, tenant_id, until)


async def event_of(ctx: Context, event_id: UUID) -> RecordedEvent | None:
    """One event of the log, while it is kept."""
    row = await ctx.fetchrow(_EVENT, ctx.tenant_id, event_id)
    return event_from_row(row) if row else None


async def latest(
    ctx: Context, event_types: Sequence[str], unheard: Sequence[str], most: int
) -> list[RecordedEvent]:
    """The latest events of these types, the newest first."""
    rows = await ctx.fetch(
        _LATEST, ctx.tenant_id, list(event_types), list(unheard), most, LOOK_BACK
    )
    return [event_from_row(row) for row in rows]


async def earlier(
    ctx: Context, automation_id: UUID, record_id: UUID, root: UUID
) -> tuple[int, int]:
    """How many runs go back to the same event, and how many were lately on the record."""
    row = await ctx.fetchrow(
        _EARLIER, ctx.tenant_id, root, RUNS_OF_ROOT_MAX, automation_id, record_id,
        ctx.now - RECORD_WINDOW, RUNS_ON_RECORD_MAX,
    )  # fmt: skip
    return (row["of_root"], row["on_record"]) if row else (0, 0)


async def forget(ctx: Context, before: datetime, most: int) -> None:
    """Delete runs that ended long ago."""
    await ctx.execute(_OLD, ctx.tenant_id, before, most)


async def told_lately(ctx: Context, automation_id: UUID, since: datetime) -> bool:
    """Whether somebody was told of this automation's trouble since then."""
    return bool(await ctx.fetchval(_TOLD_LATELY, ctx.tenant_id, automation_id, since))
