"""Fixtures of this floor, for its own tests and for those of its break-ins."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from infra.embedded.stack import Addresses
from infra.kernel.config import Settings
from infra.kernel.egress import Egress
from infra.kernel.operations import domain as kernel
from infra.kernel.registry import Registry
from infra.kernel.services import Services
from tenants.domain import domain
from tenants.furnishing import furnish
from tests.tenants.house import OPERATOR_KEY, House, Tenant, application


@pytest_asyncio.fixture(scope="session")
async def house(stack: Addresses, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    settings = Settings(
        app_dsn=stack.app_dsn,
        owner_dsn=stack.owner_dsn,
        redis_url=stack.redis_url,
        operator_key=OPERATOR_KEY,
        secret_key="secret-of-the-tests",
        data_dir=tmp_path_factory.mktemp("house"),
        egress_allow_private=tuple(f"localhost:{port}" for port in range(18711, 18751)),
    )
    services = await Services.open(settings, Registry((kernel, domain)))
    furnish(services)
    yield House(services, application(services))
    await services.get(Egress).aclose()
    await services.close()


@pytest_asyncio.fixture
async def acme(house: House) -> Tenant:
    return await house.tenant()


@pytest_asyncio.fixture
async def other(house: House) -> Tenant:
    return await house.tenant()
