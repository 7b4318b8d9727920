"""`atrium`, as an operator types it."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.embedded.place import CLONE
from infra.embedded.stack import Addresses, Stack


@pytest.fixture
def home() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="atrium-command-"))
    path.chmod(0o711)
    yield path
    Stack(path).erase()


def atrium(home: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ATRIUM_")}
    environment = {**kept, "ATRIUM_HOME": str(home), "PYTHONPATH": str(CLONE), **variables}
    return subprocess.run(
        [sys.executable, "-m", "backend.cli", *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_stack_goes_up_tells_its_addresses_and_goes_down(home: Path) -> None:
    down = atrium(home, "stack", "status", "--json")
    assert (down.returncode, json.loads(down.stdout)["running"]) == (3, False)
    up = json.loads(atrium(home, "stack", "up", "--json").stdout)
    assert up["running"] is True
    assert up["owner_dsn"].startswith("postgresql://atrium_owner@/atrium?host=/")
    assert up["app_dsn"].startswith("postgresql://app_rw@/atrium?host=/")
    assert up["redis_url"].startswith("unix:///")
    assert json.loads(atrium(home, "stack", "status", "--json").stdout) == up
    assert atrium(home, "stack", "down").stdout == "Stopped.\n"
    assert atrium(home, "stack", "down").stdout == "Nothing was running.\n"


def test_migrating_starts_what_it_needs_and_stops_it_again(home: Path, template: str) -> None:
    assert template
    first = atrium(home, "migrate")
    assert first.returncode == 0, first.stderr
    assert "Applied 0001_" in first.stdout
    assert atrium(home, "migrate").stdout == "Nothing to apply.\n"
    assert not Stack(home).running()


def test_the_doctor_finds_nothing_wrong_with_a_sound_installation(
    home: Path, stack: Addresses
) -> None:
    told = atrium(home, "doctor", "--json", **variables(stack))
    findings = {each["subject"]: each for each in json.loads(told.stdout)["findings"]}
    assert [each for each in findings.values() if each["state"] == "broken"] == []
    assert told.returncode == 0
    assert findings["role"]["state"] == "good"
    assert not (home / "pg18").exists(), "servers of the environment replace our own"


def test_the_doctor_names_a_role_that_nothing_isolates(home: Path, stack: Addresses) -> None:
    unsafe = variables(stack) | {"ATRIUM_APP_DSN": stack.superuser_dsn}
    told = atrium(home, "doctor", **unsafe)
    assert told.returncode == 1
    assert "BAD   role: " in told.stdout
    assert "superuser" in told.stdout
    assert "Serve with app_rw" in told.stdout


def test_the_doctor_names_every_server_that_does_not_answer(home: Path) -> None:
    nowhere = "postgresql://nobody@/nothing?host=/nonexistent&port=1"
    told = atrium(
        home,
        "doctor",
        ATRIUM_OWNER_DSN=nowhere,
        ATRIUM_APP_DSN=nowhere,
        ATRIUM_REDIS_URL="unix:///nonexistent.sock",
    )
    assert told.returncode == 1
    for line in ("BAD   database: ", "BAD   role: ", "BAD   redis: "):
        assert line in told.stdout
    assert told.stderr == ""


def test_production_never_falls_back_to_embedded_servers(home: Path) -> None:
    told = atrium(home, "migrate", ATRIUM_ENV="production")
    assert told.returncode == 1
    assert "ATRIUM_APP_DSN is not set" in told.stderr
    assert not (home / "pg18").exists()


def test_a_command_that_is_unknown_is_answered_with_those_there_are(home: Path) -> None:
    told = atrium(home, "stack", "sideways")
    assert told.returncode == 2
    assert "sideways" in told.stderr


def variables(stack: Addresses) -> dict[str, str]:
    return {
        "ATRIUM_OWNER_DSN": stack.owner_dsn,
        "ATRIUM_APP_DSN": stack.app_dsn,
        "ATRIUM_REDIS_URL": stack.redis_url,
    }
