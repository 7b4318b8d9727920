"""F2, F3, F15 and the workers' part of F4, F5, F20: killed, frozen, poisoned, stopped."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
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
from infra.kernel.errors import Unavailable
from infra.kernel.services import Services
from infra.kernel.transport import Transport
from infra.kernel.wakeups import Wakeups
from infra.kernel.watchdog import EXIT_CODE
from tests.kernel import workshop
from tests.kernel.test_jobs import all_done, is_dead
from tests.kernel.workshop import jobs, put, states, until, words, working


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


async def test_f5_flushed_redis_loses_no_job(services: Services, tenant: UUID) -> None:
    async with working(services):
        for number in range(30):
            await put(services, tenant, "write", arguments={"word": str(number)})
            if number % 5 == 0:
                await services.redis.flushdb()
        await until(lambda: all_done(services, tenant, "write"))
    assert sorted(map(int, await words(services, tenant))) == list(range(30))


async def test_f5_a_turn_that_runs_while_redis_is_flushed_is_waited_for_at_the_end(
    services: Services, tenant: UUID
) -> None:
    begun, told_again, may_end, ended = 0, asyncio.Event(), asyncio.Event(), False

    async def drain(tenant_id: UUID) -> None:
        nonlocal begun, ended
        begun += 1
        wakeups = services.get(Wakeups)
        await wakeups.clear(tenant_id)
        if begun == 1:
            await services.redis.flushdb()
            await wakeups.wake([tenant_id])
            await may_end.wait()
            ended = True
        else:
            told_again.set()

    await services.redis.flushdb()
    transport = Transport(services.settings.redis_url, drain, drains_max=4)
    listening = asyncio.create_task(transport.listen())
    await services.get(Wakeups).wake([tenant])
    await asyncio.wait_for(told_again.wait(), 10)
    transport.stop()
    settling = asyncio.create_task(transport.settle())
    await asyncio.sleep(0.2)
    assert not settling.done(), "the turn begun before the flush is forgotten"
    may_end.set()
    await settling
    await listening
    await transport.close()
    assert ended


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
