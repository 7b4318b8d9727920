"""A domain of jobs for the kernel's tests, and a worker of it as a process of its own."""

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from infra.kernel.config import Settings
from infra.kernel.context import Context
from infra.kernel.events import RecordedEvent
from infra.kernel.ids import uuid7
from infra.kernel.jobs import JobRun, job, periodic, reaction
from infra.kernel.registry import Domain, Registry
from infra.kernel.services import Services
from infra.kernel.wakeups import Wakeups
from infra.kernel.worker_loop import WorkerSettings, run_worker
from tests.kernel import toys

TABLE = """
CREATE TABLE effects (
  tenant_id uuid NOT NULL, id uuid NOT NULL, word text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (tenant_id, id));
CALL app_tenant_table('effects');
"""
STARTED: dict[str, float] = {}


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


@job("call", network=True, timeout_seconds=120)
async def call(run: JobRun, *, file: str, seconds: float) -> None:
    """Tells a file of its run, as a network call tells the other side, then takes its time."""
    with Path(file).open("a") as sink:  # noqa: ASYNC230
        sink.write(f"{run.id}\n")
    await asyncio.sleep(seconds)
    async with run.transaction() as ctx:
        await leave(ctx, f"called by {run.fence}")


@reaction("books.created")
async def shelve(ctx: Context, event: RecordedEvent) -> None:
    await leave(ctx, f"shelved {event.record_id}")


@periodic("dusting", every_seconds=86_400)
async def dust(ctx: Context) -> None:
    await leave(ctx, "dusted")


workshop = Domain(
    name="workshop",
    jobs=(noop, write, boom, endless, killer, call),
    reactions=(shelve,),
    periodic=(dust,),
)


def open_on(database: Any, settings: Settings, redis: Any) -> Services:
    services = Services(
        settings=settings,
        registry=Registry((toys.library, workshop)),
        database=database,
        redis=redis,
    )
    services.announce = Wakeups(redis, database).announce
    return services


async def put(services: Services, tenant_id: UUID, name: str, count: int = 1, **more: Any) -> None:
    """Queue jobs in one transaction, as an action would."""
    arguments = more.pop("arguments", {})
    async with services.system(tenant_id, reason="test") as ctx:
        for _ in range(count):
            ctx.enqueue(name, arguments, **more)


async def work(settings: Settings, worker: WorkerSettings) -> None:
    services = await Services.open(settings, Registry((toys.library, workshop)))
    services.announce = Wakeups(services.redis, services.database).announce
    await run_worker(services, worker)
    await services.close()


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    told["settings"]["data_dir"] = Path(told["settings"]["data_dir"])
    asyncio.run(work(Settings(**told["settings"]), WorkerSettings(**told["worker"])))
