"""What has had its time is forgotten, in order, and whoever comes back too late is told so."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from infra.kernel import upkeep
from infra.kernel.config import Settings
from infra.kernel.errors import Gone
from infra.kernel.event_log import read_events
from infra.kernel.ids import uuid7
from infra.kernel.live import LiveHub
from infra.kernel.mail import queue_mail
from infra.kernel.services import Services
from tests.kernel import workshop
from tests.kernel.conftest import a_caller
from tests.kernel.test_live import listen
from tests.kernel.test_relay import a_book, a_relay
from tests.kernel.workshop import another_tenant, jobs, put


@pytest_asyncio.fixture(scope="session")
async def services(library: Services, kernel_settings: Settings) -> AsyncIterator[Services]:
    async with workshop.opened(library, kernel_settings) as services:
        yield services


async def prune(services: Services, tenant: UUID) -> None:
    async with services.system(tenant, reason="test") as ctx:
        await upkeep.prune(ctx)


async def change(services: Services, tenant: UUID, sql: str, *values: Any) -> None:
    async with services.system(tenant, reason="test") as ctx:
        await ctx.execute(sql, tenant, *values)


async def aged_log(services: Services, tenant: UUID, books: int, old: int) -> None:
    """A log of so many events, the first of them older than is kept."""
    for _ in range(books):
        await a_book(services, tenant)
    await a_relay(services).run(tenant)
    await change(
        services,
        tenant,
        "UPDATE events SET at = at - interval '31 days' WHERE tenant_id = $1 AND position <= $2",
        old,
    )


async def kept(services: Services, tenant: UUID) -> list[int]:
    page = await read_events(services, a_caller(tenant, "librarian"))
    return [event["position"] for event in page.data]


async def test_events_are_kept_for_thirty_days(services: Services, tenant: UUID) -> None:
    await aged_log(services, tenant, books=5, old=3)
    await prune(services, tenant)
    assert await kept(services, tenant) == [4, 5]


async def test_the_log_never_loses_a_piece_of_its_middle(services: Services, tenant: UUID) -> None:
    await aged_log(services, tenant, books=3, old=3)
    recent = "UPDATE events SET at = now() WHERE tenant_id = $1 AND position = 2"
    await change(services, tenant, recent)
    await prune(services, tenant)
    assert await kept(services, tenant) == [2, 3]


async def test_many_batches_are_forgotten_in_one_go(
    services: Services, tenant: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "BATCH", 2)
    await aged_log(services, tenant, books=7, old=5)
    await prune(services, tenant)
    assert await kept(services, tenant) == [6, 7]


async def test_a_reader_who_missed_forgotten_events_is_told_so(
    services: Services, tenant: UUID
) -> None:
    await aged_log(services, tenant, books=4, old=2)
    await prune(services, tenant)
    librarian = a_caller(tenant, "librarian")
    for lost in (0, 1):
        with pytest.raises(Gone):
            await read_events(services, librarian, after=lost)
    page = await read_events(services, librarian, after=2)
    assert [event["position"] for event in page.data] == [3, 4]
    assert (await read_events(services, librarian, after=4)).data == []


async def test_a_stream_that_resumes_behind_the_log_is_reset(
    services: Services, tenant: UUID
) -> None:
    await aged_log(services, tenant, books=4, old=3)
    await prune(services, tenant)
    hub = LiveHub(services)
    late = await listen(hub, a_caller(tenant, "librarian"), after=1)
    on_time = await listen(hub, a_caller(tenant, "librarian"), after=3)
    assert [event["position"] for event in await on_time.wait(1)] == [4]
    await asyncio.sleep(0.05)
    assert "event: reset" in late.text
    assert "books.created" not in late.text
    await late.leave()
    await on_time.leave()
    await hub.close()


async def test_letters_jobs_and_answers_are_forgotten_in_their_time(services: Services) -> None:
    tenant = await another_tenant(services)
    async with services.system(tenant, reason="test") as ctx:
        for _ in range(3):
            await queue_mail(ctx, to="maya@example.com", subject="Hello", text="Hello")
        for _ in range(2):
            await ctx.execute(
                """INSERT INTO idempotency_keys (tenant_id, id, caller, key, fingerprint, status,
                     body) VALUES ($1, $2, 'maya', $2::uuid::text, '', 201, '')""",
                tenant,
                uuid7(),
            )
    await put(services, tenant, "noop", 3)
    for sql in (
        """UPDATE outbound_mails SET state = 'sent', sent_at = now() - interval '91 days'
           WHERE tenant_id = $1 AND id = (SELECT id FROM outbound_mails LIMIT 1)""",
        """UPDATE outbound_mails SET created_at = now() - interval '91 days'
           WHERE tenant_id = $1 AND state = 'queued'""",
        """UPDATE idempotency_keys SET created_at = now() - interval '25 hours'
           WHERE tenant_id = $1 AND id = (SELECT id FROM idempotency_keys LIMIT 1)""",
        """UPDATE jobs SET state = 'done', finished_at = now() - interval '8 days'
           WHERE tenant_id = $1 AND id = (SELECT id FROM jobs WHERE name = 'noop' LIMIT 1)""",
    ):
        await change(services, tenant, sql)
    await prune(services, tenant)
    async with services.system(tenant, reason="test") as ctx:
        letters = await ctx.fetchval(
            "SELECT count(*) FROM outbound_mails WHERE tenant_id = $1", tenant
        )
        answers = await ctx.fetchval(
            "SELECT count(*) FROM idempotency_keys WHERE tenant_id = $1", tenant
        )
    assert (letters, answers, len(await jobs(services, tenant, "noop"))) == (2, 1, 2)
