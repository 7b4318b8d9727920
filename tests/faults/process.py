"""A server process that can be killed, stopped and started again at the same address."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import httpx2

from infra.embedded.keeper import die_with_parent
from infra.kernel.config import Settings
from tests.serving import free_port

ROOT = Path(__file__).parents[2]
START_SECONDS_MAX = 40


class Server:
    """`atrium serve` as its own process; ends with the test run, however that ends."""

    def __init__(self, settings: Settings, **more: str) -> None:
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = {
            **os.environ,
            "ATRIUM_APP_DSN": settings.app_dsn,
            "ATRIUM_OWNER_DSN": settings.owner_dsn,
            "ATRIUM_REDIS_URL": settings.redis_url,
            "ATRIUM_BASE_URL": f"http://localhost:{self.port}",
            "ATRIUM_SECRET_KEY": settings.secret_key,
            "ATRIUM_OPERATOR_KEY": settings.operator_key,
            "ATRIUM_DATA_DIR": str(settings.data_dir),
            "ATRIUM_LOG_LEVEL": "error",
            "ATRIUM_RATE_LIMITS": "off",
            "ATRIUM_INLINE_WORKER": "1",
            **more,
        }

    def start(self) -> None:
        """Start and wait until it answers; two seconds on a quiet machine."""
        began = time.monotonic()
        command = [
            sys.executable, "-m", "uvicorn", "--factory", "backend.commands.serve:application",
            "--port", str(self.port), "--loop", "uvloop", "--http", "httptools",
            "--no-access-log", "--log-level", "error", "--no-proxy-headers",
            "--timeout-graceful-shutdown", "10",
        ]  # fmt: skip
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self._environment,
            preexec_fn=partial(die_with_parent, os.getpid(), signal.SIGKILL),  # noqa: PLW1509  ends with us
        )
        while time.monotonic() - began < START_SECONDS_MAX and self._process.poll() is None:
            with contextlib.suppress(httpx2.HTTPError):
                if httpx2.get(f"{self.base_url}/health/live", timeout=2).status_code == 200:
                    return
            time.sleep(0.05)
        raise AssertionError(f"the server did not start (exit code {self._process.poll()})")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def wait(self, seconds: float = 20) -> int:
        """Its exit code."""
        assert self._process is not None
        return self._process.wait(seconds)

    def kill(self) -> None:
        self.send(signal.SIGKILL)
        self.wait()

    def end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self.kill()
