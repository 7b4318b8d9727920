"""The town of the story, once for the module that plays it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from infra.embedded.stack import Addresses
from infra.kernel.config import Settings
from tests.conftest import migrated
from tests.portals.screen import chromium
from tests.story.town import Town, a_town
from tests.story.watching import shots_in

__all__ = ["chromium"]


@pytest.fixture(scope="module")
def ground(
    servers: Addresses,
    template: str,
    worker_number: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Settings]:
    """Settings over a migrated database that only the story uses."""
    with migrated(servers, template, "story", 150 + worker_number) as addresses:
        yield Settings(
            app_dsn=addresses.app_dsn,
            owner_dsn=addresses.owner_dsn,
            redis_url=addresses.redis_url,
            operator_key="operator-key-of-the-tests",
            secret_key="secret-of-the-tests",
            data_dir=tmp_path_factory.mktemp("data"),
        )


@pytest_asyncio.fixture(scope="module")
async def town(ground: Settings) -> AsyncIterator[Town]:
    async with a_town(ground) as opened:
        yield opened


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shots_in(tmp_path_factory.mktemp("shots"))
