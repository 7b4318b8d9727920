"""What a process holds when nothing is asked of it."""

import asyncio

from bench import load, requests, seeds
from bench.ground import Child, Ground
from bench.results import Result, limit

MEGABYTES_MAX = 200
SETTLE_SECONDS = 3.0
_WAITING = {
    "events": "position IS NULL",
    "audit_entries": "seq IS NULL",
    "jobs": "state IN ('queued', 'running')",
}


async def worker(ground: Ground) -> Child:
    """The worker process, started once and at work."""
    if "worker" not in ground.children:
        await _leave_nothing_waiting(ground)
        await ground.start("worker", "bench.worker")
        await workers_beat(ground)
    return ground.children["worker"]


async def _leave_nothing_waiting(ground: Ground) -> None:
    """Forget what earlier paths left for a worker to do, tens of thousands of reactions to cases:
    what comes is measured on an idle system."""
    async with seeds.bulk(ground.addresses.superuser_dsn) as connection:
        for table, waiting in _WAITING.items():
            await connection.execute(f"DELETE FROM {table} WHERE {waiting}")
            await connection.execute(f"VACUUM (ANALYZE) {table}")


def end_worker(ground: Ground) -> None:
    """Have nobody work in the background while something else is measured."""
    if child := ground.children.pop("worker", None):
        child.end()


async def workers_beat(ground: Ground) -> None:
    """Wait until a worker has said its first word."""
    for _ in range(400):
        if [key async for key in ground.services.redis.scan_iter(match="atrium:worker:*")]:
            return
        await asyncio.sleep(0.05)
    raise RuntimeError(f"no worker works:\n{ground.last_words('worker')}")


async def at_rest(ground: Ground) -> list[Result]:
    """Both processes, the API's after its first few requests."""
    await requests.serve(ground, ground.firms[0])
    await worker(ground)
    ask = requests.asking(ground.app, "GET", "/api/v1/cases?limit=5", ground.firms[0].agent_key)
    await load.run(ground.app.address, ask, seconds=0.5, connections=4)
    await asyncio.sleep(SETTLE_SECONDS)
    api, working = ground.app.megabytes, ground.children["worker"].megabytes
    end_worker(ground)
    return [
        limit("memory  API process at rest", api, "MB", MEGABYTES_MAX),
        limit("memory  worker at rest", working, "MB", MEGABYTES_MAX),
    ]
