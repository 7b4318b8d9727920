"""The servers and secrets a command works with: those of the environment, or our own.

A variable that is set wins. What is missing is filled in: an embedded server for a missing DSN, and
for an installation on embedded servers the secrets kept in its home, so that sessions outlive a
restart.
"""

import contextlib
import os
import secrets
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from infra.embedded.errors import StackError
from infra.embedded.place import default_home
from infra.embedded.stack import Stack

DATABASE_VARIABLES = ("ATRIUM_OWNER_DSN", "ATRIUM_APP_DSN")
REDIS_VARIABLE = "ATRIUM_REDIS_URL"
KEPT_SECRETS = ("ATRIUM_SECRET_KEY", "ATRIUM_OPERATOR_KEY")


@contextlib.contextmanager
def servers(*, redis: bool = True) -> Iterator[None]:
    """Have every address in the environment, and stop at the end what was started for it."""
    signal.signal(signal.SIGTERM, leave)
    own_database = not any(os.environ.get(name) for name in DATABASE_VARIABLES)
    own_redis = (redis or own_database) and not os.environ.get(REDIS_VARIABLE)
    if not (own_database or own_redis):
        yield
        return
    refuse_in_production(own_database=own_database)
    stack = Stack(default_home(), postgres=own_database, redis=own_redis)
    found_running = stack.running()
    addresses = stack.start()
    try:
        if own_database:
            os.environ["ATRIUM_OWNER_DSN"] = addresses.owner_dsn
            os.environ["ATRIUM_APP_DSN"] = addresses.app_dsn
            fill_in(stack.home)
        if own_redis:
            os.environ[REDIS_VARIABLE] = addresses.redis_url
        yield
    finally:
        if not found_running:
            stack.stop()


def refuse_in_production(*, own_database: bool) -> None:
    """A forgotten variable must not put a production's data into a server for trying things out."""
    if os.environ.get("ATRIUM_ENV") == "production":
        missing = "ATRIUM_APP_DSN" if own_database else REDIS_VARIABLE
        raise StackError(f"{missing} is not set, and production does not run on embedded servers.")


def leave(_number: int, _frame: FrameType | None) -> None:
    """Turn SIGTERM into an exit that unwinds, so that the servers are stopped on the way out."""
    sys.exit(143)


def fill_in(home: Path) -> None:
    """The settings that an embedded installation keeps for itself."""
    os.environ.setdefault("ATRIUM_DATA_DIR", str(home / "data"))
    for name in KEPT_SECRETS:
        if not os.environ.get(name):
            os.environ[name] = kept_secret(home / name.removeprefix("ATRIUM_").lower())


def kept_secret(path: Path) -> str:
    """A secret made at the first start and readable by its owner only."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):  # another process was faster
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()


def owner_dsn() -> str:
    """The DSN for migrations; an installation that only serves need not have it."""
    if dsn := os.environ.get("ATRIUM_OWNER_DSN"):
        return dsn
    sys.exit("ATRIUM_OWNER_DSN is not set, and this command needs the owner of the tables.")
