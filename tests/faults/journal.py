"""A client that notes what was acknowledged to it, and the ledger that it is held against."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx2
import orjson

from infra.kernel import audit_verify
from infra.kernel.audit_chain import ChainKey, export
from infra.kernel.config import Settings
from infra.kernel.database import Database

WRITERS = 4
RETRY_SECONDS_MAX = 20.0


@dataclass
class Journal:
    """Writes cases, each under an idempotency key that is its subject too."""

    base_url: str
    tenant_id: str
    token: str
    asked: set[str] = field(default_factory=set)
    acked: dict[str, dict[str, Any]] = field(default_factory=dict)
    refusals: list[int] = field(default_factory=list)
    broken: int = 0

    def client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            base_url=self.base_url, headers={"Authorization": f"Bearer {self.token}"}, timeout=20
        )

    @contextlib.asynccontextmanager
    async def writing(self, writers: int = WRITERS) -> AsyncIterator[None]:
        """Write on from several clients while the body runs."""
        stop = asyncio.Event()
        tasks = [asyncio.create_task(self._write_on(number, stop)) for number in range(writers)]
        try:
            yield
        finally:
            stop.set()
            await asyncio.gather(*tasks)

    async def _write_on(self, writer: int, stop: asyncio.Event) -> None:
        async with self.client() as client:
            for number in itertools.count():
                if stop.is_set():
                    return
                if not await self.ask(client, f"{writer}-{number}-{time.monotonic_ns()}"):
                    await asyncio.sleep(0.1)

    async def ask(self, client: httpx2.AsyncClient, key: str) -> bool:
        """Whether the case was acknowledged."""
        self.asked.add(key)
        try:
            answer = await client.post(
                f"{self.base_url}/api/v1/cases",
                json={"subject": key},
                headers={"Idempotency-Key": key},
            )
        except httpx2.HTTPError:
            self.broken += 1
            return False
        if answer.status_code != 201:
            self.refusals.append(answer.status_code)
            return False
        self.acked[key] = answer.json()
        return True

    async def enough(self, more: int, seconds: float = 40) -> None:
        """Wait until so many more are acknowledged."""
        wanted = len(self.acked) + more
        await until(lambda: _true(len(self.acked) >= wanted), seconds)

    async def settle(self) -> None:
        """Send again, under its key, whatever was not acknowledged."""
        async with self.client() as client:
            for key in sorted(self.asked - set(self.acked)):
                await until(lambda key=key: self.ask(client, key), RETRY_SECONDS_MAX)

    async def replays_are_the_first_answers(self, most: int = 20) -> None:
        async with self.client() as client:
            for key in sorted(self.acked)[:most]:
                before = self.acked[key]
                assert await self.ask(client, key)
                assert self.acked[key] == before


async def _true(value: bool) -> bool:
    return value


async def until(check: Callable[[], Awaitable[bool]], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not await check():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.05)


async def journal_of(base_url: str, settings: Settings, slug: str) -> Journal:
    """A journal of a new tenant on this server."""
    async with httpx2.AsyncClient(base_url=base_url, timeout=30) as operator:
        made = await operator.post(
            "/platform/v1/tenants",
            headers={"Authorization": f"Bearer {settings.operator_key}"},
            json={
                "slug": slug,
                "name": "Northlight",
                "admin_email": "admin@example.com",
                "admin_password": "correct horse battery staple",
            },
        )
    assert made.status_code == 201, made.text
    return Journal(base_url, made.json()["id"], made.json()["api_key"])


LEDGER = """
SELECT c.id, c.subject, c.number,
       (SELECT count(*) FROM events e WHERE e.tenant_id = c.tenant_id AND e.record_id = c.id
           AND e.type = 'cases.created') AS told,
       (SELECT count(*) FROM audit_entries a WHERE a.tenant_id = c.tenant_id AND a.record_id = c.id
           AND a.kind = 'cases' AND a.action = 'cases.create') AS noted,
       (SELECT count(*) FROM idempotency_keys k WHERE k.tenant_id = c.tenant_id
           AND k.key = c.subject) AS keyed,
       (SELECT count(*) FROM work_items w WHERE w.tenant_id = c.tenant_id
           AND w.record_id = c.id) AS offered
  FROM cases c WHERE c.tenant_id = $1
"""
WAITING = """
SELECT (SELECT count(*) FROM jobs WHERE tenant_id = $1 AND state IN ('queued', 'running')
           AND run_at <= now())
     + (SELECT count(*) FROM events WHERE tenant_id = $1 AND position IS NULL)
     + (SELECT count(*) FROM audit_entries WHERE tenant_id = $1 AND seq IS NULL)
"""
DEAD = "SELECT name, error FROM jobs WHERE tenant_id = $1 AND state = 'dead'"
POSITIONS = """
SELECT count(*) = coalesce(max(position), 0) AND count(*) = count(DISTINCT position)
  FROM events WHERE tenant_id = $1
"""


async def nothing_lost_or_doubled(
    journal: Journal, settings: Settings, *, seconds: float = 40
) -> None:
    """Each acknowledged write once, whole, followed by its effects; no half of any other."""
    owner = await asyncpg.connect(settings.owner_dsn)
    try:
        rows = await owner.fetch(LEDGER, journal.tenant_id)
        found = {row["subject"]: row for row in rows}
        assert len(found) == len(rows), "a write is there twice"
        assert set(found) == set(journal.acked)
        assert len({row["number"] for row in rows}) == len(rows)
        for subject, row in found.items():
            assert str(row["id"]) == journal.acked[subject]["id"]
            assert (row["told"], row["noted"], row["keyed"]) == (1, 1, 1), subject

        async def is_quiet() -> bool:
            return not await owner.fetchval(WAITING, journal.tenant_id)

        await until(is_quiet, seconds)
        assert await owner.fetch(DEAD, journal.tenant_id) == []
        assert await owner.fetchval(POSITIONS, journal.tenant_id)
        for row in await owner.fetch(LEDGER, journal.tenant_id):
            assert row["offered"] == 1, row["subject"]
    finally:
        await owner.close()
    await chain_is_whole(journal, settings)


async def chain_is_whole(journal: Journal, settings: Settings) -> None:
    database = await Database.connect(settings, size_max=1)
    try:
        key = ChainKey(settings.secret_key)
        lines = [line.decode() async for line in export(database, journal.tenant_id, key)]  # type: ignore[arg-type]
    finally:
        await database.close()
    assert orjson.loads(lines[0])["tenant_id"] == journal.tenant_id
    assert audit_verify.verify(lines, key.public).entries > 0
