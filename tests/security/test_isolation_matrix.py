"""Every table × every verb × every way to be in the wrong tenant. The tables come from the catalog,
so a new one is in the matrix the minute it is migrated; one without a policy fails here."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from infra.kernel import config
from infra.kernel.config import Settings
from infra.kernel.database import Database, UnsafeRole
from infra.kernel.ids import uuid7
from infra.kernel.services import Services
from tests.world import World

LINT = Path(__file__).parents[2] / "infra" / "lint" / "citus_lint.sql"

TENANT_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id')
   AND coalesce(obj_description(c.oid, 'pg_class'), '') NOT LIKE 'citus:%' ORDER BY 1"""

COLUMNS = """
SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attgenerated <> '' AS made
  FROM pg_attribute a WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped"""


@pytest_asyncio.fixture
async def owner(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(settings.owner_dsn)
    yield connection
    await connection.close()


@pytest_asyncio.fixture
async def outsider(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """A bare connection under the application's role, as raw SQL would use it."""
    connection = await asyncpg.connect(settings.app_dsn)
    yield connection
    await connection.close()


async def tables_of(owner: asyncpg.Connection) -> list[str]:
    found = [row[0] for row in await owner.fetch(TENANT_TABLES)]
    assert len(found) > 40
    return found


@pytest_asyncio.fixture
async def lived_in(world: World) -> UUID:
    """A tenant with something in it."""
    tenant = await world.tenant()
    await tenant.account()
    await tenant.contact()
    consumer = await tenant.consumer()
    await consumer.do("cases.create", subject="The line is dead", description="Since Thursday")
    await world.work(tenant)
    return tenant.id


async def test_the_schema_meets_every_rule_for_citus(owner: asyncpg.Connection) -> None:
    found = await owner.fetch(LINT.read_text())
    toys = {"books", "shelves"}
    assert [dict(row) for row in found if row["obj"] not in toys] == []


async def test_no_table_shows_a_row_without_a_tenant(
    owner: asyncpg.Connection, outsider: asyncpg.Connection, lived_in: UUID
) -> None:
    for table in await tables_of(owner):
        assert await outsider.fetchval(f'SELECT count(*) FROM "{table}"') == 0, table


async def test_no_table_shows_or_changes_a_row_of_another_tenant(
    owner: asyncpg.Connection, services: Services, lived_in: UUID
) -> None:
    filled = 0
    for table in await tables_of(owner):
        there = await owner.fetchval(
            f'SELECT count(*) FROM "{table}" WHERE tenant_id = $1', lived_in
        )
        filled += bool(there)
        async with services.database.transaction(uuid7()) as foreign:
            told = f'FROM "{table}" WHERE tenant_id = $1'
            assert await foreign.fetchval(f"SELECT count(*) {told}", lived_in) == 0, table
            for verb in (
                f'UPDATE "{table}" SET tenant_id = tenant_id WHERE tenant_id = $1',
                f'DELETE FROM "{table}" WHERE tenant_id = $1',
            ):
                assert await refused_or_untouched(foreign, verb, lived_in), (table, verb)
        left = await owner.fetchval(
            f'SELECT count(*) FROM "{table}" WHERE tenant_id = $1', lived_in
        )
        assert left == there, table
    assert filled >= 18


async def refused_or_untouched(connection: asyncpg.Connection, sql: str, tenant: UUID) -> bool:
    """Nothing was reached: the policy hid it, or the role has no such right."""
    await connection.execute("SAVEPOINT attempt")
    try:
        return (await connection.execute(sql, tenant)).endswith(" 0")
    except asyncpg.InsufficientPrivilegeError:
        await connection.execute("ROLLBACK TO attempt")
        return True


async def test_no_table_takes_a_row_for_another_tenant(
    owner: asyncpg.Connection, services: Services, lived_in: UUID
) -> None:
    for table in await tables_of(owner):
        columns = await owner.fetch(COLUMNS, table)
        listed = ", ".join(f'"{c["name"]}"' for c in columns if not c["made"])
        values = ", ".join(
            "$1::uuid" if c["name"] == "tenant_id" else f"NULL::{c['type']}"
            for c in columns
            if not c["made"]
        )
        async with services.database.transaction(uuid7()) as foreign:
            await foreign.execute("SAVEPOINT attempt")
            with pytest.raises(asyncpg.PostgresError) as refused:
                await foreign.execute(
                    f'INSERT INTO "{table}" ({listed}) VALUES ({values})', lived_in
                )
            await foreign.execute("ROLLBACK TO attempt")
        # The policy is asked before constraints: it, and not a missing value, must have refused.
        assert isinstance(refused.value, asyncpg.InsufficientPrivilegeError), (table, refused.value)


async def test_a_reused_connection_remembers_no_tenant(
    owner: asyncpg.Connection, settings: Settings, lived_in: UUID
) -> None:
    database = await Database.connect(settings, size_max=1)
    try:
        async with database.transaction(lived_in) as connection:
            assert await connection.fetchval("SELECT count(*) FROM users") > 0
        for table in await tables_of(owner):
            async with database.transaction(None) as connection:
                assert await connection.fetchval(f'SELECT count(*) FROM "{table}"') == 0, table
            async with database.pool.acquire() as connection:
                assert await connection.fetchval(f'SELECT count(*) FROM "{table}"') == 0, table
    finally:
        await database.close()


async def test_a_failed_transaction_leaves_no_tenant_behind(
    settings: Settings, lived_in: UUID
) -> None:
    database = await Database.connect(settings, size_max=1)
    try:
        with pytest.raises(asyncpg.DivisionByZeroError):
            async with database.transaction(lived_in) as connection:
                await connection.execute("SELECT 1/0")
        async with database.pool.acquire() as connection:
            assert await connection.fetchval("SELECT count(*) FROM users") == 0
    finally:
        await database.close()


async def test_a_job_sees_its_own_tenant_only(world: World, lived_in: UUID) -> None:
    other = await world.tenant()
    async with world.services.system(other.id, reason="a job") as ctx:
        for resource in world.services.registry.resources.values():
            rows = await ctx.fetchval(
                f'SELECT count(*) FROM "{resource.table}" WHERE tenant_id = $1', lived_in
            )
            assert rows == 0, resource.name


async def test_a_hundred_tenants_on_sixteen_connections_never_mix(
    world: World, services: Services
) -> None:
    tenants = [uuid7() for _ in range(100)]
    for tenant in tenants:
        async with services.database.transaction(tenant) as connection:
            await connection.execute(
                "INSERT INTO tenant_state (tenant_id, id) VALUES ($1, $1)", tenant
            )

    async def look(tenant: UUID) -> Any:
        async with services.database.transaction(tenant) as connection:
            return await connection.fetch("SELECT tenant_id FROM tenant_state")

    for _ in range(3):
        found = await asyncio.gather(*(look(tenant) for tenant in tenants))
        assert [[row[0] for row in rows] for rows in found] == [[t] for t in tenants]


@pytest.mark.parametrize("dsn", ["owner_dsn", "superuser"])
async def test_start_up_refuses_a_role_that_could_see_past_the_policies(
    settings: Settings, servers: Any, dsn: str
) -> None:
    unsafe = settings.owner_dsn if dsn == "owner_dsn" else servers.superuser_dsn
    with pytest.raises(UnsafeRole):
        await Database.connect(config.Settings(app_dsn=unsafe, redis_url=settings.redis_url))


async def test_audit_cannot_be_rewritten_even_by_the_applications_role(
    services: Services, lived_in: UUID
) -> None:
    for sql in (
        "UPDATE audit_entries SET changes = '{}' WHERE tenant_id = $1",
        "DELETE FROM audit_entries WHERE tenant_id = $1",
        "UPDATE audit_entries SET seq = seq + 1000 WHERE tenant_id = $1",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with services.database.transaction(lived_in) as connection:
                await connection.execute(sql, lived_in)
