"""Clocks: how soon a due one is told among many that run, and what a deadline costs."""

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from backend.platform.calendars.schedule import add_working_time
from backend.platform.calendars.week import working_hours
from backend.platform.slas.timers import BATCH, fire
from bench import memory, seeds
from bench.ground import Firm, Ground
from bench.results import Result, limit, quantile

RUNNING, QUICK_RUNNING = 100_000, 10_000
DUE = BATCH
LATE_SECONDS_MAX = 1.0
DEADLINE_MICROSECONDS_MAX = 10.0
DEADLINES = 20_000

_CLOCKS = """
INSERT INTO task_slas (tenant_id, id, kind, record_id, target, target_minutes, warning_percent,
                       started_at, warn_at, due_at, state, created_at, updated_at)
SELECT $1, uuidv7(), 'cases', gen_random_uuid(), 'resolution', 480, 75, now(),
       now() + interval '6 hours' + n * interval '1 second',
       now() + interval '8 hours' + n * interval '1 second', 'running', now(), now()
  FROM generate_series(1, $2::int) n
"""
_MAKE_DUE = """
WITH chosen AS (
  SELECT id FROM task_slas WHERE tenant_id = $1 AND state = 'running' ORDER BY id LIMIT $2
)
UPDATE task_slas t SET warn_at = now() - interval '2 minutes', due_at = now()
  FROM chosen WHERE t.tenant_id = $1 AND t.id = chosen.id
"""
_OFFICE = [
    {"weekday": day, "opens": opens, "closes": closes}
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
    for opens, closes in (("09:00", "12:30"), ("13:15", "17:45"))
]


async def firing(ground: Ground) -> list[Result]:
    """Seconds from the moment at which a thousand clocks are due until all are told."""
    memory.end_worker(ground)
    firm = await ground.found("slas", 0)
    number = QUICK_RUNNING if ground.is_quick else RUNNING
    async with seeds.bulk(ground.addresses.superuser_dsn) as connection:
        await connection.execute(_CLOCKS, firm.id, number)
        await connection.execute("ANALYZE task_slas")
    seconds = []
    for _ in range(ground.rounds * 2):
        async with seeds.bulk(ground.addresses.superuser_dsn) as connection:
            await connection.execute(_MAKE_DUE, firm.id, DUE)
        began = time.perf_counter()
        async with ground.services.system(firm.id, reason="bench") as ctx:
            await fire(ctx)
        seconds.append(time.perf_counter() - began)
        if await _unfired(ground, firm):
            raise RuntimeError("some clocks were due and not told")
    words = f"slas  {DUE:,} of {number:,} clocks told after they were due"
    return [limit(f"{words}, p50", quantile(seconds, 0.5), "s", LATE_SECONDS_MAX)]


async def deadlines(ground: Ground) -> list[Result]:
    """Microseconds for a deadline over breaks, holidays and weekends, its calendar known."""
    hours = working_hours(
        {"zone": "Europe/Berlin", "hours": _OFFICE, "holidays": [], "country": "DE", "region": "BY"}
    )
    start, span = datetime(2026, 11, 20, 9, tzinfo=UTC), timedelta(hours=40)
    add_working_time(start, span, hours)
    rounds = []
    for _ in range(ground.rounds * 2):
        began = time.perf_counter()
        for _ in range(DEADLINES):
            add_working_time(start, span, hours)
        rounds.append((time.perf_counter() - began) / DEADLINES * 1e6)
    return [limit("slas  a deadline", min(rounds), "µs", DEADLINE_MICROSECONDS_MAX)]


async def _unfired(ground: Ground, firm: Firm) -> int:
    async with ground.services.database.transaction(UUID(str(firm.id))) as connection:
        left: int = await connection.fetchval(
            "SELECT count(*) FROM task_slas WHERE tenant_id = $1 AND next_at <= now()", firm.id
        )
    return left
