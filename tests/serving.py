"""A real server on loopback, in a process of its own, for browsers and for tools that bring their
own event loop. It ends with the test run, however that ends."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx2

from infra.embedded.keeper import die_with_parent
from infra.kernel.config import Settings

ROOT = Path(__file__).parents[1]
START_SECONDS_MAX = 40


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def serving(settings: Settings, *, with_worker: bool = True, **more: str) -> Iterator[str]:
    """The base URL of a server over the databases of these settings."""
    port = free_port()
    base_url = f"http://localhost:{port}"
    environment = {
        **os.environ,
        "ATRIUM_APP_DSN": settings.app_dsn,
        "ATRIUM_OWNER_DSN": settings.owner_dsn,
        "ATRIUM_REDIS_URL": settings.redis_url,
        "ATRIUM_BASE_URL": base_url,
        "ATRIUM_SECRET_KEY": settings.secret_key,
        "ATRIUM_OPERATOR_KEY": settings.operator_key,
        "ATRIUM_DATA_DIR": str(settings.data_dir),
        "ATRIUM_LOG_LEVEL": "warning",
        "ATRIUM_RATE_LIMITS": "off",
        "ATRIUM_INLINE_WORKER": "1" if with_worker else "0",
        **more,
    }
    command = [
        sys.executable, "-m", "uvicorn", "--factory", "backend.commands.serve:application",
        "--port", str(port), "--loop", "uvloop", "--http", "httptools", "--no-access-log",
        "--log-level", "warning", "--no-proxy-headers", "--timeout-graceful-shutdown", "2",
    ]  # fmt: skip
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        preexec_fn=partial(die_with_parent, os.getpid(), signal.SIGTERM),  # noqa: PLW1509  one thread
    )
    try:
        _wait(process, base_url)
        yield base_url
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: "subprocess.Popen[bytes]", base_url: str) -> None:
    end = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(httpx2.HTTPError):
            if httpx2.get(f"{base_url}/health/live", timeout=2).status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError(f"the server did not start (exit code {process.poll()})")
