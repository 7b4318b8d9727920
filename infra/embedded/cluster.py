"""The PostgreSQL cluster: made in one piece, with its settings and the few things only its
superuser can make.

A new cluster is built beside its place in single-user mode and renamed when it is whole, so a start
that was cut off leaves nothing that a later start could mistake for a cluster.
"""

import os
import shutil
import signal
import time
from pathlib import Path

from infra.embedded.binaries import Binaries
from infra.embedded.errors import StackError
from infra.embedded.place import Place

PORT = 5432
MAJOR = "18"
DATABASE = "atrium"
OWNER = "atrium_owner"
EXTENSIONS = ("vector", "pg_trgm", "unaccent", "btree_gin")

# The superuser makes the extensions and the owner of everything else; the roles that serve requests
# come with the first migration. In `template1` too: a database made later has the extensions
# without a superuser.
IN_EVERY_DATABASE = [f"CREATE EXTENSION IF NOT EXISTS {name}" for name in EXTENSIONS]
ONCE = [
    f"CREATE ROLE {OWNER} LOGIN CREATEROLE CREATEDB BYPASSRLS",
    f"CREATE DATABASE {DATABASE} OWNER {OWNER} STRATEGY file_copy",
]

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_locks_per_transaction": "256",  # hash partitions are a lock each
    "random_page_cost": "1.1",
    "jit": "off",  # compiling costs more than these short queries
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
    "max_wal_size": "2GB",
}
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum_naptime": "15s",
}


def ensure_cluster(place: Place, binaries: Binaries) -> None:
    """Make the cluster if there is none, heal what dead processes left, refuse another version."""
    forget_half_made(place.data)
    bring_along(place)
    if not place.data.exists():
        make_cluster(place, binaries)
        return
    version = (place.data / "PG_VERSION").read_text().strip()
    if version != MAJOR:
        raise StackError(
            f"{place.data} is of PostgreSQL {version} and this is {MAJOR}. "
            "Dump it with its own version and restore, or remove it if it holds nothing to keep."
        )
    end_orphan(place.data)


def make_cluster(place: Place, binaries: Binaries) -> None:
    half = place.servant.own(place.data.with_name(f"{place.data.name}.half-{os.getpid()}"))
    command = [binaries.tool("initdb"), "--pgdata", str(half), "--username", "postgres"]
    command += ["--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8"]
    command += ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--no-sync"]
    made = place.servant.run(command)
    if made.returncode:
        raise StackError(f"initdb refused: {made.stderr.strip() or made.stdout.strip()}")
    as_superuser(place, binaries, half, "template1", [*IN_EVERY_DATABASE, *ONCE])
    half.rename(place.data)


def as_superuser(
    place: Place, binaries: Binaries, data: Path, database: str, statements: list[str]
) -> None:
    """Run statements in single-user mode: one per line, and none after the first that fails."""
    command = [binaries.tool("postgres"), "--single", "-D", str(data)]
    command += ["-c", "exit_on_error=on", "-c", "fsync=off", database]
    done = place.servant.run(command, feed="".join(f"{statement};\n" for statement in statements))
    if done.returncode:
        raise StackError(f"The new cluster could not be prepared: {done.stderr.strip()}")


def postgres_command(place: Place, binaries: Binaries, *, durable: bool) -> list[str]:
    """How the server is started; settings given here outrank any file in the data directory."""
    settings = {**SETTINGS, "unix_socket_directories": str(place.sockets)}
    if not durable:
        settings |= FORGETFUL
    command = [binaries.tool("postgres"), "-D", str(place.data)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return command


def redis_command(place: Place, binaries: Binaries) -> list[str]:
    """How Redis is started: on a socket, keeping nothing, as nothing lives in it alone."""
    command = [str(binaries.redis), "--port", "0", "--unixsocket", str(place.redis_socket)]
    command += ["--unixsocketperm", "700", "--save", "", "--appendonly", "no"]
    return [*command, "--databases", "256", "--dir", str(place.sockets), "--daemonize", "no"]


def bring_along(place: Place) -> None:
    """Fetch data from the home, where it was made before the way to it was closed to the server."""
    at_home = place.home / place.data.name
    if place.is_at_home or place.data.exists() or not at_home.exists():
        return
    end_orphan(at_home)
    half = place.data.with_name(f"{place.data.name}.half-{os.getpid()}")
    shutil.move(at_home, half)
    for path in (half, *half.rglob("*")):  # a move to another disk makes root the owner
        os.chown(path, place.servant.uid or -1, place.servant.gid or -1, follow_symlinks=False)
    half.rename(place.data)


def forget_half_made(data: Path) -> None:
    """Remove what a start that was cut off left behind."""
    for half in data.parent.glob(f"{data.name}.half-*"):
        shutil.rmtree(half)
    if data.exists() and not (data / "PG_VERSION").exists():
        if any(data.iterdir()):
            raise StackError(f"{data} holds files but no cluster. Move them away and start again.")
        data.rmdir()


def end_orphan(data: Path) -> None:
    """Stop a server that outlived its keeper, and drop a pid file whose number is another program's
    by now.

    Only to be called under the start lock with no keeper alive: nobody else can be starting this
    server.
    """
    pid_file = data / "postmaster.pid"
    if (pid := read_pid(pid_file)) is None:
        return
    command = command_of(pid)
    if command is None:
        return  # dead: PostgreSQL sees that by itself, and looks for children that live on
    if str(data).encode() not in command:
        pid_file.unlink(missing_ok=True)
        return
    os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + 30
    while command_of(pid) is not None:
        if time.monotonic() > deadline:
            raise StackError(f"The PostgreSQL server {pid} of {data} does not stop.")
        time.sleep(0.02)


def read_pid(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def command_of(pid: int) -> bytes | None:
    """The command line of a living process; None if there is none (zombies have an empty one)."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() or None
    except OSError:
        return None
