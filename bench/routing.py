"""(c) ten thousand waiting items, five hundred agents, twenty skills; and how soon one is offered.

The floor is `greedy`: in memory, and two set-wise updates for each 500 items. Ours is the routing
engine's batch with all that it stores and tells.
"""

import asyncio
import time
from uuid import UUID

import asyncpg

from backend.omnichannel.routing import intake
from backend.omnichannel.routing.engine import Walk, route_batch
from backend.omnichannel.routing.models import CustomerKind, QueueChannel, WorkKind
from bench import greedy, load, memory, requests, seeds
from bench.ground import Firm, Ground
from bench.results import Result, alternate, at_least, limit, quantile, told
from infra.kernel.ids import uuid7

AGENTS, SKILLS, CAPACITY, BATCH = 500, 20, 25, 500
LATENCY_MS_MAX = 20.0
WAIT_SECONDS_MAX = 5.0

_PEOPLE = """
WITH agents AS (
  SELECT n, md5($1::uuid::text || 'agent' || n)::uuid AS id FROM generate_series(1, $2::int) n
), known AS (
  INSERT INTO profiles (tenant_id, id, user_id, kind, roles)
  SELECT $1::uuid, id, id, 'staff', '{agent_b2c}' FROM agents
), present AS (
  INSERT INTO agent_presence (tenant_id, id, profile_id, state, capacity, customer_kinds,
                              state_since, created_at, updated_at)
  SELECT $1::uuid, uuidv7(), id, 'available', $4::int, '{business,consumer,unknown}', now(),
         now(), now()
    FROM agents
), skilled AS (
  INSERT INTO user_skills (tenant_id, id, profile_id, skill_id, level, created_at, updated_at)
  SELECT $1::uuid, uuidv7(), a.id, md5($1::uuid::text || 'skill' || s)::uuid, 3, now(), now()
    FROM agents a, generate_series(1, $3::int) s WHERE (a.n + s) % 4 = 0
)
INSERT INTO skills (tenant_id, id, name, created_at, updated_at)
SELECT $1::uuid, md5($1::uuid::text || 'skill' || s)::uuid, 'skill ' || s, now(), now()
  FROM generate_series(1, $3::int) s
"""
_ITEMS = """
INSERT INTO work_items (tenant_id, id, kind, record_id, queue_id, channel, title, customer_kind,
                        rank, required_skills, required_levels, queued_at, waiting_reason,
                        created_at, updated_at)
SELECT $1::uuid, uuidv7(), 'cases', gen_random_uuid(), $2, 'phone', 'Item ' || n,
       CASE WHEN n % 2 = 0 THEN 'business' ELSE 'consumer' END, 51 + n % 4,
       ARRAY[md5($1::uuid::text || 'skill' || (1 + n % $4::int))::uuid], '{1}',
       now() - make_interval(secs => $3::int - n), 'routing', now(), now()
  FROM generate_series(1, $3::int) n
"""
_CLEAR = (
    "DELETE FROM work_items WHERE tenant_id = $1",
    "DELETE FROM routing_passes WHERE tenant_id = $1",
    "DELETE FROM jobs WHERE tenant_id = $1",
    "DELETE FROM events WHERE tenant_id = $1 AND kind = 'work_items'",
    "UPDATE agent_presence SET used = 0, last_assigned_at = NULL WHERE tenant_id = $1",
)


async def batches(ground: Ground) -> list[Result]:
    """Decisions a second, committed."""
    memory.end_worker(ground)  # it would relay what ours tells, on the cores that are measured
    firm = await ground.found("routing", 0)
    number = 2_000 if ground.is_quick else 10_000
    async with ground.services.system(firm.id, reason="bench") as ctx:
        queue = await intake.queue_of(ctx, QueueChannel.PHONE)
    async with seeds.bulk(ground.addresses.superuser_dsn) as connection:
        await connection.execute(_PEOPLE, firm.id, AGENTS, SKILLS, CAPACITY)

    async def ours() -> float:
        await _fill(ground, firm, queue.id, number)
        walk, began = Walk(), time.perf_counter()
        done, more = 0, True
        while more:
            async with ground.services.system(firm.id, reason="bench") as ctx:
                page = await route_batch(ctx, walk, limit=BATCH)
            done, more = done + page.offered, page.more
        seconds = time.perf_counter() - began
        await _audit(ground, firm, done, number)
        return done / seconds

    async def floor() -> float:
        await _fill(ground, firm, queue.id, number)
        began = time.perf_counter()
        done = await greedy.route(ground.services.database.pool, firm.id, BATCH)
        seconds = time.perf_counter() - began
        await _audit(ground, firm, done, number)
        return done / seconds

    rounds = await alternate(ours, floor, ground.rounds)
    return [at_least(f"c  {number:,} items to {AGENTS} agents", rounds, "/s", 0.5)]


async def _fill(ground: Ground, firm: Firm, queue_id: UUID, number: int) -> None:
    async with seeds.bulk(ground.addresses.superuser_dsn) as connection:
        for statement in _CLEAR:
            await connection.execute(statement, firm.id)
        await connection.execute(_ITEMS, firm.id, queue_id, number, SKILLS)
        for table in ("work_items", "agent_presence", "routing_passes", "events", "jobs"):
            await connection.execute(f"VACUUM (ANALYZE) {table}")


async def _audit(ground: Ground, firm: Firm, done: int, number: int) -> None:
    """Nothing twice, nobody beyond their capacity, nothing lost; else the speed says nothing."""
    async with ground.superuser() as connection:
        row = await connection.fetchrow(
            """SELECT (SELECT count(*) FROM work_items WHERE tenant_id = $1 AND state = 'offered')
                        AS offered,
                      (SELECT count(*) FROM work_items WHERE tenant_id = $1) AS kept,
                      (SELECT count(*) FROM agent_presence a WHERE a.tenant_id = $1
                         AND (a.used > a.capacity OR a.used <> (
                           SELECT count(*) FROM work_items w WHERE w.tenant_id = $1
                              AND w.offered_to_id = a.profile_id))) AS wrong""",
            firm.id,
        )
    if row["wrong"] or row["kept"] != number or row["offered"] != done or done != number:
        raise RuntimeError(f"routing went wrong: {dict(row)}, decided {done} of {number}")


async def latency(ground: Ground) -> list[Result]:
    """From the commit of one item to its offer, with the real worker and nothing else to do; and
    from the answer to POST /cases to the offer, which is three steps further."""
    firm = await ground.found("latency", 0)
    await requests.serve(ground, ground.firms[0])
    await memory.worker(ground)
    async with seeds.bulk(ground.addresses.superuser_dsn) as connection:
        await connection.execute(_PEOPLE, firm.id, 1, 1, 1000)
    number = 20 if ground.is_quick else 100
    async with ground.superuser() as watcher:
        for _ in range(5):
            await _item_offered(ground, firm, watcher)  # the worker prepares its statements
        items = [await _item_offered(ground, firm, watcher) for _ in range(number)]
        cases = [await _case_offered(ground, firm, watcher) for _ in range(number // 2)]
    return [
        limit("c  commit of an item → offer, p95", quantile(items, 0.95), "ms", LATENCY_MS_MAX),
        told("c  commit of an item → offer, median", quantile(items, 0.5), "ms"),
        told("c  case created → offer, p95", quantile(cases, 0.95), "ms"),
        told("c  case created → offer, median", quantile(cases, 0.5), "ms"),
    ]


async def _item_offered(ground: Ground, firm: Firm, watcher: asyncpg.Connection) -> float:
    record_id = uuid7()
    async with ground.services.system(firm.id, reason="bench") as ctx:
        await intake.enter(
            ctx,
            WorkKind.CASES,
            record_id,
            channel=QueueChannel.PHONE,
            title="A call",
            customer_kind=CustomerKind.BUSINESS,
        )
    return await _until_offered(ground, firm, record_id, watcher)


async def _case_offered(ground: Ground, firm: Firm, watcher: asyncpg.Connection) -> float:
    reader, writer = await asyncio.open_connection(*ground.app.address)
    host = f"localhost:{ground.app.port}"
    writer.write(
        load.request(
            "POST", "/api/v1/cases", host=host, token=firm.agent_key, body=firm.case_body()
        )
    )
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    writer.close()
    record_id = UUID(head.partition("location: ")[2].split("\r\n")[0].rpartition("/")[2])
    return await _until_offered(ground, firm, record_id, watcher)


async def _until_offered(
    ground: Ground, firm: Firm, record_id: UUID, watcher: asyncpg.Connection
) -> float:
    """Milliseconds until the record's item is offered, asked for each millisecond."""
    began = time.perf_counter()
    while time.perf_counter() - began < WAIT_SECONDS_MAX:
        state = await watcher.fetchval(
            "SELECT state FROM work_items WHERE tenant_id = $1 AND record_id = $2",
            firm.id,
            record_id,
        )
        if state == "offered":
            milliseconds = (time.perf_counter() - began) * 1000
            await asyncio.sleep(0.03)  # let the worker finish what the offer set off
            return milliseconds
        await asyncio.sleep(0.001)
    raise RuntimeError(f"no offer in {WAIT_SECONDS_MAX} s:\n{ground.last_words('worker')}")
