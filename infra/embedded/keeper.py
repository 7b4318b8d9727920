"""The parent of the embedded servers: a small process that ends them when it should.

It outlives a crash of whoever asked for the servers, and so can clean up after it: it ends with its
patron (the process named in its orders) or on SIGTERM, and its servers end with it, whatever kills
it. It restarts a server that dies by itself. While it lives it holds a lock on its pid file; the
lock, not the number, says that it lives.

It runs as `python -I -S keeper.py ORDERS`, with nothing but the standard library, so that it starts
in no time.
"""

import ctypes
import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
PATIENCE_SECONDS = 20
QUICK_DEATH_SECONDS = 2
QUICK_DEATHS_MAX = 3


class Server:
    """One server and how often it died right after its start."""

    def __init__(self, orders: dict[str, Any], user: dict[str, Any]) -> None:
        self.command: list[str] = orders["command"]
        self.log: str = orders["log"]
        self.stop_signal = signal.Signals(orders["stop_signal"])
        self.environment: dict[str, str] = orders["environment"]
        self.user = user
        self.quick_deaths = 0
        self.start()

    def start(self) -> None:
        self.started = time.monotonic()
        keeper = os.getpid()
        with Path(self.log).open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  our own server
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=self.environment,
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(keeper, self.stop_signal),  # noqa: PLW1509  one thread
                **self.user,
            )

    def mend(self) -> bool:
        """Start the server again if it died; False if it dies each time it is started."""
        if self.process.poll() is None:
            return True
        quick = time.monotonic() - self.started < QUICK_DEATH_SECONDS
        self.quick_deaths = self.quick_deaths + 1 if quick else 0
        if self.quick_deaths >= QUICK_DEATHS_MAX:
            return False
        time.sleep(0.1 * self.quick_deaths)
        self.start()
        return True

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def wait(self) -> None:
        try:
            self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def die_with_parent(parent: int, stop_signal: signal.Signals) -> None:
    """Have the kernel end this process with its parent (Linux; elsewhere a start does it)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(stop_signal))
        if os.getppid() != parent:  # it died before we asked
            os.kill(os.getpid(), signal.SIGKILL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def patron_descriptor(patron: int | None) -> int | None:
    """A descriptor that becomes readable when the patron ends; LookupError if it already has."""
    if patron is None or not hasattr(os, "pidfd_open"):
        return None
    return os.pidfd_open(patron)


def patron_gone(patron: int | None) -> bool:
    if patron is None:
        return False
    try:
        os.kill(patron, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def keep(orders: dict[str, Any]) -> int:
    """Run the servers until the patron ends or a signal comes; answer 1 if a server cannot live."""
    patron: int | None = orders["patron"]
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    ending: list[int] = []

    def note(number: int, _frame: object) -> None:
        if number != signal.SIGCHLD:
            ending.append(number)

    signal.set_wakeup_fd(wake_write)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, note)
    try:
        patron_fd = patron_descriptor(patron)
    except ProcessLookupError:
        return 0
    watched = [wake_read] if patron_fd is None else [wake_read, patron_fd]
    servers = [Server(each, orders["user"]) for each in orders["servers"]]
    healthy = True
    while healthy and not ending:
        readable, _, _ = select.select(watched, [], [], 1.0 if patron_fd is None else 5.0)
        if patron_fd in readable or (patron_fd is None and patron_gone(patron)):
            break
        if wake_read in readable:
            os.read(wake_read, 4096)
        if not ending:
            mended = [server.mend() for server in servers]
            healthy = all(mended)
    for server in servers:
        server.stop()
    for server in servers:
        server.wait()
    return 0 if healthy else 1


def take_lock(descriptor: int) -> None:
    """Hold the pid file; somebody who only asks whether we live may hold it for a moment."""
    for _ in range(200):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.01)
        else:
            return
    sys.exit("Another keeper holds the pid file.")


def main() -> int:
    orders = json.loads(Path(sys.argv[1]).read_text())
    with Path(orders["pid_file"]).open("a+") as pid_file:
        take_lock(pid_file.fileno())
        # The lock stays with the child, and whoever started us need not wait for us nor bury us.
        if os.fork():
            return 0
        os.setsid()
        pid_file.truncate(0)
        pid_file.write(f"{os.getpid()}\n")
        pid_file.flush()
        return keep(orders)


if __name__ == "__main__":
    sys.exit(main())
