"""Tenants take turns: whatever one of them has to do, the next waits for a turn and not for it."""

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import UUID

import pytest_asyncio

from infra.kernel.config import Settings
from infra.kernel.services import Services
from infra.kernel.wakeups import Wakeups
from infra.kernel.worker_loop import Worker, WorkerSettings
from tests.kernel import workshop
from tests.kernel.test_relay import a_relay
from tests.kernel.workshop import another_tenant, jobs, put, states, until, working

SLICE = WorkerSettings().slice_seconds
UNSWEPT = WorkerSettings(sweep_seconds=300)


@pytest_asyncio.fixture(scope="session")
async def services(library: Services, kernel_settings: Settings) -> AsyncIterator[Services]:
    async with workshop.opened(library, kernel_settings) as services:
        yield services


async def pile(services: Services, tenant: UUID, count: int) -> None:
    """Committed events that nobody has told yet, each with a reaction that works for a while."""
    async with services.database.transaction(tenant) as connection:
        await connection.execute(
            """INSERT INTO events (tenant_id, id, type, kind, record_id, at, actor, payload)
               SELECT $1, gen_random_uuid(), 'books.piled', 'books', gen_random_uuid(), now(),
                      '{"kind": "system", "name": "test"}', '{}'
                 FROM generate_series(1, $2::int)""",
            tenant,
            count,
        )


async def flood(services: Services, tenant: UUID, count: int) -> None:
    async with services.database.transaction(tenant) as connection:
        await connection.execute(
            """INSERT INTO jobs (tenant_id, id, name, run_at)
               SELECT $1, gen_random_uuid(), 'noop', now() FROM generate_series(1, $2::int)""",
            tenant,
            count,
        )


async def left(services: Services, tenant: UUID) -> int:
    async with services.database.transaction(tenant) as connection:
        count: int = await connection.fetchval(
            "SELECT count(*) FROM jobs WHERE tenant_id = $1 AND state IN ('queued', 'running')",
            tenant,
        )
    return count


async def unsorted(services: Services, tenant: UUID) -> bool:
    async with services.database.transaction(tenant) as connection:
        return bool(
            await connection.fetchval(
                """SELECT EXISTS (SELECT FROM events WHERE tenant_id = $1 AND position IS NULL)
                    OR EXISTS (SELECT FROM jobs WHERE tenant_id = $1 AND state = 'queued'
                               AND name LIKE 'reaction:%')""",
                tenant,
            )
        )


async def is_empty(services: Services, *tenants: UUID) -> bool:
    return not any([await left(services, tenant) for tenant in tenants])


async def test_a_backlog_of_events_makes_the_next_tenant_wait_a_turn_at_most(
    services: Services, tenant: UUID
) -> None:
    quiet = await another_tenant(services)
    await pile(services, tenant, 3_000)
    async with working(services, UNSWEPT):
        services.announce(tenant, None)
        await asyncio.sleep(0.5)
        delays = []
        for number in range(8):
            mark, began = f"turn {number} of {quiet}", time.monotonic()
            await put(services, quiet, "noop", arguments={"mark": mark})
            await until(lambda mark=mark: started(mark))  # type: ignore[misc]
            delays.append(workshop.STARTED[mark] - began)
        assert await unsorted(services, tenant), "the backlog ended too early"
    assert sorted(delays)[6] < 2 * SLICE, delays


async def started(mark: str) -> bool:
    return mark in workshop.STARTED


async def test_four_tenants_are_done_while_a_fifth_has_a_backlog_of_events(
    services: Services, tenant: UUID
) -> None:
    others = [await another_tenant(services) for _ in range(4)]
    await pile(services, tenant, 3_000)
    for other in others:
        await flood(services, other, 1_000)
    async with working(services, UNSWEPT):
        began = time.monotonic()
        await services.get(Wakeups).wake([tenant])
        await asyncio.sleep(0.5)
        await services.get(Wakeups).wake(others)
        await until(lambda: is_empty(services, *others), 60)
        took = time.monotonic() - began
        assert await unsorted(services, tenant), "the backlog ended too early"
    assert took < 12


async def test_a_tenant_has_one_turn_at_a_time_and_none_of_its_news_is_lost(
    services: Services, tenant: UUID
) -> None:
    worker = Worker(services, UNSWEPT)
    async with services.database.transaction(tenant) as connection:
        await connection.execute("INSERT INTO event_heads (tenant_id, id) VALUES ($1, $1)", tenant)
        await connection.execute("INSERT INTO audit_heads (tenant_id, id) VALUES ($1, $1)", tenant)
    await put(services, tenant, "write", arguments={"word": "slow", "seconds": 0.1})
    turn = asyncio.create_task(worker.drain(tenant))
    await asyncio.sleep(0.05)
    began = time.monotonic()
    await asyncio.gather(*(worker.drain(tenant) for _ in range(20)))
    assert time.monotonic() - began < 0.05, "a second turn waited for the first"
    await turn
    assert await states(services, tenant, "write") == ["done"]


async def test_a_relay_does_not_wait_for_another_one(services: Services, tenant: UUID) -> None:
    await pile(services, tenant, 2)
    await a_relay(services).run(tenant)
    await pile(services, tenant, 2)
    async with services.database.transaction(tenant) as connection:
        await connection.execute("SELECT FROM event_heads WHERE tenant_id = $1 FOR UPDATE", tenant)
        relayed = await a_relay(services).run(tenant)
    assert (relayed.elsewhere, relayed.events) == (True, ())
    assert len((await a_relay(services).run(tenant)).events) == 2


async def test_periodic_work_of_tenants_met_at_once_is_spread_and_comes_last(
    services: Services,
) -> None:
    tenants = [await another_tenant(services) for _ in range(12)]
    await Worker(services, UNSWEPT).sweep()
    due = [job for t in tenants for job in await jobs(services, t, "periodic:dusting")]
    moments = sorted(job["run_at"] for job in due)
    assert len(due) == 12
    assert {job["priority"] for job in due} == {9}
    assert (moments[-1] - moments[0]).total_seconds() > 60
