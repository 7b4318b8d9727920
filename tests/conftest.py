"""What every test has: real servers of this run, a database and a Redis number of this worker,
loopback only.

The servers start when the first test asks for them, once for all xdist workers, in a directory that
goes with the run; they end with the process that pytest was started as, however that ends.
"""

import asyncio
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from infra.embedded.place import find_place
from infra.embedded.stack import Addresses, Stack
from infra.migrations import runner
from tests.guards import browser_skip_reason, external_skip_reason, loopback_only

RUN_HOME = "ATRIUM_TEST_HOME"
PATRON = "ATRIUM_TEST_PATRON"
TEMPLATE = "atrium_template"


def pytest_configure(config: pytest.Config) -> None:
    if not is_worker(config):
        # Open to traverse, closed to list: as root the servers run as a user without rights.
        home = Path(tempfile.mkdtemp(prefix="atrium-test-"))
        home.chmod(0o711)
        os.environ[RUN_HOME], os.environ[PATRON] = str(home), str(os.getpid())
    loopback_only()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not is_worker(config) and (home := os.environ.pop(RUN_HOME, None)):
        stack = Stack(Path(home))
        if stack.running():
            sockets = find_place(stack.home).sockets
            stack.stop()
            shutil.rmtree(sockets, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


def is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reasons = {"browser": browser_skip_reason(), "external": external_skip_reason()}
    for item in items:
        for marker, reason in reasons.items():
            if reason and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def servers() -> Addresses:
    """The servers of this run and a migrated template, made by the first worker that asks."""
    home = Path(os.environ[RUN_HOME])
    with (home / "tests.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        addresses = Stack(home, durable=False).start(patron=int(os.environ[PATRON]))
        if not (home / "migrated").exists():
            asyncio.run(make_template(addresses))
            (home / "migrated").touch()
    return addresses


@pytest.fixture(scope="session")
def stack(servers: Addresses, worker_number: int) -> Addresses:
    """This worker's own database, migrated, and its own Redis number."""
    place = find_place(Path(os.environ[RUN_HOME]))
    addresses = Addresses.at(place, f"atrium_test_{worker_number}", worker_number)
    asyncio.run(copy_template(servers, f"atrium_test_{worker_number}"))
    return addresses


@pytest.fixture(scope="session")
def worker_number(request: pytest.FixtureRequest) -> int:
    """0 without xdist, else the number of this worker from 1."""
    name = os.environ.get("PYTEST_XDIST_WORKER", "")
    return int(name.removeprefix("gw")) + 1 if name else 0


@pytest.fixture
def empty_database(servers: Addresses) -> Iterator[Addresses]:
    """A database with the extensions and nothing else, gone after the test."""
    name = f"empty_{os.getpid()}_{os.urandom(3).hex()}"
    where = replace(
        servers,
        owner_dsn=servers.owner_dsn.replace("/atrium?", f"/{name}?"),
        app_dsn=servers.app_dsn.replace("/atrium?", f"/{name}?"),
        superuser_dsn=servers.superuser_dsn.replace("/atrium?", f"/{name}?"),
    )
    owner = "OWNER atrium_owner STRATEGY file_copy"
    asyncio.run(as_superuser(servers, f"CREATE DATABASE {name} {owner}"))
    yield where
    asyncio.run(as_superuser(servers, f"DROP DATABASE {name} WITH (FORCE)"))


async def make_template(servers: Addresses) -> None:
    await as_superuser(servers, f"CREATE DATABASE {TEMPLATE} OWNER atrium_owner STRATEGY file_copy")
    await runner.migrate(servers.owner_dsn.replace("/atrium?", f"/{TEMPLATE}?"))


async def copy_template(servers: Addresses, name: str) -> None:
    await as_superuser(
        servers,
        f"CREATE DATABASE {name} OWNER atrium_owner TEMPLATE {TEMPLATE} STRATEGY file_copy",
    )


async def as_superuser(servers: Addresses, statement: str) -> None:
    connection = await asyncpg.connect(servers.superuser_dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
