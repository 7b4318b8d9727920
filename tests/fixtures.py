"""The application as tests reach it: one of each worker's, over its own database."""

from collections.abc import AsyncIterator

import httpx2
import pytest
import pytest_asyncio
from starlette.applications import Starlette

from backend.app import create_app
from infra.embedded.stack import Addresses
from infra.kernel.config import Settings
from infra.kernel.services import Services
from tests.world import World

OPERATOR_KEY = "operator-key-of-the-tests"


@pytest.fixture(scope="session")
def settings(stack: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        app_dsn=stack.app_dsn,
        owner_dsn=stack.owner_dsn,
        redis_url=stack.redis_url,
        operator_key=OPERATOR_KEY,
        secret_key="secret-of-the-tests",
        data_dir=tmp_path_factory.mktemp("data"),
        rate_limits=False,
    )


@pytest_asyncio.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[Starlette]:
    """The whole application, without background work: a test that wants it calls `world.work()`."""
    application = create_app(settings, with_worker=False)
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture(scope="session")
def services(app: Starlette) -> Services:
    found: Services = app.state.services
    return found


@pytest_asyncio.fixture
async def client(app: Starlette) -> AsyncIterator[httpx2.AsyncClient]:
    """Nobody: no credentials, the installation's own host."""
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost:8000") as opened:
        yield opened


@pytest_asyncio.fixture
async def world(services: Services, app: Starlette) -> AsyncIterator[World]:
    made = World(services, app)
    yield made
    await made.close()
