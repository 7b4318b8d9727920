"""Jobs: how soon one starts after its commit, and how many that do nothing pass in a second."""

import asyncio
import time
from typing import Any

from bench import domain, memory
from bench.ground import Firm, Ground
from bench.results import Result, limit, quantile, reach, told
from infra.kernel.wakeups import Wakeups

START_MS_MAX = 20.0
PER_SECOND_MIN = 3_000.0
TENANTS = 4

_QUEUE = """
INSERT INTO jobs (tenant_id, id, name, run_at)
SELECT $1, uuidv7(), 'bench.nothing', now() FROM generate_series(1, $2::int)
"""


async def jobs(ground: Ground) -> list[Result]:
    """The floor of a start is a push onto a Redis list that somebody waits on."""
    await memory.worker(ground)
    firms = [await ground.found(f"jobs-{n}", 0) for n in range(TENANTS)]
    number = 20 if ground.is_quick else 100
    starts = [await _start(ground, firms[0]) for _ in range(number)]
    bare = [await _bare(ground) for _ in range(number)]
    each = 1_000 if ground.is_quick else 5_000
    rates = [await _rate(ground, firms, each) for _ in range(2)]
    alone = await _rate(ground, firms[:1], each)
    return [
        limit(
            "jobs  commit → start, p95", quantile(starts, 0.95), "ms", START_MS_MAX,
            quantile(bare, 0.95),
        ),
        told("jobs  commit → start, median", quantile(starts, 0.5), "ms", quantile(bare, 0.5)),
        reach(f"jobs  no-op jobs of {TENANTS} tenants", max(rates), "/s", PER_SECOND_MIN),
        told("jobs  no-op jobs of one tenant", alone, "/s"),
    ]  # fmt: skip


async def _start(ground: Ground, firm: Firm) -> float:
    """Milliseconds from a commit to the job's first line, by the one monotonic clock."""
    async with ground.services.system(firm.id, reason="bench") as ctx:
        ctx.enqueue("bench.mark", {})
    committed = time.monotonic()
    redis: Any = ground.services.redis  # typed for both of its worlds
    told_ = await redis.blpop([domain.STARTED], timeout=1)
    if told_ is None:
        raise RuntimeError(f"the job did not start:\n{ground.last_words('worker')}")
    await asyncio.sleep(0.03)
    return max(0.0, (float(told_[1]) - committed) * 1000)


async def _bare(ground: Ground) -> float:
    redis: Any = ground.services.redis
    waiting = asyncio.create_task(redis.blpop(["bench:bare"], timeout=1))
    await asyncio.sleep(0.005)
    began = time.monotonic()
    await redis.rpush("bench:bare", "1")
    await waiting
    return (time.monotonic() - began) * 1000


async def _rate(ground: Ground, firms: list[Firm], each: int) -> float:
    async with ground.superuser() as connection:
        for firm in firms:
            await connection.execute(_QUEUE, firm.id, each)
        await connection.execute("ANALYZE jobs")
        began = time.perf_counter()
        await ground.services.get(Wakeups).wake([firm.id for firm in firms])
        while await connection.fetchval(
            "SELECT EXISTS (SELECT FROM jobs WHERE name = 'bench.nothing' "
            "AND state IN ('queued', 'running') AND tenant_id = ANY ($1::uuid[]))",
            [firm.id for firm in firms],
        ):
            if time.perf_counter() - began > 60:
                raise RuntimeError(f"jobs are left:\n{ground.last_words('worker')}")
            await asyncio.sleep(0.02)
    return each * len(firms) / (time.perf_counter() - began)
