"""arq, as far as we use it: a queue of `drain(tenant)` wake-ups.

arq polls. Instead of polling fast we wait at a bell, a list that is popped with blocking, so that
a wake-up starts within a millisecond and an idle worker costs nothing; arq's poll runs then, and a
few times a second in case a bell was lost.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any, cast
from uuid import UUID

import orjson
from arq import ArqRedis, func
from arq.worker import Worker as ArqWorker
from redis.asyncio import ConnectionPool, Redis

from infra.kernel.wakeups import BELL, QUEUE

IDLE_SECONDS = 0.25
DRAIN_SECONDS_MAX = 60

Drain = Callable[[UUID], Awaitable[None]]


class _Listener(ArqWorker):  # type: ignore[misc, unused-ignore]
    """arq's worker, with a bell in place of its clock."""

    def __init__(self, drain: Drain, redis_url: str, drains_max: int) -> None:
        async def drain_once(_ctx: dict[Any, Any], tenant: str) -> None:
            try:
                await drain(UUID(tenant))
            finally:
                self.rung.set()

        pool = ConnectionPool.from_url(redis_url, socket_timeout=5, socket_connect_timeout=2)
        super().__init__(
            functions=[func(cast("Any", drain_once), name="drain", keep_result=0)],
            redis_pool=ArqRedis(
                connection_pool=pool,
                default_queue_name=QUEUE,
                job_serializer=orjson.dumps,
                job_deserializer=orjson.loads,
            ),
            queue_name=QUEUE,
            job_serializer=orjson.dumps,
            job_deserializer=orjson.loads,
            handle_signals=False,
            max_jobs=drains_max,
            job_timeout=DRAIN_SECONDS_MAX,
            keep_result=0,
            max_tries=3,
            log_results=False,
        )
        self.rung = asyncio.Event()
        self._bell = Redis.from_url(redis_url, socket_connect_timeout=2)

    @property
    def is_full(self) -> bool:
        return bool(self.job_counter >= self.max_jobs)

    async def main(self) -> None:
        """Take wake-ups whenever the bell rings; raises RedisError once Redis is gone."""
        listening = asyncio.get_running_loop().create_task(self._listen())
        try:
            while self.allow_pick_jobs:
                await self._poll_iteration()
                if listening.done():
                    listening.result()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(IDLE_SECONDS):
                        await self.rung.wait()
                self.rung.clear()
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _listen(self) -> None:
        while self.allow_pick_jobs:
            if self.is_full:  # leave the bell to a worker that has room
                await asyncio.sleep(0.005)
            elif await self._bell.blpop([BELL], timeout=1):
                self.rung.set()

    async def settle(self) -> None:
        """Wait for the drains that have begun."""
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)

    async def disconnect(self) -> None:
        bell: Any = self._bell
        await bell.aclose()
        pool: Any = self.pool
        await pool.aclose(close_connection_pool=True)


class Transport:
    """Listens for wake-ups until it is stopped."""

    def __init__(self, redis_url: str, drain: Drain, drains_max: int) -> None:
        logging.getLogger("arq.worker").setLevel(logging.WARNING)
        self._make: Callable[[], _Listener] = lambda: _Listener(drain, redis_url, drains_max)
        self._listener: _Listener | None = None
        self._stopped = False

    async def listen(self) -> None:
        """Take wake-ups; raises RedisError or OSError where Redis is out of reach."""
        if self._stopped:
            return
        await self.close()
        self._listener = self._make()
        await self._listener.main()

    def stop(self) -> None:
        self._stopped = True
        if self._listener is not None:
            self._listener.allow_pick_jobs = False
            self._listener.rung.set()

    async def settle(self) -> None:
        if self._listener is not None:
            await self._listener.settle()

    async def close(self) -> None:
        """Drop the connections, once nothing needs them."""
        if self._listener is not None:
            await self._listener.settle()
            with contextlib.suppress(Exception):
                await self._listener.disconnect()
            self._listener = None
