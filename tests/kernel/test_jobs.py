"""Work is rows: nothing is lost, nothing in the database happens twice, whatever dies."""

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from infra.kernel.config import Settings
from infra.kernel.database import Finishing
from infra.kernel.errors import NotFound
from infra.kernel.health import WORKER_HEARTBEAT
from infra.kernel.ids import uuid7
from infra.kernel.jobs import JobNotDead, JobNotQueued, backoff_seconds, cancel, requeue
from infra.kernel.leases import Leases
from infra.kernel.services import Services
from infra.kernel.telemetry import METRICS
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
        at = now.__class__.fromtimestamp(now.timestamp() + 1.5, now.tzinfo)
        await put(services, tenant, "write", arguments={"word": "later"}, run_at=at)
        await asyncio.sleep(0.3)
        assert await words(services, tenant) == []
        await until(lambda: all_done(services, tenant, "write"), 5)
    [row] = await jobs(services, tenant, "write")
    assert -0.05 <= (row["finished_at"] - at).total_seconds() < 1.5


async def test_the_same_key_waits_once(services: Services, tenant: UUID) -> None:
    await asyncio.gather(
        *(put(services, tenant, "write", arguments={"word": "one"}, key="k") for _ in range(20))
    )
    async with working(services):
        await until(lambda: all_done(services, tenant, "write"))
    assert await words(services, tenant) == ["one"]


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


async def test_a_job_that_was_taken_away_meanwhile_leaves_nothing(
    services: Services, tenant: UUID
) -> None:
    await put(services, tenant, "write", arguments={"word": "unused"})
    [held] = await Leases(services.database, "slow", 30).claim(tenant, 1)
    late = Finishing(held.id, held.fence - 1)
    with pytest.raises(asyncpg.PostgresError, match="no longer held"):
        async with services.system(tenant, reason="test", finishing=late) as ctx:
            await workshop.leave(ctx, "too late")
    assert await words(services, tenant) == []
    assert await states(services, tenant, "write") == ["running"]
    finishing = Finishing(held.id, held.fence)
    async with services.system(tenant, reason="test", finishing=finishing) as ctx:
        await workshop.leave(ctx, "in time")
    assert await words(services, tenant) == ["in time"]
    assert await states(services, tenant, "write") == ["done"]


async def test_what_a_job_does_waits_for_no_disk_and_what_others_promise_does(
    services: Services, tenant: UUID
) -> None:
    async with working(services):
        await put(services, tenant, "disk")
        await put(services, tenant, "disk outside")
        await until(lambda: all_done(services, tenant, "disk"))
        await until(lambda: all_done(services, tenant, "disk outside"))
    assert sorted(await words(services, tenant)) == [
        "does not wait",
        "need not wait",
        "waits outside",
    ]


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
