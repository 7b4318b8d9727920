"""`atrium demo` as somebody runs it on a fresh machine: servers of its own, the whole story, and
nothing left behind, however it ends."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.embedded.stack import Stack
from tests.serving import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

STORY_SECONDS_MAX = 120
END_SECONDS_MAX = 45


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """An installation that nobody used yet; the demos of this module follow each other in it."""
    path = Path(tempfile.mkdtemp(prefix="atrium-demo-"))
    path.chmod(0o711)
    yield path
    Stack(path).erase()


class Demo:
    """A demo in a process of its own, and what it has said so far."""

    def __init__(self, home: Path, *arguments: str) -> None:
        outside = {k: v for k, v in os.environ.items() if not k.startswith("ATRIUM_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "backend.cli", "demo", *arguments],
            cwd=ROOT,
            env=outside | {"ATRIUM_HOME": str(home), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self._reading = threading.Thread(target=self._read)
        self._reading.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(iter(self.process.stdout.readline, ""))

    @property
    def said(self) -> str:
        return "".join(self.lines)

    def wait_until_said(self, words: str) -> None:
        deadline = time.monotonic() + STORY_SECONDS_MAX
        while words not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.05)

    def end(self, seconds: float = END_SECONDS_MAX) -> int:
        """Wait for its end; answers its exit code."""
        code = self.process.wait(seconds)
        self._reading.join(seconds)
        return code


@contextlib.contextmanager
def demo(home: Path, *arguments: str) -> Iterator[Demo]:
    began = Demo(home, *arguments)
    try:
        yield began
    finally:
        with contextlib.suppress(ProcessLookupError):
            began.process.kill()
        began.end()
        assert began.process.stdout is not None
        began.process.stdout.close()


def running(home: Path) -> list[str]:
    """The processes of this installation, known by its home, its data or its sockets."""
    token = home / "token"
    marks = [str(home), *([token.read_text().strip()] if token.exists() else [])]
    return [
        f"{entry.name} {command}"
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and int(entry.name) != os.getpid()
        for command, told in [_told(entry)]
        if any(mark in told for mark in marks)
    ]


def _told(entry: Path) -> tuple[str, str]:
    """A process's command, and all that says whose it is."""
    words: list[str] = []
    for name in ("cmdline", "environ"):
        try:
            words.append((entry / name).read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            words.append("")
    with contextlib.suppress(OSError):
        words.append(str((entry / "cwd").readlink()))
    return words[0][:200], "\n".join(words)


def nothing_is_left(home: Path) -> None:
    deadline = time.monotonic() + END_SECONDS_MAX
    while left := running(home):
        assert time.monotonic() < deadline, "\n".join(left)
        time.sleep(0.1)


def test_the_whole_story_is_told_on_a_fresh_machine_and_nothing_is_left_running(
    home: Path,
) -> None:
    with demo(home, "--once") as told:
        assert told.end(STORY_SECONDS_MAX) == 0, told.said
    assert "Traceback" not in told.said
    assert "✗" not in told.said
    assert "It is case CS" in told.said
    assert "gives five of five" in told.said
    assert "One case, one timeline" in told.said
    assert "Every answer is 404" in told.said
    nothing_is_left(home)
    check_facts(home)


def check_facts(home: Path) -> None:
    """What programs are promised to find."""
    path = home / "demo.json"
    assert path.stat().st_mode & 0o077 == 0
    facts: dict[str, Any] = json.loads(path.read_text())
    assert facts["base_url"].startswith("http://localhost:")
    assert facts["operator_key"] == (home / "operator_key").read_text()
    assert [tenant["slug"] for tenant in facts["tenants"]] == ["northlight", "harbour-bank"]
    for tenant in facts["tenants"]:
        assert {"slug", "url", "api_key", "users", "modules"} <= tenant.keys()
        assert tenant["url"].startswith(f"http://{tenant['slug']}.localhost:")
        assert tenant["api_key"].startswith("atr_")
        roles = set()
        for user in tenant["users"]:
            assert "@" in user["email"]
            assert user["password"]
            assert user["roles"]
            roles |= set(user["roles"])
        assert "admin" in roles
        assert roles & {"consumer", "customer"}
    modules = [module for tenant in facts["tenants"] for module in tenant["modules"]]
    assert modules
    for module in modules:
        assert module["key"]
        assert module["secret"]
        assert all(origin.startswith("http://") for origin in module["origins"])


def test_ctrl_c_ends_a_demo_that_serves_with_all_it_started(home: Path) -> None:
    with demo(home) as told:
        told.wait_until_said("It keeps serving.")
        assert len(running(home)) >= 5
        os.killpg(told.process.pid, signal.SIGINT)
        assert told.end() in (0, 130, -signal.SIGINT), told.said
    assert "Traceback" not in told.said
    nothing_is_left(home)


def test_a_demo_that_is_killed_takes_all_it_started_with_it(home: Path) -> None:
    with demo(home) as told:
        told.wait_until_said("is founded")
        assert len(running(home)) >= 5
        told.process.kill()
        assert told.end() == -signal.SIGKILL
    nothing_is_left(home)
