"""F12 and F13: the database takes no writes, or has no connection free."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx2
import pytest_asyncio

from infra.embedded.stack import Addresses
from infra.kernel.config import Settings
from infra.kernel.database import Database
from tests.conftest import as_superuser
from tests.faults.journal import journal_of, nothing_lost_or_doubled, until
from tests.faults.process import Server

LIMITS = {
    "statement_timeout": "15s",
    "idle_in_transaction_session_timeout": "30s",
    "lock_timeout": "10s",
}


async def statuses(client: httpx2.AsyncClient, path: str, count: int) -> list[httpx2.Response]:
    return list(await asyncio.gather(*(client.get(path) for _ in range(count))))


@contextlib.asynccontextmanager
async def read_only(servers: Addresses, settings: Settings) -> AsyncIterator[None]:
    name = urlsplit(settings.app_dsn).path.removeprefix("/")
    cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    await as_superuser(servers, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await as_superuser(servers, cut)
    try:
        yield
    finally:
        await as_superuser(servers, f"ALTER DATABASE {name} RESET default_transaction_read_only")
        await as_superuser(servers, cut)


async def test_f12_a_database_that_takes_no_writes_is_still_read(
    harmed: Settings, process: Callable[..., Server], servers: Addresses
) -> None:
    server = process(harmed)
    journal = await journal_of(server.base_url, harmed, "read-only")
    async with journal.client() as client:
        assert await journal.ask(client, "before")
        async with read_only(servers, harmed):

            async def reads_again() -> bool:
                return (await client.get("/api/v1/cases")).status_code == 200

            await until(reads_again, 10)
            for _ in range(3):
                answer = await client.post("/api/v1/accounts", json={"name": "No", "code": "NO"})
                assert answer.status_code == 503
                assert int(answer.headers["retry-after"]) >= 1
                assert answer.json()["type"].startswith("/problems/")
            number = journal.acked["before"]["number"]
            assert (await client.get(f"/api/v1/cases/{number}")).status_code == 200
            assert (await client.get("/api/v1/search?q=before")).status_code == 200
        await until(lambda: journal.ask(client, "after"), 20)
    await nothing_lost_or_doubled(journal, harmed)


@pytest_asyncio.fixture
async def locked(harmed: Settings) -> AsyncIterator[Any]:
    """Somebody holds a table, so that whoever reads it holds a connection."""
    owner = await asyncpg.connect(harmed.owner_dsn)
    holding = owner.transaction()

    async def hold() -> None:
        await holding.start()
        await owner.execute("LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE")

    yield hold, holding.rollback
    await owner.close()


async def test_f13_without_a_free_connection_the_answer_is_quick_and_says_when(
    harmed: Settings, process: Callable[..., Server], locked: Any
) -> None:
    hold, let_go = locked
    server = process(harmed, ATRIUM_POOL_SIZE="4", ATRIUM_INLINE_WORKER="0")
    journal = await journal_of(server.base_url, harmed, "crowded")
    async with journal.client() as client:
        assert (await client.get("/api/v1/accounts")).status_code == 200
        await hold()
        stuck = asyncio.create_task(statuses(client, "/api/v1/accounts", 4))
        await asyncio.sleep(0.3)
        began = time.monotonic()
        late = asyncio.create_task(statuses(client, "/api/v1/contacts", 3))
        health = await client.get("/health/ready", timeout=10)
        assert health.status_code == 200, "the health address needs none of them"
        for answer in await late:
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) >= 1
        assert time.monotonic() - began < 9
        await let_go()
        freed = time.monotonic()
        assert {answer.status_code for answer in await stuck} <= {200, 409, 503}
        assert (await client.get("/api/v1/accounts")).status_code == 200
        assert time.monotonic() - freed < 5


async def test_f13_whoever_holds_a_connection_and_does_nothing_loses_it(harmed: Settings) -> None:
    database = await Database.connect(harmed, size_max=1)
    try:
        async with database.transaction(None) as connection:
            for name, value in LIMITS.items():
                assert await connection.fetchval(f"SHOW {name}") == value
    finally:
        await database.close()
