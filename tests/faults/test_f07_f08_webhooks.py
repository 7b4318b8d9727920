"""F7, F8: the other side of a webhook is slow, broken, gone, or told the same twice."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import pytest
import pytest_asyncio

from infra.kernel.config import Settings
from infra.kernel.services import Services
from tests.kernel import workshop
from tests.kernel.sink import Sink, listening, status
from tests.kernel.test_webhooks import a_book, a_webhook, deliveries, in_state
from tests.kernel.workshop import another_tenant, jobs, until, working


@pytest_asyncio.fixture
async def sink() -> AsyncIterator[Sink]:
    async with listening() as found:
        yield found


@pytest_asyncio.fixture
async def services(
    library: Services, kernel_settings: Settings, sink: Sink
) -> AsyncIterator[Services]:
    settings = replace(kernel_settings, egress_allow_private=(sink.place,))
    async with workshop.opened(library, settings) as services:
        yield services


async def test_f8_a_failing_endpoint_is_tried_again_with_the_same_id_and_body(
    services: Services, tenant: UUID, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.kernel.leases.backoff_seconds", lambda _attempt: 0.05)
    sink.answer = lambda count: status(500 if count < 3 else 200, body=b"our secret words")
    await a_webhook(services, tenant, sink.url)
    async with working(services):
        await a_book(services, tenant)
        await until(lambda: in_state(services, tenant, "delivered"))
    assert len(sink.heard) == 3
    assert len({(headers["webhook-id"], body) for headers, body in sink.heard}) == 1
    [row] = await deliveries(services, tenant)
    assert (row["attempts"], row["status"], row["error"]) == (3, 200, None)


async def test_f8_what_never_succeeds_is_dead_in_sight_and_tells_no_more_than_the_status(
    services: Services, tenant: UUID, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.kernel.leases.backoff_seconds", lambda _attempt: 0.01)
    sink.answer = lambda _: status(500, body=b"our secret words")
    await a_webhook(services, tenant, sink.url)
    async with working(services):
        await a_book(services, tenant)
        await until(lambda: in_state(services, tenant, "dead"))
    [row] = await deliveries(services, tenant)
    assert (row["status"], row["error"], row["attempts"]) == (500, "the endpoint answered 500", 12)
    [job] = await jobs(services, tenant, "webhooks.deliver")
    assert job["state"] == "dead"
    assert "secret" not in job["error"]


async def test_f8_an_endpoint_that_is_gone_is_switched_off(
    services: Services, tenant: UUID, sink: Sink
) -> None:
    sink.answer = lambda _: status(410)
    hook, _ = await a_webhook(services, tenant, sink.url)
    async with working(services):
        await a_book(services, tenant)
        await until(lambda: in_state(services, tenant, "dead"))
        await a_book(services, tenant)
        await asyncio.sleep(0.2)
    assert len(sink.heard) == 1
    async with services.database.transaction(tenant) as connection:
        row = await connection.fetchrow(
            "SELECT active, disabled_reason FROM webhooks WHERE tenant_id = $1 AND id = $2",
            tenant,
            hook,
        )
    assert tuple(row) == (False, "the endpoint answered 410 Gone")


async def test_f8_a_hanging_endpoint_of_one_tenant_keeps_no_other_waiting(
    services: Services, tenant: UUID, sink: Sink
) -> None:
    neighbour = await another_tenant(services)
    async with listening() as hanging:
        hanging.pause_seconds = 30
        allowed = replace(services.settings, egress_allow_private=(sink.place, hanging.place))
        beside = workshop.open_on(services.database, allowed, services.redis)
        await a_webhook(beside, tenant, hanging.url)
        await a_webhook(beside, neighbour, sink.url)
        async with working(beside):
            for _ in range(20):
                await a_book(beside, tenant)
            await until(lambda: heard(hanging))
            await a_book(beside, neighbour)
            await until(lambda: in_state(beside, neighbour, "delivered"), 10)
    assert len(sink.heard) == 1


async def heard(sink: Sink) -> bool:
    return bool(sink.heard)


async def test_f7_an_event_that_is_relayed_again_is_told_once(
    services: Services, tenant: UUID, sink: Sink
) -> None:
    await a_webhook(services, tenant, sink.url)
    async with working(services):
        await a_book(services, tenant)
        await until(lambda: in_state(services, tenant, "delivered"))
    async with services.database.transaction(tenant) as connection:
        await connection.execute(
            """UPDATE event_heads SET position = 0 WHERE tenant_id = $1""", tenant
        )
        await connection.execute("UPDATE events SET position = NULL WHERE tenant_id = $1", tenant)
    async with working(services):
        await asyncio.sleep(1)
    assert len(sink.heard) == 1
