"""What every test has: real servers of this run, a database and a Redis number of this worker,
loopback only.

The servers start when the first test asks for them, once for all processes of the run, in a
directory that goes with it. A run is one pytest with its xdist workers, or all that `tests.run`
starts; the servers end with the process that began it, however that ends.
"""

import asyncio
import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
import redis

from infra.embedded.place import find_place
from infra.embedded.stack import Addresses, Stack
from infra.migrations import runner
from tests.alone import ALONE
from tests.guards import browser_skip_reason, external_skip_reason, loopback_only

pytest_plugins = ["tests.fixtures"]

RUN_HOME = "ATRIUM_TEST_HOME"
PATRON = "ATRIUM_TEST_PATRON"
LANE = "ATRIUM_TEST_LANE"
TEMPLATE = "atrium_template"
BEGUN_HERE = pytest.StashKey[contextlib.ExitStack]()
CREATE, OWNED = "CREATE DATABASE", "OWNER atrium_owner STRATEGY file_copy"


def pytest_configure(config: pytest.Config) -> None:
    if RUN_HOME not in os.environ:
        config.stash[BEGUN_HERE] = contextlib.ExitStack()
        config.stash[BEGUN_HERE].enter_context(a_run())
    loopback_only()


def pytest_unconfigure(config: pytest.Config) -> None:
    if begun := config.stash.get(BEGUN_HERE, None):
        begun.close()


@contextlib.contextmanager
def a_run() -> Iterator[None]:
    """The directory of a run's servers, told to every process below this one by the environment."""
    # Open to traverse, closed to list: as root the servers run as a user without rights.
    home = Path(tempfile.mkdtemp(prefix="atrium-test-"))
    home.chmod(0o711)
    os.environ |= {RUN_HOME: str(home), PATRON: str(os.getpid())}
    try:
        yield
    finally:
        del os.environ[RUN_HOME], os.environ[PATRON]
        Stack(home).erase()


def run_home() -> Path:
    return Path(os.environ[RUN_HOME])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reasons = {"browser": browser_skip_reason(), "external": external_skip_reason()}
    for item in items:
        if item.nodeid.startswith(ALONE) or item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.alone)
        for marker, reason in reasons.items():
            if reason and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def servers() -> Addresses:
    """The servers of this run, started by the first worker that asks."""
    return Stack(run_home(), durable=False).start(patron=int(os.environ[PATRON]))


@pytest.fixture(scope="session")
def template(servers: Addresses) -> str:
    """The name of a migrated database, made by the first worker that asks."""
    with (run_home() / "template.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Asked anew: when this worker opened the file another may still have been making it.
        if not lock.seek(0, os.SEEK_END):
            asyncio.run(make_template(servers))
            lock.write("made\n")
    return TEMPLATE


@pytest.fixture(scope="session")
def stack(servers: Addresses, template: str, worker_number: int) -> Iterator[Addresses]:
    """This process's own database, migrated, and its own Redis number."""
    with migrated(servers, template, "test", worker_number) as addresses:
        yield addresses


@pytest.fixture(scope="session")
def worker_number(request: pytest.FixtureRequest) -> int:
    """The number of this process among those that run at a time: of its lane in `tests.run`, or
    of the xdist worker from 1, or 0."""
    name = os.environ.get("PYTEST_XDIST_WORKER", "")
    return int(name.removeprefix("gw")) + 1 if name else int(os.environ.get(LANE, "0"))


@contextlib.contextmanager
def migrated(
    servers: Addresses, template: str, purpose: str, redis_number: int
) -> Iterator[Addresses]:
    """A migrated database until the end of the block, and a Redis number with nothing in it."""
    name = f"{purpose}_{os.getpid()}_{os.urandom(3).hex()}"
    asyncio.run(as_superuser(servers, f"{CREATE} {name} {OWNED} TEMPLATE {template}"))
    addresses = Addresses.at(find_place(run_home()), name, redis_number)
    with redis.Redis.from_url(addresses.redis_url) as store:
        store.flushdb()
    yield addresses
    asyncio.run(as_superuser(servers, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def empty_database(servers: Addresses) -> Iterator[Addresses]:
    """A database with the extensions and nothing else, gone after the test."""
    name = f"empty_{os.getpid()}_{os.urandom(3).hex()}"
    asyncio.run(as_superuser(servers, f"{CREATE} {name} {OWNED}"))
    yield Addresses.at(find_place(run_home()), name)
    asyncio.run(as_superuser(servers, f"DROP DATABASE {name} WITH (FORCE)"))


async def make_template(servers: Addresses) -> None:
    await as_superuser(servers, f"DROP DATABASE IF EXISTS {TEMPLATE}")
    await as_superuser(servers, f"{CREATE} {TEMPLATE} {OWNED}")
    await runner.migrate(servers.owner_dsn.replace("/atrium?", f"/{TEMPLATE}?"))


async def as_superuser(servers: Addresses, statement: str) -> None:
    connection = await asyncpg.connect(servers.superuser_dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
