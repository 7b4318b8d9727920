"""The worker: takes tenants in turn, and of each a slice of its work.

arq carries wake-ups and nothing else (see `wakeups`). A slice relays what was committed, then runs
due jobs for a quarter of a second; what is left is announced again, behind the other tenants.
A sweep walks the tenants and finds what no wake-up told of, so work goes on, later, without Redis.
"""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

import asyncpg
import orjson
import structlog
from redis.exceptions import RedisError

from infra.kernel import health, mail, webhooks
from infra.kernel.audit_chain import ChainKey
from infra.kernel.egress import Egress
from infra.kernel.errors import Unavailable
from infra.kernel.jobs import JobDefinition, PeriodicDefinition, job_of, periodic_of
from infra.kernel.leases import Leases, Outlook
from infra.kernel.relay import Relay, insert_jobs, periodic_row
from infra.kernel.running import Handler, Runs, handlers_of
from infra.kernel.transport import Transport
from infra.kernel.upkeep import prune
from infra.kernel.wakeups import Wakeups
from infra.kernel.watchdog import Watchdog

log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 5.0
SPREAD_SECONDS_MAX = 600
STUCK_SECONDS = 60.0
"""How long a job may keep a worker process of its own from everything else."""


@dataclass(frozen=True)
class WorkerSettings:
    """How a worker works; times in seconds."""

    jobs_max: int = 12
    drains_max: int = 8
    batch_max: int = 256
    slice_seconds: float = 0.25
    lease_seconds: float = 15.0
    sweep_seconds: float = 10.0
    sweep_seconds_without_redis: float = 2.0
    timer_seconds: float = 0.05
    visit_seconds: float = 0.002
    grace_seconds: float = 20.0
    stuck_seconds: float | None = None


class Worker:
    """One process's share of the work of every tenant."""

    def __init__(self, services: Any, settings: WorkerSettings | None = None) -> None:
        self.services = services
        self.settings = settings or WorkerSettings()
        _provide_egress(services)
        self.name = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:6]}"
        self.wakeups = Wakeups(services.redis, services.database)
        self.leases = Leases(services.database, self.name, self.settings.lease_seconds)
        self.runs = Runs(services, self.leases, self.wakeups, self._handlers(), self.settings)
        self._periodic = tuple(
            {d.name: d for d in (periodic_of(prune), *services.registry.periodic)}.values()
        )
        self._scheduled: dict[tuple[UUID, str], int] = {}
        self._draining: set[UUID] = set()
        self._again: set[UUID] = set()
        key = ChainKey(services.settings.secret_key)
        self._relay = Relay(services.database, services.redis, services.registry, key)
        self._stopping = asyncio.Event()
        self._redis_answers = True

    def _handlers(self) -> Mapping[str, Handler]:
        own: dict[str, JobDefinition] = {
            definition.name: definition
            for definition in (job_of(mail.send), job_of(webhooks.deliver))
        }
        return handlers_of(self.services.registry, own, (periodic_of(prune),))

    async def run(self, stop: asyncio.Event | None = None) -> None:
        """Work until `stop` is set; then finish or give back what is running, within the grace."""
        stop = stop or asyncio.Event()
        transport = Transport(
            self.services.settings.redis_url, self.drain, self.settings.drains_max
        )
        watchdog = Watchdog(self.settings.stuck_seconds)
        loops = [
            asyncio.create_task(self._forever(transport.listen, 1.0), name="transport"),
            asyncio.create_task(self._forever(self._ring_due, 1.0), name="timers"),
            asyncio.create_task(self._forever(self._sweep_on, 1.0), name="sweeper"),
            asyncio.create_task(self._forever(self._renew_on, 1.0), name="leases"),
            asyncio.create_task(self._forever(self._beat_on, 1.0), name="heartbeat"),
        ]
        log.info("worker.started", worker=self.name)
        try:
            with watchdog:
                await stop.wait()
        finally:
            self._stopping.set()
            self.runs.stop()
            await self._end(loops, transport)
            log.info("worker.stopped", worker=self.name)

    async def _end(self, loops: list[asyncio.Task[None]], transport: Transport) -> None:
        transport.stop()
        await self.runs.settle(self.settings.grace_seconds)
        await transport.settle()
        with contextlib.suppress(Unavailable):
            await self.runs.give_back()
        for task in loops:
            task.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        await self.wakeups.settle()
        await transport.close()
        with contextlib.suppress(RedisError, OSError):
            await self.services.redis.delete(f"atrium:worker:{self.name}")

    async def drain(self, tenant_id: UUID) -> None:
        """Do one slice of the tenant's work, and announce what is left of it.

        A tenant has one turn at a time, however often it is announced meanwhile: its mark stays,
        so that no more wake-ups queue, and the turn that runs looks again at its end.
        """
        if tenant_id in self._draining:
            self._again.add(tenant_id)
            return
        self._draining.add(tenant_id)
        try:
            await self._slice(tenant_id)
        except (Unavailable, asyncpg.PostgresError) as error:
            log.warning("worker.drain_failed", tenant=str(tenant_id), error=repr(error))
            self.wakeups.announce_in(tenant_id, 1.0)
        finally:
            self._draining.discard(tenant_id)
            if tenant_id in self._again:  # its turn failed, or the worker ends
                self._again.discard(tenant_id)
                await self.wakeups.clear(tenant_id)
                self.wakeups.announce_in(tenant_id, 0.0 if self._stopping.is_set() else 1.0)

    async def _slice(self, tenant_id: UUID) -> None:
        await self.wakeups.clear(tenant_id)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.settings.slice_seconds
        least = self.settings.slice_seconds / 4
        more, elsewhere = True, False
        while more and not self._stopping.is_set():
            relayed = await self._relay.run(tenant_id)
            elsewhere = relayed.elsewhere
            # However long the relay took: a tenant whose events never end has its jobs run too.
            worked = await self.runs.batch(tenant_id, max(deadline, loop.time() + least))
            more = (bool(worked) or relayed.is_full) and loop.time() < deadline
        while not self._stopping.is_set():
            if tenant_id in self._again:
                self._again.discard(tenant_id)
                await self.wakeups.clear(tenant_id)
            await self._look_ahead(tenant_id, elsewhere)
            if tenant_id not in self._again:
                return

    async def _look_ahead(self, tenant_id: UUID, elsewhere: bool) -> None:
        outlook = await self.leases.outlook(tenant_id)
        if outlook.suspect:
            await self.runs.suspect(tenant_id)
        if outlook.now:
            # With every slot taken by slow jobs, or the events in another relay's hands, coming
            # straight back would only burn time.
            waits = elsewhere or self.runs.is_full(tenant_id)
            self.wakeups.announce_in(tenant_id, self.settings.slice_seconds if waits else 0.0)
        elif outlook.next_seconds is not None:
            self.wakeups.announce_in(tenant_id, max(outlook.next_seconds, 0.001) + 0.001)

    async def _forever(self, work: Callable[[], Awaitable[None]], pause: float) -> None:
        """Keep a loop alive through whatever fails in it."""
        while not self._stopping.is_set():
            try:
                await work()
            except (RedisError, OSError, Unavailable) as error:
                log.warning("worker.loop_failed", loop=work.__name__, error=type(error).__name__)
            except Exception:
                log.exception("worker.loop_failed", loop=work.__name__)
            await asyncio.sleep(pause)

    async def _ring_due(self) -> None:
        while not self._stopping.is_set():
            await self.wakeups.wake_due()
            await asyncio.sleep(self.settings.timer_seconds)

    async def _renew_on(self) -> None:
        while not self._stopping.is_set():
            await asyncio.sleep(self.settings.lease_seconds / 3)
            await self.runs.renew()

    async def _beat_on(self) -> None:
        while not self._stopping.is_set():
            state = orjson.dumps({"worker": self.name, "running": self.runs.running})
            await self.services.redis.set(
                f"atrium:worker:{self.name}", state, px=int(HEARTBEAT_SECONDS * 3000)
            )
            await health.beat(self.services.redis)
            await asyncio.sleep(HEARTBEAT_SECONDS)

    async def _sweep_on(self) -> None:
        while not self._stopping.is_set():
            pause = self.settings.sweep_seconds
            if await self._may_sweep():
                await self.sweep()
            if not self._redis_answers:
                pause = self.settings.sweep_seconds_without_redis
            await asyncio.sleep(pause)

    async def _may_sweep(self) -> bool:
        """One worker sweeps at a time; where Redis cannot say which, each does."""
        length = int(self.settings.sweep_seconds * 900)
        try:
            taken = await self.services.redis.set("atrium:sweeper", self.name, nx=True, px=length)
        except (RedisError, OSError):
            self._redis_answers = False
            return True
        self._redis_answers = True
        return bool(taken)

    async def sweep(self) -> None:
        """Walk the active tenants, one transaction each, and see to what was left behind."""
        async with self.services.database.transaction(None) as connection:
            rows = await connection.fetch("SELECT id FROM tenants WHERE state = 'active'")
        for row in rows:
            if self._stopping.is_set():
                return
            outlook = await self._visit(row["id"])
            if outlook.now and not (self._redis_answers and await self.wakeups.wake([row["id"]])):
                await self.drain(row["id"])
            await asyncio.sleep(self.settings.visit_seconds)

    async def _visit(self, tenant_id: UUID) -> Outlook:
        outlook = await self.leases.outlook(tenant_id)
        due = [
            (definition, period)
            for definition in self._periodic
            if (period := _period(definition, tenant_id, outlook.epoch_seconds))
            != self._scheduled.get((tenant_id, definition.name))
        ]
        if due:
            await self._schedule(tenant_id, due)
        if outlook.next_seconds is not None:
            self.wakeups.announce_in(tenant_id, outlook.next_seconds)
        return outlook

    async def _schedule(self, tenant_id: UUID, due: list[tuple[PeriodicDefinition, int]]) -> None:
        """Queue the jobs of these periods, those of a tenant not met before spread over time.

        A worker that starts meets every tenant at once; their work must not begin at once.
        """
        rows = []
        for definition, period in due:
            job_id = uuid5(NAMESPACE_OID, f"{tenant_id}:{definition.name}:{period}")
            met = (tenant_id, definition.name) in self._scheduled
            delay = 0.0 if met else _spread(definition, job_id)
            rows.append(periodic_row(definition, job_id, delay))
        async with self.services.database.transaction(tenant_id) as connection:
            await insert_jobs(connection, tenant_id, rows)
        self._scheduled |= {(tenant_id, d.name): period for d, period in due}
        self.wakeups.announce_in(tenant_id, min(row.delay_seconds for row in rows))


def _provide_egress(services: Any) -> None:
    try:
        services.get(Egress)
    except LookupError:
        services.provide(Egress(services.settings))


def _period(definition: PeriodicDefinition, tenant_id: UUID, epoch_seconds: float) -> int:
    """The number of the period that it is now; tenants begin theirs at different moments."""
    offset = (tenant_id.int ^ (tenant_id.int >> 64)) % definition.every_seconds
    return int(epoch_seconds + offset) // definition.every_seconds


def _spread(definition: PeriodicDefinition, job_id: UUID) -> float:
    """Seconds to wait with a first run: the same for every worker that meets the tenant."""
    return (job_id.int % 10_000) / 10_000 * min(definition.every_seconds, SPREAD_SECONDS_MAX)


async def live_workers(redis: Any) -> list[dict[str, Any]]:
    """The workers that said a word lately."""
    names = [key async for key in redis.scan_iter(match="atrium:worker:*", count=500)]
    told = await redis.mget(names) if names else []
    return [orjson.loads(state) for state in told if state]


async def run_worker(
    services: Any, settings: WorkerSettings | None = None, stop: asyncio.Event | None = None
) -> None:
    """Work until SIGTERM or SIGINT, or until `stop` is set where others mind the signals."""
    if stop is None:
        stop = asyncio.Event()
        settings = settings or WorkerSettings(stuck_seconds=STUCK_SECONDS)
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await Worker(services, settings).run(stop)
