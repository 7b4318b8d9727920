"""Whether the process lives, and whether it can do its work, each dependency by its name.

Readiness never waits for the pool: it opens a connection of its own, with a time limit, and keeps
what it learned for a second, so that asking often costs the database nothing.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import orjson
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.kernel.telemetry import DEPENDENCY_UP

PROBE_SECONDS_MAX = 1.5
KEPT_SECONDS = 1.0
WORKER_HEARTBEAT = "atrium:heartbeat:worker"
HEARTBEAT_SECONDS = 30
INFORMATIONAL = frozenset({"redis", "worker"})
"""Dependencies whose loss makes the service slower and not useless, however they fail."""


@dataclass(frozen=True)
class Finding:
    """What a probe saw; `vital` ones decide whether requests should come here."""

    ok: bool
    detail: str = ""
    vital: bool = True

    def as_json(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"status": "ok" if self.ok else "failing"}
        if self.detail:
            shown["detail"] = self.detail
        return shown if self.vital else shown | {"informational": True}


Probe = Callable[[], Awaitable[Finding]]


class Health:
    """Runs probes side by side, each within its time, and remembers what they found."""

    def __init__(self, probes: Mapping[str, Probe]) -> None:
        self._probes = probes
        self._found: dict[str, Finding] = {}
        self._found_at = float("-inf")
        self._looking: asyncio.Task[None] | None = None
        self.stopping = False

    async def findings(self) -> dict[str, Finding]:
        """Each dependency's state, at most KEPT_SECONDS old."""
        if time.monotonic() - self._found_at > KEPT_SECONDS:
            if self._looking is None or self._looking.done():
                self._looking = asyncio.get_running_loop().create_task(self._look())
            await asyncio.shield(self._looking)
        return self._found

    async def _look(self) -> None:
        found = await asyncio.gather(*(_bounded(*each) for each in self._probes.items()))
        self._found = dict(zip(self._probes, found, strict=True))
        self._found_at = time.monotonic()
        for name, finding in self._found.items():
            DEPENDENCY_UP.labels(name).set(finding.ok)

    async def live(self, _request: Request) -> Response:
        """`GET /health/live`: the process answers."""
        return _answer(200, {"status": "ok"})

    async def ready(self, _request: Request) -> Response:
        """`GET /health/ready`: 200 while all vital dependencies work, else 503, naming each."""
        found = await self.findings()
        ready = not self.stopping and all(f.ok for f in found.values() if f.vital)
        dependencies = {name: finding.as_json() for name, finding in found.items()}
        status = "ok" if ready else "stopping" if self.stopping else "failing"
        return _answer(200 if ready else 503, {"status": status, "dependencies": dependencies})

    def routes(self) -> list[Route]:
        return [Route("/health/live", self.live), Route("/health/ready", self.ready)]


def standard_probes(
    *,
    app_dsn: str,
    redis: "Redis",
    files_dir: Path,
    pending_migrations: Callable[[], Awaitable[list[str]]] | None = None,
) -> dict[str, Probe]:
    """PostgreSQL, Redis, migrations, storage, and, for information, a worker's heartbeat."""

    async def migrations() -> Finding:
        waiting = await pending_migrations() if pending_migrations else []
        return Finding(not waiting, f"{len(waiting)} not applied" if waiting else "")

    return {
        "postgres": lambda: probe_postgres(app_dsn),
        "redis": lambda: probe_redis(redis),
        "migrations": migrations,
        "storage": lambda: probe_storage(files_dir),
        "worker": lambda: probe_worker(redis),
    }


async def probe_postgres(dsn: str) -> Finding:
    """A connection of its own, so that a pool in which everything is taken does not matter."""
    connection = await asyncpg.connect(dsn, timeout=PROBE_SECONDS_MAX, statement_cache_size=0)
    try:
        recovering = await connection.fetchval("SELECT pg_is_in_recovery()")
    finally:
        connection.terminate()
    return Finding(not recovering, "read-only" if recovering else "")


async def probe_redis(redis: "Redis") -> Finding:
    """Redis speeds things up and carries hints: without it the service is slower, not down."""
    try:
        await redis.ping()
    except (RedisError, OSError) as failure:
        return Finding(False, type(failure).__name__, vital=False)
    return Finding(True, vital=False)


async def probe_storage(directory: Path) -> Finding:
    """Whether a file can be written."""
    return await asyncio.to_thread(_try_to_write, directory)


async def probe_worker(redis: "Redis") -> Finding:
    """Whether some worker gave a sign of life lately."""
    try:
        alive = bool(await redis.exists(WORKER_HEARTBEAT))
    except (RedisError, OSError) as failure:
        return Finding(False, type(failure).__name__, vital=False)
    return Finding(alive, "" if alive else "no worker was heard of lately", vital=False)


async def beat(redis: "Redis") -> None:
    """A worker's sign of life; it fades by itself. Raises RedisError."""
    await redis.set(WORKER_HEARTBEAT, b"1", ex=HEARTBEAT_SECONDS)


async def _bounded(name: str, probe: Probe) -> Finding:
    vital = name not in INFORMATIONAL
    try:
        async with asyncio.timeout(PROBE_SECONDS_MAX):
            return await probe()
    except TimeoutError:
        return Finding(False, f"no answer within {PROBE_SECONDS_MAX} seconds", vital)
    except Exception as failure:  # noqa: BLE001 - a probe's failure is its finding
        # The kind of failure only: texts of drivers name hosts and users.
        return Finding(False, type(failure).__name__, vital)


def _try_to_write(directory: Path) -> Finding:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / f".probe-{secrets.token_hex(8)}"
        try:
            path.write_bytes(b"\0" * 4096)
        finally:
            path.unlink(missing_ok=True)
    except OSError as failure:
        return Finding(False, failure.strerror or type(failure).__name__)
    return Finding(True)


def _answer(status: int, document: dict[str, Any]) -> Response:
    return Response(
        orjson.dumps(document),
        status,
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )
