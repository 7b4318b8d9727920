import dataclasses
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from infra.embedded.stack import Addresses
from infra.kernel.access import Caller
from infra.kernel.config import Settings
from infra.kernel.ids import uuid7
from infra.kernel.registry import Registry
from infra.kernel.services import Services
from tests.kernel import toys


@pytest.fixture(scope="session")
def kernel_settings(stack: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        app_dsn=stack.app_dsn,
        owner_dsn=stack.owner_dsn,
        redis_url=stack.redis_url,
        operator_key="operator-key-of-the-tests",
        secret_key="secret-of-the-tests",
        data_dir=tmp_path_factory.mktemp("data"),
    )


@pytest_asyncio.fixture(scope="session")
async def library(kernel_settings: Settings) -> AsyncIterator[Services]:
    """The kernel over the toy domain."""
    owner = await asyncpg.connect(kernel_settings.owner_dsn)
    try:
        if not await owner.fetchval("SELECT to_regclass('public.books')"):
            await owner.execute(toys.TABLES)
    finally:
        await owner.close()
    services = await Services.open(kernel_settings, Registry((toys.library,)))
    yield services
    await services.close()


@pytest_asyncio.fixture
async def tenant(library: Services) -> UUID:
    tenant_id = uuid7()
    async with library.database.transaction(tenant_id) as connection:
        await connection.execute(
            "INSERT INTO tenants (id, slug, name) VALUES ($1, $2, 'A tenant')",
            tenant_id,
            f"t{tenant_id.hex[-20:]}",
        )
        await connection.execute(
            "INSERT INTO tenant_state (tenant_id, id) VALUES ($1, $1)", tenant_id
        )
    return tenant_id


def a_caller(tenant_id: UUID, *roles: str, audience: str = "staff", **attributes: Any) -> Caller:
    profile = uuid7()
    return Caller(
        tenant_id=tenant_id,
        audience=audience,
        user_id=uuid7(),
        profile_id=profile,
        profile_kind="staff" if audience == "staff" else "contact",
        name="Ada",
        roles=frozenset(roles),
        attributes={"profile_id": profile} | attributes,
    )


def scoped(caller: Caller, *scopes: str) -> Caller:
    return dataclasses.replace(caller, scopes=frozenset(scopes))
