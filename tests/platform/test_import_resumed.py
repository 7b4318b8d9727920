"""A worker dies in the middle of a file: the next one goes on where it stopped, and nothing is done
twice."""

from typing import Any
from uuid import UUID

import pytest

from backend.platform.transfers import walking
from backend.platform.transfers.importing import run_import
from infra.kernel.jobs import Fenced, JobRun
from tests.platform.carrying import ask, csv_of, faults_of
from tests.world import Tenant, World


class Killed(BaseException):
    """As if the process had gone."""


def companies(number: int) -> bytes:
    return csv_of(
        *({"name": f"C{n}", "code": "bad code" if n == 7 else f"C{n:04}"} for n in range(number))
    )


async def held(world: World, tenant: Tenant) -> JobRun:
    """The import's job as a worker holds it; whoever held it before has lost it."""
    async with world.services.database.transaction(tenant.id) as connection:
        row = await connection.fetchrow(
            """UPDATE jobs SET state = 'running', fence = fence + 1, attempts = attempts + 1,
                 lease_until = now() + interval '1 hour'
               WHERE tenant_id = $1 AND name = 'transfers.import' RETURNING id, fence""",
            tenant.id,
        )
    return JobRun(world.services, tenant.id, row["id"], "transfers.import", 1, 9, row["fence"])


async def count(world: World, tenant: Tenant) -> int:
    async with world.services.database.transaction(tenant.id) as connection:
        found: int = await connection.fetchval(
            "SELECT count(*) FROM accounts WHERE tenant_id = $1", tenant.id
        )
    return found


@pytest.mark.parametrize("killed_in", ["the rows", "the note of the place"])
async def test_a_killed_import_goes_on_with_the_next_row(
    world: World, monkeypatch: pytest.MonkeyPatch, killed_in: str
) -> None:
    tenant = await world.tenant()
    made = await ask(tenant.admin, "accounts", companies(55))
    monkeypatch.setattr(walking, "BATCH_ROWS", 10)
    batches = 0
    place: Any = walking.Batch.run if killed_in == "the rows" else walking.Walk._note

    async def dies(self: Any, *arguments: Any) -> Any:
        nonlocal batches
        batches += 1
        result = await place(self, *arguments)
        if batches == 3:
            raise Killed
        return result

    with monkeypatch.context() as patch:
        target = walking.Batch if killed_in == "the rows" else walking.Walk
        patch.setattr(target, place.__name__, dies)
        with pytest.raises(Killed):
            await run_import(await held(world, tenant), import_id=UUID(str(made["id"])))
    row = await tenant.admin.read("imports", made["id"])
    assert (row["state"], row["position"], row["created_count"]) == ("running", 20, 19)
    assert await count(world, tenant) == 19
    await run_import(await held(world, tenant), import_id=UUID(str(made["id"])))
    row = await tenant.admin.read("imports", made["id"])
    assert (row["state"], row["position"], row["created_count"]) == ("done", 55, 54)
    assert (row["failed_count"], await count(world, tenant)) == (1, 54)
    assert [f["row_number"] for f in await faults_of(tenant.admin, row)] == [8]


async def test_a_worker_that_lost_the_job_writes_no_row_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = await world.tenant()
    made = await ask(tenant.admin, "accounts", companies(30))
    monkeypatch.setattr(walking, "BATCH_ROWS", 10)
    slow = await held(world, tenant)
    run = walking.Batch.run
    batches = 0

    async def taken_over(self: Any, *arguments: Any) -> Any:
        nonlocal batches
        batches += 1
        if batches == 2:
            await held(world, tenant)
        return await run(self, *arguments)

    monkeypatch.setattr(walking.Batch, "run", taken_over)
    with pytest.raises(Fenced):
        await run_import(slow, import_id=UUID(str(made["id"])))
    row = await tenant.admin.read("imports", made["id"])
    assert (row["position"], await count(world, tenant)) == (10, 9)


async def test_cancelling_stops_a_running_import_between_batches(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = await world.tenant()
    made = await ask(tenant.admin, "accounts", companies(30))
    monkeypatch.setattr(walking, "BATCH_ROWS", 10)
    run = walking.Batch.run
    batches = 0

    async def cancelled(self: Any, *arguments: Any) -> Any:
        nonlocal batches
        batches += 1
        if batches == 3:
            await tenant.admin.do("imports.cancel", made["id"])
        return await run(self, *arguments)

    monkeypatch.setattr(walking.Batch, "run", cancelled)
    await run_import(await held(world, tenant), import_id=UUID(str(made["id"])))
    row = await tenant.admin.read("imports", made["id"])
    assert (row["state"], row["position"], row["created_count"]) == ("cancelled", 20, 19)
    assert await count(world, tenant) == 19
