"""What keeps a test run honest: no socket leaves the machine, CI skips nothing it must run."""

import ipaddress
import os
import shutil
import socket
from pathlib import Path
from typing import Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
EXTERNAL = Path(__file__).resolve().parents[2] / "shared" / "data"
REAL_CONNECT = socket.socket.connect
REAL_CONNECT_EX = socket.socket.connect_ex


class LeftTheMachine(RuntimeError):
    """A test tried to reach another machine."""


def loopback_only() -> None:
    """Let sockets of this process reach loopback and Unix addresses only."""

    def connect(self: socket.socket, address: Any) -> None:
        refuse_foreign(self, address)
        REAL_CONNECT(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        refuse_foreign(self, address)
        return REAL_CONNECT_EX(self, address)

    socket.socket.connect = connect  # type: ignore[method-assign,assignment]
    socket.socket.connect_ex = connect_ex  # type: ignore[method-assign,assignment]


def refuse_foreign(used: socket.socket, address: Any) -> None:
    if used.family not in (socket.AF_INET, socket.AF_INET6):
        return
    host = str(address[0])
    if host in ("localhost", ""):
        return
    try:
        near = ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        near = False
    if not near:
        raise LeftTheMachine(f"A test tried to reach {host}; tests talk to loopback only.")


def chromium() -> str | None:
    """The browser on this machine, if there is one."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def browser_skip_reason() -> str | None:
    """Why browser tests are skipped; where required they run, and fail without a browser."""
    if chromium() or os.environ.get("ATRIUM_REQUIRE_BROWSER") == "1":
        return None
    return "no Chromium on this machine"


def external_skip_reason() -> str | None:
    return None if EXTERNAL.is_dir() else "the folder of other people's input is absent"
