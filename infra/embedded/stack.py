"""The embedded servers as one thing: start, stop, status.

    stack = Stack(home)
    addresses = stack.start()      # ends with this process, whatever ends it
    stack.stop()

`start(detached=True)` leaves the servers running until `stop`. Starting what runs already only
answers where it is. Starts and stops of one home take turns by a lock file.
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from infra.embedded import keeper
from infra.embedded.binaries import Binaries, find_binaries
from infra.embedded.cluster import (
    DATABASE,
    OWNER,
    PORT,
    ensure_cluster,
    postgres_command,
    redis_command,
)
from infra.embedded.errors import StackError
from infra.embedded.place import Place, default_home, find_place
from infra.embedded.servant import BARE_ENVIRONMENT

START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 40
APP_ROLE = "app_rw"


@dataclass(frozen=True)
class Addresses:
    """Where the servers answer."""

    owner_dsn: str
    app_dsn: str
    redis_url: str
    superuser_dsn: str

    @classmethod
    def at(cls, place: Place, database: str = DATABASE, redis_number: int = 0) -> "Addresses":
        where = f"{database}?host={place.sockets}&port={PORT}"
        return cls(
            owner_dsn=f"postgresql://{OWNER}@/{where}",
            app_dsn=f"postgresql://{APP_ROLE}@/{where}",
            redis_url=f"unix://{place.redis_socket}?db={redis_number}",
            superuser_dsn=f"postgresql://postgres@/{where}",
        )


@dataclass(frozen=True)
class Stack:
    """The servers of one home directory; one that somebody else runs can be left out."""

    home: Path
    durable: bool = True
    postgres: bool = True
    redis: bool = True

    @classmethod
    def default(cls) -> "Stack":
        return cls(default_home())

    def start(self, *, detached: bool = False, patron: int | None = None) -> Addresses:
        """Start what is not running and answer when it takes connections.

        The servers end with the process `patron` (this one unless named), or not by themselves if
        detached.
        """
        place = find_place(self.home)
        with self.turn():
            if self.running():
                self.refuse_partial()
            else:
                binaries = find_binaries(place)
                if self.postgres:
                    ensure_cluster(place, binaries)
                self.launch(place, binaries, None if detached else patron or os.getpid())
        return Addresses.at(place)

    def refuse_partial(self) -> None:
        """What runs may have been started with one server left out that is wanted now."""
        noted = json.loads((self.home / "stack.json").read_text())
        running = {each["name"] for each in noted["servers"]}
        wanted = {name for name in ("postgres", "redis") if getattr(self, name)}
        if missing := ", ".join(sorted(wanted - running)):
            raise StackError(
                f"The servers of {self.home} run without {missing}, started by a command that did "
                "not need it. End that command, or: atrium stack down"
            )

    def stop(self) -> bool:
        """Stop the servers; False if none ran."""
        if not self.home.exists():
            return False
        with self.turn():
            if (pid := self.keeper_pid()) is None:
                return False
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            deadline = time.monotonic() + STOP_SECONDS_MAX
            while self.running():
                if time.monotonic() > deadline:
                    raise StackError(f"The servers of {self.home} do not stop (process {pid}).")
                time.sleep(0.01)
            return True

    def erase(self) -> None:
        """Stop the servers and delete all they kept, the home included."""
        if not self.home.exists():
            return
        self.stop()
        place = find_place(self.home)
        shutil.rmtree(place.sockets, ignore_errors=True)
        shutil.rmtree(place.data if place.is_at_home else place.data.parent, ignore_errors=True)
        shutil.rmtree(self.home)

    def running(self) -> bool:
        """Whether a keeper holds its lock, which ends with the process and so is never stale."""
        try:
            with self.pid_file.open("r") as held:
                fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def keeper_pid(self) -> int | None:
        """The keeper's process, if it lives."""
        if not self.running():
            return None
        try:
            return int(self.pid_file.read_text())
        except ValueError:  # it took the lock this very moment
            time.sleep(0.05)
            return int(self.pid_file.read_text())

    def addresses(self) -> Addresses | None:
        """Where the servers answer, if they run; asks nothing of the machine and makes nothing."""
        if not self.running():
            return None
        noted = json.loads((self.home / "stack.json").read_text())
        return Addresses(**noted["addresses"])

    def status(self) -> dict[str, object]:
        """What `atrium stack status --json` prints."""
        addresses = self.addresses()
        told: dict[str, object] = {"running": addresses is not None, "home": str(self.home)}
        return told | (asdict(addresses) if addresses else {})

    @property
    def pid_file(self) -> Path:
        return self.home / "keeper.pid"

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until no other process starts or stops the servers of this home."""
        with (self.home / "start.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def launch(self, place: Place, binaries: Binaries, patron: int | None) -> None:
        """Start the keeper and wait until both servers answer."""
        orders = {
            "patron": patron,
            "pid_file": str(self.pid_file),
            "user": place.servant.popen,
            "addresses": asdict(Addresses.at(place)),
            "servers": list(self.orders(place, binaries)),
        }
        place.note.write_text(json.dumps(orders, indent=1))
        for stale in place.sockets.iterdir():
            stale.unlink()
        with (place.logs / "keeper.log").open("ab") as log:
            subprocess.run(  # noqa: S603  ourselves
                [sys.executable, "-I", "-S", keeper.__file__, str(place.note)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                check=True,
            )
        self.wait_until_ready(place, binaries)

    def orders(self, place: Place, binaries: Binaries) -> Iterator[dict[str, object]]:
        if self.postgres:
            command = postgres_command(place, binaries, durable=self.durable)
            yield self.order(place, "postgres", command)
        if self.redis:
            yield self.order(place, "redis", redis_command(place, binaries))

    def order(self, place: Place, name: str, command: list[str]) -> dict[str, object]:
        log = place.logs / f"{name}.log"
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        stop_signal = signal.SIGINT if name == "postgres" else signal.SIGTERM
        return {
            "name": name,
            "command": command,
            "log": str(log),
            "stop_signal": int(stop_signal),
            "environment": BARE_ENVIRONMENT,
        }

    def wait_until_ready(self, place: Place, binaries: Binaries) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        while not (
            (not self.redis or redis_ready(place))
            and (not self.postgres or postgres_ready(place, binaries))
        ):
            if not self.running():
                raise StackError(f"The servers did not start.\n{last_words(place)}")
            if time.monotonic() > deadline:
                raise StackError(f"The servers do not answer.\n{last_words(place)}")
            time.sleep(0.02)


def postgres_ready(place: Place, binaries: Binaries) -> bool:
    if not (place.sockets / f".s.PGSQL.{PORT}").exists():
        return False
    asked = [binaries.tool("pg_isready"), "-q", "-h", str(place.sockets), "-p", str(PORT)]
    return subprocess.run(asked, check=False).returncode == 0  # noqa: S603  our own binary


def redis_ready(place: Place) -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        client.connect(str(place.redis_socket))
        client.sendall(b"PING\r\n")
        return client.recv(16).startswith(b"+PONG")
    return False


def last_words(place: Place) -> str:
    """The end of the servers' logs, for the message that says that they failed."""
    told = []
    for log in sorted(place.logs.glob("*.log")):
        lines = log.read_text(errors="replace").splitlines()[-8:]
        told += [f"{log}:", *(f"  {line}" for line in lines)] if lines else []
    return "\n".join(told)
