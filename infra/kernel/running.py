"""Runs claimed jobs: a few at a time for each tenant, each within its time, each to an end."""

import asyncio
import time
import traceback
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import asyncpg
import structlog
from pydantic import ValidationError

from infra.kernel.database import JOB_FENCED, Finishing
from infra.kernel.errors import Unavailable
from infra.kernel.events import EVENT_COLUMNS, event_from_row
from infra.kernel.jobs import (
    Fenced,
    GiveUp,
    JobDefinition,
    JobRun,
    PeriodicDefinition,
    ReactionDefinition,
)
from infra.kernel.leases import Claimed, Leases
from infra.kernel.relay import Declared
from infra.kernel.telemetry import JOB_WAIT, JOBS_DEAD, observed_job
from infra.kernel.wakeups import Wakeups

log = structlog.get_logger(__name__)

Handler = JobDefinition | ReactionDefinition | PeriodicDefinition
FIRST_BATCH = 16
SLOT_SECONDS = 0.005


class Limits(Protocol):
    """How much may run at once."""

    @property
    def jobs_max(self) -> int: ...
    @property
    def batch_max(self) -> int: ...


def handlers_of(
    registry: Declared,
    own: Mapping[str, JobDefinition],
    own_periodic: tuple[PeriodicDefinition, ...],
) -> Mapping[str, Handler]:
    """Job name → what runs it."""
    found: dict[str, Handler] = {**own, **registry.jobs}
    found |= {definition.job_name: definition for definition in registry.reactions}
    found |= {d.job_name: d for d in (*own_periodic, *registry.periodic)}
    return found


@dataclass
class _Batch:
    """Jobs claimed together; what is done is marked in one statement at the end."""

    waiting: deque[Claimed]
    done: list[Claimed]
    over: bool = False


class Runs:
    """The jobs that this worker holds and runs."""

    def __init__(
        self,
        services: Any,
        leases: Leases,
        wakeups: Wakeups,
        handlers: Mapping[str, Handler],
        limits: Limits,
    ) -> None:
        self._services = services
        self._leases = leases
        self._wakeups = wakeups
        self._handlers = handlers
        self._limits = limits
        self._slots = asyncio.Semaphore(limits.jobs_max)
        self._held: dict[UUID, dict[UUID, Claimed]] = {}
        self._runners: dict[UUID, set[asyncio.Task[None]]] = {}
        self._pace: dict[UUID, int] = {}
        self._stopping = False

    @property
    def running(self) -> int:
        return sum(map(len, self._runners.values()))

    def is_full(self, tenant_id: UUID) -> bool:
        return len(self._runners.get(tenant_id, ())) >= self._share(tenant_id)

    def _share(self, tenant_id: UUID) -> int:
        """The slots that are the tenant's: its part among those at work, and never more than half.

        A tenant with a long queue always leaves room for the next one that comes.
        """
        tenants = len(self._runners.keys() | {tenant_id})
        return max(1, self._limits.jobs_max // max(2, tenants))

    async def batch(self, tenant_id: UUID, deadline: float) -> int:
        """Claim and run jobs until they are done or the slice is over; how many were done.

        A job that is longer than the slice goes on beside it; what had not begun is given back.
        """
        busy = len(self._runners.get(tenant_id, ()))
        room = self._share(tenant_id) - busy
        if room <= 0 or self._stopping:
            return 0
        most = max(room, self._pace.get(tenant_id, room if busy else FIRST_BATCH))
        claimed = await self._leases.claim(tenant_id, most)
        if not claimed:
            self._pace.pop(tenant_id, None)
            return 0
        self._hold(tenant_id, claimed)
        batch = _Batch(deque(claimed), [])
        runners = {self._start(tenant_id, batch) for _ in range(min(room, len(claimed)))}
        loop = asyncio.get_running_loop()
        try:
            _, slow = await asyncio.wait(runners, timeout=max(0.001, deadline - loop.time()))
        except asyncio.CancelledError:
            self._let_go([*batch.waiting, *batch.done])
            batch.waiting.clear()
            raise
        finally:
            batch.over = True
        left = list(batch.waiting)
        batch.waiting.clear()
        self._let_go(left)
        await self._finish(tenant_id, batch.done)
        if left:
            await self._leases.release(tenant_id, left)
        fast = not slow and not left
        pace = most * 4 if fast else max(4, len(claimed) - len(left))
        self._pace[tenant_id] = min(self._limits.batch_max, pace)
        return len(claimed) - len(left) - len(slow)

    async def suspect(self, tenant_id: UUID) -> None:
        """Run one job that may have killed its last worker, with nothing else of its tenant."""
        claimed = await self._leases.claim(tenant_id, 1, suspect=True)
        if claimed and not self._stopping:
            self._hold(tenant_id, claimed)
            batch = _Batch(deque(claimed), [], over=True)
            await asyncio.wait({self._start(tenant_id, batch)}, timeout=1.0)

    async def renew(self) -> None:
        """Lengthen the leases of everything held."""
        for tenant_id, held in list(self._held.items()):
            if held:
                await self._leases.renew(tenant_id, list(held.values()))

    def stop(self) -> None:
        """Begin nothing new."""
        self._stopping = True

    async def settle(self, grace_seconds: float) -> None:
        """Wait for what runs, and cancel what is longer than the grace."""
        running = {task for tasks in self._runners.values() for task in tasks}
        if running:
            _, slow = await asyncio.wait(running, timeout=grace_seconds)
            for task in slow:
                task.cancel()
            await asyncio.gather(*slow, return_exceptions=True)

    async def give_back(self) -> None:
        """Put back what was claimed and not done, for other workers to take at once."""
        for tenant_id, held in list(self._held.items()):
            if held:
                await self._leases.release(tenant_id, list(held.values()))
                self._wakeups.announce_in(tenant_id, 0)
                held.clear()

    def _start(self, tenant_id: UUID, batch: _Batch) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(self._runner(tenant_id, batch))
        self._runners.setdefault(tenant_id, set()).add(task)
        task.add_done_callback(lambda ended: self._ended(tenant_id, ended))
        return task

    def _ended(self, tenant_id: UUID, task: asyncio.Task[None]) -> None:
        tasks = self._runners[tenant_id]
        tasks.discard(task)
        if not tasks:
            del self._runners[tenant_id]
        if not task.cancelled() and (error := task.exception()):
            log.warning("worker.runner_failed", tenant=str(tenant_id), error=repr(error))

    async def _runner(self, tenant_id: UUID, batch: _Batch) -> None:
        while batch.waiting and not self._stopping:
            finished: list[Claimed] = []
            async with self._slots:
                # A slot is kept for a moment: passed on after each of many tiny jobs, it would
                # come back only after everybody else's.
                passed_on = time.monotonic() + SLOT_SECONDS
                while batch.waiting and not self._stopping:
                    job = batch.waiting.popleft()
                    if await self._attempt(job):
                        (finished if batch.over else batch.done).append(job)
                    if time.monotonic() > passed_on:
                        break
            await self._finish(tenant_id, finished)
            if batch.over:
                self._wakeups.announce_in(tenant_id, 0)
            # A job that never waits gives nobody else a chance to run.
            await asyncio.sleep(0)

    async def _finish(self, tenant_id: UUID, jobs: list[Claimed]) -> None:
        if not jobs:
            return
        try:
            await self._leases.finish(tenant_id, jobs)
        finally:  # held no longer, whatever comes: a lease that nobody renews runs out
            self._let_go(jobs)

    async def _attempt(self, job: Claimed) -> bool:
        """Run a job once; whether it still has to be marked done."""
        handler = self._handlers.get(job.name)
        try:
            if handler is None:
                raise GiveUp(f"no job is called {job.name!r}")
            JOB_WAIT.observe(max(0.0, time.monotonic() - job.due_at))
            with observed_job(job.name):
                async with asyncio.timeout(handler.timeout_seconds):
                    if isinstance(handler, JobDefinition) and handler.network:
                        await self._outside(job, handler)
                        return True
                    await self._inside(job, handler)
        except Fenced:
            log.warning("job.fenced", job=str(job.id), name=job.name)
        except Exception as error:  # noqa: BLE001  whatever a job raises is its failed attempt
            await self._failed(job, error)
        self._let_go([job])
        return False

    async def _outside(self, job: Claimed, handler: JobDefinition) -> None:
        run = JobRun(
            services=self._services,
            tenant_id=job.tenant_id,
            id=job.id,
            name=job.name,
            attempt=job.attempt,
            attempts_max=job.attempts_max,
            fence=job.fence,
            actor=job.actor,
            request_id=job.request_id,
        )
        await handler.function(run, **_parsed(handler, job))

    async def _inside(self, job: Claimed, handler: Handler) -> None:
        """Run the job and mark it done in one transaction, or neither.

        A server that dies loses both together; the claim was durable, so the job runs again.
        """
        try:
            async with self._services.system(
                job.tenant_id,
                reason=f"job {job.name}",
                actor=job.actor,
                request_id=job.request_id,
                finishing=Finishing(job.id, job.fence),
                durable=False,
            ) as ctx:
                if isinstance(handler, ReactionDefinition):
                    await self._react(ctx, job, handler)
                elif isinstance(handler, JobDefinition):
                    await handler.function(ctx, **_parsed(handler, job))
                else:
                    await handler.function(ctx)
        except asyncpg.PostgresError as error:
            if error.sqlstate == JOB_FENCED:
                raise Fenced(job.name) from None
            raise

    async def _react(self, ctx: Any, job: Claimed, handler: ReactionDefinition) -> None:
        row = await ctx.fetchrow(
            f"SELECT {EVENT_COLUMNS} FROM events WHERE tenant_id = $1 AND id = $2",
            job.tenant_id,
            UUID(job.arguments["event_id"]),
        )
        if row is None:
            raise GiveUp("the event is gone")
        await handler.function(ctx, event_from_row(row))

    async def _failed(self, job: Claimed, error: Exception) -> None:
        final = isinstance(error, (GiveUp, ValidationError))
        try:
            dead = await self._leases.fail(job, _told(error), final=final)
        except (Unavailable, asyncpg.PostgresError):
            return  # the lease runs out
        if dead:
            JOBS_DEAD.labels(job.name if job.name in self._handlers else "unknown").inc()
        log.warning(
            "job.dead" if dead else "job.failed",
            tenant=str(job.tenant_id),
            job=str(job.id),
            name=job.name,
            attempt=job.attempt,
            error=repr(error)[:500],
        )

    def _hold(self, tenant_id: UUID, jobs: list[Claimed]) -> None:
        self._held.setdefault(tenant_id, {}).update({job.id: job for job in jobs})

    def _let_go(self, jobs: list[Claimed]) -> None:
        for job in jobs:
            held = self._held.get(job.tenant_id, {})
            held.pop(job.id, None)
            if not held:
                self._held.pop(job.tenant_id, None)


def _parsed(handler: JobDefinition, job: Claimed) -> dict[str, Any]:
    return handler.parse(job.arguments)


def _told(error: Exception) -> str:
    """The error in words that help whoever looks at the dead job: what, and where."""
    if isinstance(error, GiveUp):
        return str(error)
    if isinstance(error, TimeoutError) and not str(error):
        return "TimeoutError: it took longer than it may"
    frames = traceback.extract_tb(error.__traceback__)
    where = f" (at {frames[-1].name}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{where}"
