"""A tenant's transactions as the application opens them, and records with access to search in."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from pgvector.asyncpg import register_vector

from ai.embeddings import WordVectors
from infra.embedded.stack import Addresses
from infra.kernel.ids import uuid7

Opener = Callable[[UUID], Callable[[], AbstractAsyncContextManager[Any]]]

_RECORDS = """
CREATE TABLE IF NOT EXISTS advice_records (
  tenant_id uuid NOT NULL, id uuid NOT NULL, owner_id uuid, state text NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE INDEX IF NOT EXISTS advice_records_owner ON advice_records (tenant_id, owner_id, id);
"""


@pytest.fixture(scope="session")
def embedder() -> WordVectors:
    return WordVectors()


@pytest.fixture(scope="session")
async def pool(stack: Addresses) -> AsyncIterator[asyncpg.Pool]:
    owner = await asyncpg.connect(stack.owner_dsn)
    if not await owner.fetchval("SELECT to_regclass('advice_records')"):
        await owner.execute(_RECORDS)
        await owner.execute("CALL app_tenant_table('advice_records')")
    await owner.close()
    pool = await asyncpg.create_pool(
        stack.app_dsn, min_size=1, max_size=4, init=register_vector, server_settings={"jit": "off"}
    )
    yield pool
    await pool.close()


@pytest.fixture
def tenant_id() -> UUID:
    return uuid7()


@pytest.fixture
def opener(pool: asyncpg.Pool) -> Opener:
    """`opener(tenant)()` is a transaction bound to the tenant."""

    def bound(tenant: UUID) -> Callable[[], AbstractAsyncContextManager[Any]]:
        @asynccontextmanager
        async def transaction() -> AsyncIterator[Any]:
            async with pool.acquire() as connection, connection.transaction():
                await connection.execute(f"SET LOCAL app.tenant_id = '{tenant}'")
                yield connection

        return transaction

    return bound
