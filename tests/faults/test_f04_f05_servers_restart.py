"""F4 and F5: PostgreSQL restarts under load, Redis is emptied, restarted, gone."""

import asyncio
import contextlib
import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from redis import Redis

from infra.embedded.place import find_place
from infra.embedded.stack import Stack
from infra.kernel.config import Settings
from infra.migrations import runner
from tests.faults.conftest import settings_over
from tests.faults.journal import Journal, journal_of, nothing_lost_or_doubled, until
from tests.faults.process import Server

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture(scope="module")
def own_stack() -> Iterator[Stack]:
    """Servers of this module, which keep what they promise to keep."""
    home = Path(tempfile.mkdtemp(prefix="atrium-faults-"))
    home.chmod(0o711)
    stack = Stack(home, durable=True)
    yield stack
    stack.erase()


@pytest.fixture(scope="module")
def fragile(own_stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    addresses = own_stack.start()
    asyncio.run(runner.migrate(addresses.owner_dsn))
    return settings_over(addresses, tmp_path_factory)


def postgres_pid(stack: Stack) -> int:
    return int((find_place(stack.home).data / "postmaster.pid").read_text().split()[0])


def is_another(stack: Stack, before: int) -> bool:
    """Whether another server than before runs; between the two there is none."""
    with contextlib.suppress(OSError, IndexError):
        return postgres_pid(stack) != before
    return False


async def readiness(journal: Journal) -> int:
    async with journal.client() as client:
        return (await client.get("/health/ready")).status_code


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "immediate"])
async def test_f4_a_restart_of_the_database_loses_nothing_and_needs_no_other(
    own_stack: Stack, fragile: Settings, process: Callable[..., Server], how: signal.Signals
) -> None:
    server = process(fragile)
    journal = await journal_of(server.base_url, fragile, f"restart-{how.name.lower()}")
    before = postgres_pid(own_stack)
    async with journal.writing():
        await journal.enough(15)
        assert await readiness(journal) == 200
        os.kill(before, how)
        seen: set[int] = set()

        async def is_back() -> bool:
            seen.add(await readiness(journal))
            return is_another(own_stack, before) and await readiness(journal) == 200

        await until(is_back, 30)
        assert seen <= {200, 503}
        await journal.enough(15)
    assert journal.broken == 0, "the API answers while the database is away"
    assert set(journal.refusals) <= {503}
    await journal.settle()
    await journal.replays_are_the_first_answers()
    await nothing_lost_or_doubled(journal, fragile)


async def test_f5_emptied_and_killed_redis_loses_no_work(
    fragile: Settings, process: Callable[..., Server]
) -> None:
    server = process(fragile)
    journal = await journal_of(server.base_url, fragile, "emptied")
    redis = Redis.from_url(fragile.redis_url)
    async with journal.writing():
        for _ in range(3):
            await journal.enough(5)
            redis.flushall()
        with contextlib.suppress(OSError):
            os.kill(int(redis.info("server")["process_id"]), signal.SIGKILL)  # type: ignore[index]
        await journal.enough(10)
    redis.close()
    assert journal.broken == 0
    assert journal.refusals == []
    await journal.settle()
    await nothing_lost_or_doubled(journal, fragile)


async def test_f5_without_redis_the_api_serves_works_later_and_still_limits(
    fragile: Settings, process: Callable[..., Server]
) -> None:
    server = process(fragile, ATRIUM_REDIS_URL=NOWHERE, ATRIUM_RATE_LIMITS="on")
    journal = await journal_of(server.base_url, fragile, "alone")
    async with journal.writing(writers=2):
        await journal.enough(10)
    assert journal.broken == 0
    assert journal.refusals == []
    assert await readiness(journal) == 200, await unready(journal)
    await journal.settle()
    await nothing_lost_or_doubled(journal, fragile)
    answers = await tries(server)
    assert set(answers) == {401, 429}
    assert answers[-1] == 429, "limits are never open"


async def tries(server: Server, count: int = 14) -> list[int]:
    """Wrong passwords, one after another, for one account from one address."""
    host = {"Host": f"alone.localhost:{server.port}"}
    async with httpx2.AsyncClient(base_url=server.base_url, headers=host, timeout=20) as stranger:
        body = {"email": "admin@example.com", "password": "not the password"}
        return [(await stranger.post("/auth/sign-in", json=body)).status_code for _ in range(count)]


async def unready(journal: Journal) -> str:
    async with journal.client() as client:
        return (await client.get("/health/ready")).text
