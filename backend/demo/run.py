"""Starts the real server and a worker, seeds, plays, says where to look, and keeps serving."""

import asyncio
import contextlib
import json
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

from backend.demo.client import Unexpected
from backend.demo.seeding import Seeded, seed_bank, seed_telecom
from backend.demo.story import Story, close_all
from backend.demo.telling import Teller
from infra.embedded.keeper import die_with_parent
from infra.embedded.place import default_home

PORT = 8000
START_SECONDS_MAX = 60


def run(*, once: bool) -> None:
    """The demo; with `once` it ends after the story."""
    tell = Teller()
    port = _free_port(PORT)
    shop_port = _free_port(port + 1)
    base_url = f"http://localhost:{port}"
    os.environ["ATRIUM_BASE_URL"] = base_url
    os.environ.setdefault("ATRIUM_LOG_LEVEL", "warning")
    log = default_home() / "demo.log"
    tell.line(f"Atrium starts on {base_url}; what the servers say goes to {_short(log)}")
    with _processes(log, port, shop_port) as processes:
        try:
            asyncio.run(_ready(base_url, processes))
            asyncio.run(_tell(tell, base_url, f"http://localhost:{shop_port}"))
        except (Unexpected, TimeoutError) as fault:
            sys.exit(f"\nThe story stopped: {fault}\nWhat the servers said is in {_short(log)}.")
        tell.line(f"\nThe story took {tell.elapsed():.0f} s.")
        if not once:
            tell.line("It keeps serving. Ctrl-C ends it.")
            _serve_until_stopped(processes)


async def _tell(tell: Teller, base_url: str, shop: str) -> None:
    operator_key = os.environ["ATRIUM_OPERATOR_KEY"]
    tell.scene("Two tenants")
    telecom = await seed_telecom(base_url, operator_key, tell, shop)
    bank = await seed_bank(base_url, operator_key, tell)
    path = _write(base_url, operator_key, telecom, bank)
    try:
        await Story(base_url, telecom, bank, tell).play()
    finally:
        await close_all(telecom.admin, bank.admin)
    _show(tell, path, shop, telecom, bank)


def _write(base_url: str, operator_key: str, *tenants: Seeded) -> Path:
    """What a program needs to go on from here; readable by its owner only."""
    told = {
        "base_url": base_url,
        "operator_key": operator_key,
        "tenants": [
            {
                "slug": tenant.slug,
                "url": tenant.url,
                "api_key": tenant.api_key,
                "users": [
                    {name: user[name] for name in ("email", "password", "roles")}
                    for user in tenant.users
                ],
                "modules": tenant.modules,
            }
            for tenant in tenants
        ],
    }
    path = default_home() / "demo.json"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(told, file, indent=2)
    return path


def _show(tell: Teller, path: Path, shop: str, *tenants: Seeded) -> None:
    tell.scene("Where to look")
    for tenant in tenants:
        tell.line(f"  {tenant.name:<14}{tenant.url}")
        for user in tenant.users:
            roles = ", ".join(user["roles"])
            tell.line(f"    {user['name']:<18}{user['email']:<44}{roles}")
    tell.line(f"  {'Everybody signs in with':<32}{tenants[0].users[0]['password']}")
    tell.line(f"  {'The shop with the widgets':<32}{shop}/")
    tell.line(f"  {'The contract':<32}{tenants[0].url}/api/docs")
    tell.line(f"  {'For programs':<32}{_short(path)}")


async def _ready(base_url: str, processes: list[subprocess.Popen[bytes]]) -> None:
    async with httpx2.AsyncClient(base_url=base_url, timeout=2) as client:
        for _ in range(START_SECONDS_MAX * 10):
            if any(process.poll() is not None for process in processes):
                break  # whoever answers at that address now is somebody else
            with contextlib.suppress(httpx2.HTTPError):
                if (await client.get("/health/ready")).status_code == 200:
                    return
            await asyncio.sleep(0.1)
    raise SystemExit("The servers did not start; demo.log in the installation's home says why.")


@contextlib.contextmanager
def _processes(log: Path, port: int, shop_port: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The web application, a worker and the shop, ended with this process however it ends."""
    commands = (
        ["-m", "backend.cli", "serve", "--no-worker", "--port", str(port)],
        ["-m", "backend.cli", "worker"],
        [
            "-m",
            "embeddables.demo_site",
            "--port",
            str(shop_port),
            "--facts",
            str(default_home() / "demo.json"),
        ],
    )
    end_with_us = partial(die_with_parent, os.getpid(), signal.SIGTERM)
    started: list[subprocess.Popen[bytes]] = []
    with log.open("ab") as sink:
        try:
            for arguments in commands:
                started.append(  # noqa: PERF401 - what has started must be ended if the next fails
                    subprocess.Popen(  # noqa: S603 - our own modules
                        [sys.executable, *arguments],
                        stdout=sink,
                        stderr=sink,
                        preexec_fn=end_with_us,  # noqa: PLW1509 - no thread runs yet
                        start_new_session=True,
                    )
                )
            yield started
        finally:
            _end(started)


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _serve_until_stopped(processes: list[subprocess.Popen[bytes]]) -> None:
    with contextlib.suppress(KeyboardInterrupt):
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)


def _free_port(wanted: int) -> int:
    for port in range(wanted, wanted + 200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise SystemExit(f"No free port from {wanted} on.")


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
