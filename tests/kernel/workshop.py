"""A domain of jobs for the kernel's tests, and a worker of it as a process of its own."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from redis.asyncio import Redis

from infra.kernel import mail, webhooks
from infra.kernel.config import Settings
from infra.kernel.context import Context
from infra.kernel.events import RecordedEvent
from infra.kernel.ids import uuid7
from infra.kernel.jobs import JobRun, job, periodic, reaction
from infra.kernel.registry import Domain, Registry
from infra.kernel.services import Services
from infra.kernel.wakeups import Wakeups
from infra.kernel.worker_loop import Worker, WorkerSettings, run_worker
from tests.kernel import toys

TABLE = """
CREATE TABLE effects (
  tenant_id uuid NOT NULL, id uuid NOT NULL, word text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (tenant_id, id));
CALL app_tenant_table('effects');
"""
STARTED: dict[str, float] = {}
QUICK = WorkerSettings(lease_seconds=1.5, sweep_seconds=0.5, sweep_seconds_without_redis=0.3)


async def leave(ctx: Context, word: str) -> None:
    await ctx.execute(
        "INSERT INTO effects (tenant_id, id, word) VALUES ($1, $2, $3)",
        ctx.tenant_id,
        uuid7(),
        word,
    )


@job("noop", network=True)
async def noop(run: JobRun, *, mark: str = "") -> None:
    STARTED[mark] = time.monotonic()


@job("write")
async def write(ctx: Context, *, word: str, seconds: float = 0) -> None:
    await leave(ctx, word)
    await asyncio.sleep(seconds)


@job("boom", attempts_max=2)
async def boom(ctx: Context, *, word: str) -> None:
    await leave(ctx, word)
    raise RuntimeError("this job always fails")


@job("endless", attempts_max=1, timeout_seconds=0.2)
async def endless(ctx: Context) -> None:
    await asyncio.sleep(60)


@job("killer", attempts_max=2)
async def killer(ctx: Context) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@job("spin", attempts_max=1)
async def spin(ctx: Context) -> None:
    while True:
        pass


@job("call", network=True, timeout_seconds=120)
async def call(run: JobRun, *, file: str, seconds: float) -> None:
    """Tells a file of its run, as a network call tells the other side, then takes its time."""
    with Path(file).open("a") as sink:  # noqa: ASYNC230
        sink.write(f"{run.id}\n")
    await asyncio.sleep(seconds)
    async with run.transaction() as ctx:
        await leave(ctx, f"called by {run.fence}")


async def waits_for_the_disk(ctx: Context) -> bool:
    """Whether the transaction leaves the server's setting as it is, which tests turn off."""
    source = await ctx.fetchval(
        "SELECT source FROM pg_settings WHERE name = 'synchronous_commit' AND setting = 'off'"
    )
    return bool(source != "session")


@job("disk")
async def disk(ctx: Context) -> None:
    await leave(ctx, "waits" if await waits_for_the_disk(ctx) else "does not wait")


@job("disk outside", network=True)
async def disk_outside(run: JobRun) -> None:
    async with run.transaction() as ctx:
        waits = await waits_for_the_disk(ctx)
        await leave(ctx, "waits outside" if waits else "does not wait outside")
    async with run.transaction(durable=False) as ctx:
        waits = await waits_for_the_disk(ctx)
        await leave(ctx, "waits again" if waits else "need not wait")


@reaction("books.created")
async def shelve(ctx: Context, event: RecordedEvent) -> None:
    await leave(ctx, f"shelved {event.record_id}")


@reaction("books.piled")
async def sort_pile(ctx: Context, event: RecordedEvent) -> None:
    """What a reaction costs that thinks and writes, and wakes its tenant again."""
    for number in range(4):
        sum(range(20_000))
        await leave(ctx, f"sorted {number} of {event.record_id}")
    ctx.enqueue("noop", {}, key=f"sorted:{event.id}")


@periodic("dusting", every_seconds=86_400)
async def dust(ctx: Context) -> None:
    await leave(ctx, "dusted")


workshop = Domain(
    name="workshop",
    jobs=(
        noop,
        write,
        boom,
        endless,
        killer,
        spin,
        call,
        disk,
        disk_outside,
        mail.send,
        webhooks.deliver,
    ),
    reactions=(shelve, sort_pile),
    periodic=(dust,),
)


def open_on(database: Any, settings: Settings, redis: Any) -> Services:
    services = Services(
        settings=settings,
        registry=Registry((toys.library, workshop)),
        database=database,
        redis=redis,
    )
    services.provide(Wakeups(redis, database))
    services.announce = services.get(Wakeups).announce
    return services


async def put(services: Services, tenant_id: UUID, name: str, count: int = 1, **more: Any) -> None:
    """Queue jobs in one transaction, as an action would."""
    arguments = more.pop("arguments", {})
    async with services.system(tenant_id, reason="test") as ctx:
        for _ in range(count):
            ctx.enqueue(name, arguments, **more)


@contextlib.asynccontextmanager
async def opened(library: Services, settings: Settings) -> AsyncIterator[Services]:
    """The library's services with the workshop's jobs beside them."""
    owner = await asyncpg.connect(library.settings.owner_dsn)
    with contextlib.suppress(asyncpg.DuplicateTableError):
        await owner.execute(TABLE)
    await owner.close()
    redis: Any = Redis.from_url(settings.redis_url)
    services = open_on(library.database, settings, redis)
    yield services
    await services.get(Wakeups).settle()
    await redis.aclose()


@contextlib.asynccontextmanager
async def working(services: Services, settings: WorkerSettings = QUICK) -> AsyncIterator[Worker]:
    worker, stop = Worker(services, settings), asyncio.Event()
    task = asyncio.create_task(worker.run(stop))
    try:
        yield worker
    finally:
        stop.set()
        await task


async def another_tenant(services: Services) -> UUID:
    found = uuid7()
    async with services.database.transaction(None) as connection:
        await connection.execute(
            "INSERT INTO tenants (id, slug, name) VALUES ($1, $2, 'Quiet')",
            found,
            f"t{found.hex[-20:]}",
        )
    return found


async def words(services: Services, tenant: UUID) -> list[str]:
    async with services.database.transaction(tenant) as connection:
        rows = await connection.fetch(
            "SELECT word FROM effects WHERE tenant_id = $1 ORDER BY at", tenant
        )
    return [row["word"] for row in rows if row["word"] != "dusted"]


async def jobs(services: Services, tenant: UUID, name: str) -> list[Any]:
    async with services.database.transaction(tenant) as connection:
        rows: list[Any] = await connection.fetch(
            "SELECT * FROM jobs WHERE tenant_id = $1 AND name = $2 ORDER BY id", tenant, name
        )
    return rows


async def states(services: Services, tenant: UUID, name: str) -> list[str]:
    return [row["state"] for row in await jobs(services, tenant, name)]


async def until(check: Callable[[], Any], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not await check():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.02)


async def work(settings: Settings, worker: WorkerSettings) -> None:
    services = await Services.open(settings, Registry((toys.library, workshop)))
    services.announce = Wakeups(services.redis, services.database).announce
    await run_worker(services, worker)
    await services.close()


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    told["settings"]["data_dir"] = Path(told["settings"]["data_dir"])
    asyncio.run(work(Settings(**told["settings"]), WorkerSettings(**told["worker"])))
