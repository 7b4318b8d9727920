"""Work is rows: nothing is lost, nothing in the database happens twice, whatever dies."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from redis.asyncio import Redis

from infra.embedded.stack import Addresses
from infra.kernel.config import Settings
from infra.kernel.errors import NotFound, Unavailable
from infra.kernel.health import WORKER_HEARTBEAT
from infra.kernel.ids import uuid7
from infra.kernel.jobs import JobNotDead, JobNotQueued, backoff_seconds, cancel, requeue
from infra.kernel.leases import Leases
from infra.kernel.services import Services
from infra.kernel.telemetry import METRICS
from infra.kernel.watchdog import EXIT_CODE
from infra.kernel.worker_loop import Worker, WorkerSettings, live_workers
from tests.kernel import workshop
from tests.kernel.workshop import (
    QUICK,
    another_tenant,
    jobs,
    put,
    states,
    until,
    words,
    working,
)


@pytest_asyncio.fixture(scope="session")
async def services(library: Services, kernel_settings: Settings) -> AsyncIterator[Services]:
    async with workshop.opened(library, kernel_settings) as services:
        yield services


@pytest.fixture
def process(kernel_settings: Settings) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts workers as processes of their own, and ends them."""
    begun: list[subprocess.Popen[bytes]] = []

    def start(**more: Any) -> subprocess.Popen[bytes]:
        settings = {
            name: str(getattr(kernel_settings, name))
            for name in ("app_dsn", "redis_url", "secret_key", "data_dir")
        }
        worker = {"lease_seconds": 1.5, "sweep_seconds": 0.5} | more
        told = json.dumps({"settings": settings, "worker": worker})
        begun.append(subprocess.Popen([sys.executable, "-m", "tests.kernel.workshop", told]))
        return begun[-1]

    yield start
    for one in begun:
        with contextlib.suppress(ProcessLookupError):
            os.kill(one.pid, signal.SIGCONT)
        one.kill()
        one.wait()


async def all_done(services: Services, tenant: UUID, name: str) -> bool:
    return set(await states(services, tenant, name)) == {"done"}


async def test_a_queued_job_runs_soon_after_commit(services: Services, tenant: UUID) -> None:
    async with working(services):
        await asyncio.sleep(0.2)
        began = time.monotonic()
        await put(services, tenant, "write", arguments={"word": "once"})
        await until(lambda: all_done(services, tenant, "write"))
        assert time.monotonic() - began < 1
    assert await words(services, tenant) == ["once"]


async def test_a_job_of_an_undone_transaction_never_runs(services: Services, tenant: UUID) -> None:
    with pytest.raises(RuntimeError):  # noqa: PT012  the refusal comes at commit
        async with services.system(tenant, reason="test") as ctx:
            ctx.enqueue("write", {"word": "never"})
            await ctx.flush()
            raise RuntimeError
    assert await states(services, tenant, "write") == []


async def test_a_failing_job_is_dead_after_its_attempts_and_leaves_nothing(
    services: Services, tenant: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.kernel.leases.backoff_seconds", lambda _attempt: 0.05)
    await put(services, tenant, "boom", arguments={"word": "half"}, attempts_max=2)
    await put(services, tenant, "write", arguments={"word": "neighbour"})
    async with working(services):
        await until(lambda: is_dead(services, tenant, "boom"))
        await until(lambda: all_done(services, tenant, "write"))
    [row] = await jobs(services, tenant, "boom")
    assert row["attempts"] == 2
    assert "this job always fails" in row["error"]
    assert await words(services, tenant) == ["neighbour"]


async def is_dead(services: Services, tenant: UUID, name: str) -> bool:
    return set(await states(services, tenant, name)) == {"dead"}


async def test_a_dead_job_can_be_queued_again_and_a_waiting_one_cancelled(
    services: Services, tenant: UUID
) -> None:
    await put(services, tenant, "endless", attempts_max=1)
    async with working(services):
        await until(lambda: is_dead(services, tenant, "endless"))
    [row] = await jobs(services, tenant, "endless")
    assert row["error"] == "TimeoutError: it took longer than it may"
    async with services.system(tenant, reason="test") as ctx:
        with pytest.raises(JobNotQueued):
            await cancel(ctx, row["id"])
        await requeue(ctx, row["id"])
        with pytest.raises(JobNotDead):
            await requeue(ctx, row["id"])
        await cancel(ctx, row["id"])
        with pytest.raises(NotFound):
            await cancel(ctx, uuid7())
    assert await states(services, tenant, "endless") == ["cancelled"]


async def test_arguments_that_do_not_fit_are_no_reason_to_try_again(
    services: Services, tenant: UUID
) -> None:
    await put(services, tenant, "write", arguments={"words": 1})
    async with working(services):
        await until(lambda: is_dead(services, tenant, "write"))
    [row] = await jobs(services, tenant, "write")
    assert row["attempts"] == 1


async def test_work_for_later_runs_at_its_time(services: Services, tenant: UUID) -> None:
    async with working(services, WorkerSettings(sweep_seconds=60)):
        await asyncio.sleep(0.2)
        now = services.database.now()
        at = now.__class__.fromtimestamp(now.timestamp() + 0.6, now.tzinfo)
        await put(services, tenant, "write", arguments={"word": "later"}, run_at=at)
        await asyncio.sleep(0.3)
        assert await words(services, tenant) == []
        await until(lambda: all_done(services, tenant, "write"), 3)
    [row] = await jobs(services, tenant, "write")
    assert -0.05 <= (row["finished_at"] - at).total_seconds() < 0.5


async def test_the_same_key_waits_once(services: Services, tenant: UUID) -> None:
    await asyncio.gather(
        *(put(services, tenant, "write", arguments={"word": "one"}, key="k") for _ in range(20))
    )
    async with working(services):
        await until(lambda: all_done(services, tenant, "write"))
    assert await words(services, tenant) == ["one"]


async def test_f5_flushed_redis_loses_no_job(services: Services, tenant: UUID) -> None:
    async with working(services):
        for number in range(30):
            await put(services, tenant, "write", arguments={"word": str(number)})
            if number % 5 == 0:
                await services.redis.flushdb()
        await until(lambda: all_done(services, tenant, "write"))
    assert sorted(map(int, await words(services, tenant))) == list(range(30))


async def test_f5_without_redis_work_goes_on_later(
    services: Services, kernel_settings: Settings, tenant: UUID
) -> None:
    gone: Any = Redis.from_url("redis://127.0.0.1:1/0")
    settings = Settings(**{**vars(kernel_settings), "redis_url": "redis://127.0.0.1:1/0"})
    alone = workshop.open_on(services.database, settings, gone)
    await put(alone, tenant, "write", arguments={"word": "quietly"})
    async with working(alone):
        await until(lambda: all_done(services, tenant, "write"))
    assert await words(services, tenant) == ["quietly"]
    await gone.aclose()


async def test_f4_cut_database_connections_lose_and_double_nothing(
    services: Services, tenant: UUID, stack: Addresses
) -> None:
    async with working(services):
        for number in range(120):
            await put(services, tenant, "write", arguments={"word": str(number), "seconds": 0.01})
        for _ in range(4):
            await asyncio.sleep(0.15)
            await cut_connections(stack)
        await until(lambda: settled(services, tenant), 30)
    assert sorted(map(int, await words(services, tenant))) == list(range(120))


async def cut_connections(stack: Addresses) -> None:
    connection = await asyncpg.connect(stack.superuser_dsn)
    await connection.execute(
        """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE usename = 'app_rw' AND datname = current_database()"""
    )
    await connection.close()


async def settled(services: Services, tenant: UUID) -> bool:
    with contextlib.suppress(Unavailable):
        return await all_done(services, tenant, "write")
    return False


@pytest.mark.slow
async def test_f2_killed_worker_in_mid_job_is_followed_by_another(
    services: Services, tenant: UUID, process: Callable[..., Any], tmp_path: Path
) -> None:
    sink = tmp_path / "sink"
    await put(services, tenant, "call", arguments={"file": str(sink), "seconds": 1.0})
    await put(services, tenant, "write", arguments={"word": "slow", "seconds": 1.0})
    first = process()
    await until(lambda: exists(sink))
    first.send_signal(signal.SIGKILL)
    process()
    await until(lambda: all_done(services, tenant, "call"))
    await until(lambda: all_done(services, tenant, "write"))
    told = await words(services, tenant)
    assert sorted(told) == ["called by 2", "slow"]
    assert len(set(sink.read_text().split())) == 1, "the effect names the same key both times"


async def exists(path: Path) -> bool:
    return path.exists()  # noqa: ASYNC240


@pytest.mark.slow
async def test_f3_frozen_worker_changes_nothing_when_it_wakes(
    services: Services, tenant: UUID, process: Callable[..., Any], tmp_path: Path
) -> None:
    sink = tmp_path / "sink"
    await put(services, tenant, "call", arguments={"file": str(sink), "seconds": 0.8})
    first = process()
    await until(lambda: exists(sink))
    first.send_signal(signal.SIGSTOP)
    process()
    await until(lambda: all_done(services, tenant, "call"))
    first.send_signal(signal.SIGCONT)
    await asyncio.sleep(1.5)
    assert await words(services, tenant) == ["called by 2"]
    [row] = await jobs(services, tenant, "call")
    assert (row["state"], row["fence"]) == ("done", 2)


@pytest.mark.slow
async def test_f15_a_job_that_kills_its_worker_ends_dead_and_its_neighbours_are_done(
    services: Services, tenant: UUID, process: Callable[..., Any]
) -> None:
    await put(services, tenant, "killer", attempts_max=2)
    await put(services, tenant, "write", 5, arguments={"word": "neighbour"})
    worker = process()

    async def over() -> bool:
        nonlocal worker
        if worker.poll() is not None:
            worker = process()
        return await is_dead(services, tenant, "killer")

    await until(over, 40)
    await until(lambda: all_done(services, tenant, "write"))
    [row] = await jobs(services, tenant, "killer")
    assert row["attempts"] == 2
    assert row["error"].startswith("lost:")
    assert await words(services, tenant) == ["neighbour"] * 5


@pytest.mark.slow
async def test_f15_a_job_that_computes_forever_ends_its_worker_and_is_dead(
    services: Services, tenant: UUID, process: Callable[..., Any]
) -> None:
    await put(services, tenant, "spin", attempts_max=1)
    worker = process(stuck_seconds=1.0)
    code = await asyncio.to_thread(worker.wait, 20)
    assert code == EXIT_CODE
    process()
    await until(lambda: is_dead(services, tenant, "spin"))


@pytest.mark.slow
async def test_f20_a_stopped_worker_gives_back_what_it_could_not_finish(
    services: Services, tenant: UUID, process: Callable[..., Any]
) -> None:
    await put(services, tenant, "write", arguments={"word": "long", "seconds": 3.0})
    worker = process(grace_seconds=0.2)
    await until(lambda: is_running(services, tenant, "write"))
    worker.terminate()
    assert worker.wait(10) == 0
    [row] = await jobs(services, tenant, "write")
    assert (row["state"], row["attempts"]) == ("queued", 0)


async def is_running(services: Services, tenant: UUID, name: str) -> bool:
    return "running" in await states(services, tenant, name)


async def test_a_flood_of_one_tenant_does_not_delay_another(
    services: Services, tenant: UUID
) -> None:
    quiet = await another_tenant(services)
    async with services.database.transaction(tenant) as connection:
        await connection.execute(
            """INSERT INTO jobs (tenant_id, id, name, arguments, run_at)
               SELECT $1, gen_random_uuid(), 'write', '{"word": "flood"}', now()
                 FROM generate_series(1, 5000) RETURNING 1""",
            tenant,
        )
    async with working(services):
        services.announce(tenant, None)
        await asyncio.sleep(0.5)
        delays = []
        for number in range(10):
            began = time.monotonic()
            await put(services, quiet, "noop", arguments={"mark": f"quiet {number}"})
            await until(lambda: all_done(services, quiet, "noop"))
            delays.append(workshop.STARTED[f"quiet {number}"] - began)
        assert "queued" in await states(services, tenant, "write"), "the flood ended too early"
    assert sorted(delays)[8] < 0.3


async def test_periodic_work_runs_once_a_period_for_each_tenant(
    services: Services, tenant: UUID
) -> None:
    workers = [Worker(services, QUICK) for _ in range(3)]
    await asyncio.gather(*(worker.sweep() for worker in workers))
    assert len(await jobs(services, tenant, "periodic:dusting")) == 1


async def test_a_living_worker_is_heard_of(services: Services) -> None:
    async with working(services) as worker:
        await until(lambda: heard(services, worker.name))
    assert not await heard(services, worker.name)


async def heard(services: Services, name: str) -> bool:
    return name in {told["worker"] for told in await live_workers(services.redis)}


async def test_a_late_worker_cannot_finish_fail_or_release_what_another_holds(
    services: Services, tenant: UUID
) -> None:
    await put(services, tenant, "noop")
    late = Leases(services.database, "late", -1)
    other = Leases(services.database, "other", 30)
    [held] = await late.claim(tenant, 10)
    assert await other.claim(tenant, 10) == [], "a lost job is claimed alone"
    [taken] = await other.claim(tenant, 1, suspect=True)
    assert taken.fence == held.fence + 1
    await late.finish(tenant, [held])
    await late.fail(held, "late", final=True)
    await late.release(tenant, [held])
    await late.renew(tenant, [held])
    [row] = await jobs(services, tenant, "noop")
    assert (row["state"], row["worker"], row["fence"]) == ("running", "other", 2)


def test_pauses_between_attempts_grow_and_differ() -> None:
    pauses = [backoff_seconds(attempt) for attempt in (1, 4, 30)]
    assert 1 <= pauses[0] <= 2
    assert 8 <= pauses[1] <= 16
    assert 1800 <= pauses[2] <= 3600
    assert len({backoff_seconds(5) for _ in range(5)}) == 5


async def test_operators_see_how_long_jobs_waited_and_which_gave_up(services: Services) -> None:
    def told(metric: str, **labels: str) -> float:
        return METRICS.get_sample_value(metric, labels) or 0.0

    tenant = await another_tenant(services)
    waits, dead = told("atrium_job_wait_seconds_count"), told("atrium_jobs_dead_total", name="boom")
    failed = told("atrium_jobs_run_total", name="boom", outcome="failed")
    async with working(services):
        await put(services, tenant, "boom", arguments={"word": "x"}, attempts_max=1)
        await put(services, tenant, "noop")
        await until(lambda: _ended(services, tenant))
        assert await services.redis.exists(WORKER_HEARTBEAT)
    assert told("atrium_job_wait_seconds_count") >= waits + 2
    assert told("atrium_jobs_dead_total", name="boom") == dead + 1
    assert told("atrium_jobs_run_total", name="boom", outcome="failed") == failed + 1


async def _ended(services: Services, tenant: UUID) -> bool:
    return [await states(services, tenant, name) for name in ("boom", "noop")] == [
        ["dead"],
        ["done"],
    ]
