"""The embedded servers start once, heal what is broken, and never outlive whom they serve."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from redis import Redis
from redis.exceptions import RedisError

from infra.embedded.cluster import command_of, read_pid
from infra.embedded.errors import StackError
from infra.embedded.place import CLONE, find_place
from infra.embedded.stack import Stack

STARTER = """
import sys, time
from pathlib import Path
from infra.embedded.stack import Stack
Stack(Path(sys.argv[1]), durable=False).start(detached=sys.argv[2] == "detached")
print("started", flush=True)
if sys.argv[2] != "detached":
    time.sleep(60)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="atrium-stack-"))
    path.chmod(0o711)
    yield path
    Stack(path).erase()


def starter(home: Path, kind: str = "attached") -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(CLONE)}
    return subprocess.Popen(
        [sys.executable, "-c", STARTER, str(home), kind],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )


def end(process: subprocess.Popen[str], number: int = signal.SIGKILL) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    process.send_signal(number)
    process.wait()
    process.stdout.close()


def eventually(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def postgres_pid(home: Path) -> int:
    pid = read_pid(find_place(home).data / "postmaster.pid")
    assert pid is not None
    return pid


def redis_of(home: Path) -> Redis:
    return Redis(unix_socket_path=str(find_place(home).redis_socket))


def redis_pid(home: Path) -> int:
    with redis_of(home) as client:
        return int(client.info("server")["process_id"])


async def test_answers_with_the_extensions_and_an_owner_that_is_no_superuser(home: Path) -> None:
    addresses = Stack(home).start()
    connection = await asyncpg.connect(addresses.owner_dsn)
    rows = await connection.fetch("SELECT extname FROM pg_extension")
    role = await connection.fetchrow("SELECT * FROM pg_roles WHERE rolname = current_user")
    durable = await connection.fetchval("SELECT current_setting('fsync')")
    await connection.close()
    assert {row["extname"] for row in rows} >= {"vector", "pg_trgm", "unaccent", "btree_gin"}
    assert (role["rolname"], role["rolsuper"], role["rolcreaterole"]) == (
        "atrium_owner",
        False,
        True,
    )
    assert durable == "on"
    with Redis.from_url(addresses.redis_url) as client:
        assert client.ping()


def test_stops_what_runs_and_says_when_nothing_does(home: Path) -> None:
    stack = Stack(home, durable=False)
    assert stack.status() == {"running": False, "home": str(home)}
    addresses = stack.start()
    pid = postgres_pid(home)
    assert stack.addresses() == addresses
    assert stack.stop() is True
    assert command_of(pid) is None
    assert stack.stop() is False
    assert stack.addresses() is None


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_servers_end_with_the_process_that_asked_for_them(home: Path, number: int) -> None:
    end(starter(home), number)
    eventually(lambda: not Stack(home).running())
    assert not (find_place(home).data / "postmaster.pid").exists()


def test_servers_end_with_a_keeper_that_is_killed(home: Path) -> None:
    stack = Stack(home, durable=False)
    stack.start()
    postgres, redis, keeper = postgres_pid(home), redis_pid(home), stack.keeper_pid()
    assert keeper is not None
    os.kill(keeper, signal.SIGKILL)
    eventually(lambda: command_of(postgres) is None and command_of(redis) is None)
    stack.start()
    assert postgres_pid(home) != postgres


def test_detached_servers_outlive_the_process_that_started_them(home: Path) -> None:
    process = starter(home, "detached")
    process.communicate()
    assert Stack(home).running()
    with redis_of(home) as client:
        assert client.ping()
    assert Stack(home).stop()


def test_many_starts_at_once_start_one(home: Path) -> None:
    starters = [starter(home, "detached") for _ in range(4)]
    assert [process.communicate()[0] for process in starters] == ["started\n"] * 4
    assert [process.returncode for process in starters] == [0] * 4
    keepers = [
        each
        for each in Path("/proc").glob("[0-9]*/cmdline")
        if f"{home}/stack.json".encode() in (command_of(int(each.parent.name)) or b"")
    ]
    assert len(keepers) == 1


@pytest.mark.parametrize("pid_of", [postgres_pid, redis_pid])
def test_a_server_that_dies_is_started_again(home: Path, pid_of: Callable[[Path], int]) -> None:
    Stack(home, durable=False).start()
    victim = pid_of(home)
    os.kill(victim, signal.SIGKILL)

    def back() -> bool:
        try:
            return pid_of(home) != victim
        except (RedisError, AssertionError):
            return False

    eventually(back)


def test_a_pid_file_left_behind_harms_neither_start_nor_strangers(home: Path) -> None:
    (home / "keeper.pid").write_text(f"{os.getpid()}\n")
    stack = Stack(home, durable=False)
    assert stack.stop() is False
    stack.start()
    stack.stop()
    pid_file = find_place(home).data / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{find_place(home).data}\n")
    stack.start()
    assert postgres_pid(home) != os.getpid()


def test_a_cluster_that_was_never_finished_is_made_anew(home: Path) -> None:
    data = find_place(home).data
    for left in (data, data.with_name("pg18.half-1")):
        left.mkdir(parents=True)
    (data.with_name("pg18.half-1") / "PG_VERSION").write_text("18\n")
    Stack(home, durable=False).start()
    assert not data.with_name("pg18.half-1").exists()


@pytest.mark.parametrize(
    ("name", "text", "said"), [("PG_VERSION", "15\n", "of PostgreSQL 15"), ("a", "b", "no cluster")]
)
def test_files_that_are_not_ours_are_left_alone(
    home: Path, name: str, text: str, said: str
) -> None:
    data = find_place(home).data
    data.mkdir(parents=True)
    (data / name).write_text(text)
    with pytest.raises(StackError, match=said):
        Stack(home).start()
    assert (data / name).read_text() == text


def test_a_server_that_cannot_start_says_why(home: Path) -> None:
    stack = Stack(home, durable=False)
    stack.start()
    stack.stop()
    with (find_place(home).data / "postgresql.conf").open("a") as conf:
        conf.write("no_such_setting = 1\n")
    with pytest.raises(StackError, match="no_such_setting"):
        stack.start()
    assert not stack.running()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the servers as somebody else")
def test_root_can_start_from_a_home_that_only_root_may_enter(home: Path) -> None:
    hidden = home / "hidden"
    hidden.mkdir(mode=0o700)
    stack = Stack(hidden / ("deep-" * 40), durable=False)
    with Redis.from_url(stack.start().redis_url) as client:
        assert client.ping()
    place = find_place(stack.home)
    assert not place.data.is_relative_to(hidden)
    assert hidden.stat().st_mode & 0o777 == 0o700
    stack.erase()
    assert not place.data.parent.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the servers as somebody else")
async def test_data_stays_with_its_home_when_the_way_to_it_is_closed_or_opened(home: Path) -> None:
    parent = home / "parent"
    parent.mkdir(mode=0o711)
    stack = Stack(parent / ".atrium")
    owner = await asyncpg.connect(stack.start().owner_dsn)
    await owner.execute("CREATE TABLE kept (x int); INSERT INTO kept VALUES (7)")
    await owner.close()
    stack.stop()
    for mode, at_home in ((0o700, False), (0o711, False)):
        parent.chmod(mode)
        owner = await asyncpg.connect(stack.start().owner_dsn)
        assert await owner.fetchval("SELECT x FROM kept") == 7
        await owner.close()
        assert find_place(stack.home).is_at_home is at_home
        stack.stop()
    stack.erase()


def test_one_server_can_be_left_out(home: Path) -> None:
    Stack(home, postgres=False).start()
    with redis_of(home) as client:
        assert client.ping()
    assert not find_place(home).data.exists()
    with pytest.raises(StackError, match="run without postgres"):
        Stack(home).start()
