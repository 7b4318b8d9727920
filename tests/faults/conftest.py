"""A database of its own for tests that harm one, and servers over it as processes."""

from collections.abc import Callable, Iterator

import pytest

from infra.embedded.stack import Addresses
from infra.kernel.config import Settings
from tests.conftest import migrated
from tests.faults.process import Server
from tests.kernel.conftest import kernel_settings, library, tenant

__all__ = ["kernel_settings", "library", "tenant"]


@pytest.fixture(scope="module")
def harmed(
    servers: Addresses,
    template: str,
    worker_number: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Settings]:
    """Settings over a migrated database that only this module uses."""
    with migrated(servers, template, "harmed", 100 + worker_number) as addresses:
        yield settings_over(addresses, tmp_path_factory)


def settings_over(addresses: Addresses, places: pytest.TempPathFactory) -> Settings:
    return Settings(
        app_dsn=addresses.app_dsn,
        owner_dsn=addresses.owner_dsn,
        redis_url=addresses.redis_url,
        operator_key="operator-key-of-the-tests",
        secret_key="secret-of-the-tests",
        data_dir=places.mktemp("data"),
    )


@pytest.fixture
def process() -> Iterator[Callable[..., Server]]:
    """Starts servers, and ends them."""
    begun: list[Server] = []

    def start(settings: Settings, **more: str) -> Server:
        begun.append(Server(settings, **more))
        begun[-1].start()
        return begun[-1]

    yield start
    for server in begun:
        server.end()
