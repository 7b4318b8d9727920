"""Hints that a tenant has work, carried by Redis. Losing every one of them loses no work.

A wake-up is an arq job `drain(tenant)`. While one waits, further announcements add nothing: the
mark that says so is removed by the drain before it looks, so whatever is committed later leaves a
new mark. The mark expires, for a worker may die between taking the wake-up and removing the mark.
Work for later sits in a sorted set by its time, and the workers' timers turn it into wake-ups;
"now" is always Redis's own clock there, so a worker's wrong clock neither delays nor repeats it.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

QUEUE = "atrium:queue"
BELL = "atrium:bell"
DUE = "atrium:due"
MARK_MILLISECONDS = 10_000
ANSWER_SECONDS_MAX = 0.05
BATCH = 200
PAUSES = (0.05, 0.25)
"""Seconds before what Redis did not take is told again."""

# arq's own layout of a queued job (0.28, JSON serializer): a string key and a sorted-set member.
# arq takes what its own clock calls due, so the score is a turn and not a time: a worker whose
# clock is behind works as soon as any other. A flushed Redis counts its turns anew, and the moment
# in the name keeps a turn that still runs apart from them.
_RING = """
local function ring(tenant, now)
  if not redis.call('SET', 'atrium:dirty:' .. tenant, '1', 'NX', 'PX', ARGV[1]) then return 0 end
  local turn = redis.call('INCR', 'atrium:wakes')
  local id = 'drain:' .. tenant .. ':' .. now .. ':' .. turn
  redis.call('SET', 'arq:job:' .. id,
    '{"t":null,"f":"drain","a":["' .. tenant .. '"],"k":{},"et":' .. now .. '}', 'PX', 600000)
  redis.call('ZADD', 'atrium:queue', turn, id)
  redis.call('LPUSH', 'atrium:bell', '1')
  redis.call('LTRIM', 'atrium:bell', 0, 63)
  return 1
end
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
"""
TELL = (
    _RING
    + """
local rung, ready = 0, tonumber(ARGV[2])
for i = 3, 2 + ready do rung = rung + ring(ARGV[i], now) end
for i = 3 + ready, #ARGV, 2 do
  redis.call('ZADD', 'atrium:due', 'LT', string.format('%.0f', now + ARGV[i + 1]), ARGV[i])
end
return rung
"""
)
WAKE_DUE = (
    _RING
    + """
local due = redis.call('ZRANGEBYSCORE', 'atrium:due', '-inf', now, 'LIMIT', 0, 200)
for _, tenant in ipairs(due) do
  redis.call('ZREM', 'atrium:due', tenant)
  ring(tenant, now)
end
return #due
"""
)


class Wakeups:
    """Announces work; what is announced in one turn of the loop travels in one message."""

    def __init__(self, redis: Redis, clock: Any = None) -> None:
        self._redis = redis
        self._clock = clock
        self._script = redis.register_script(TELL)
        self._wake_due = redis.register_script(WAKE_DUE)
        self._ready: set[UUID] = set()
        self._later: dict[UUID, float] = {}
        self._flushing: asyncio.Task[None] | None = None

    def announce(self, tenant_id: UUID, run_at: datetime | None = None) -> None:
        """Say that the tenant has work, and more from `run_at` on. Never raises, never waits."""
        if run_at is not None:
            self.announce_in(tenant_id, (run_at - self._now(run_at)).total_seconds())
        self.announce_in(tenant_id, 0)

    def announce_in(self, tenant_id: UUID, delay_seconds: float) -> None:
        """Say that the tenant has work after so many seconds."""
        if delay_seconds <= 0:
            self._ready.add(tenant_id)
        else:
            earlier = self._later.get(tenant_id, delay_seconds)
            self._later[tenant_id] = min(earlier, delay_seconds)
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.get_running_loop().create_task(self._flush())

    async def wake(self, tenants: Iterable[UUID]) -> bool:
        """Wake these tenants; False where Redis did not answer, and then perhaps nobody heard."""
        return await self._tell(list(tenants), {})

    async def wake_due(self) -> int:
        """Turn what has become due into wake-ups; how many there were. Raises RedisError."""
        return int(await self._wake_due(args=[MARK_MILLISECONDS]))

    async def clear(self, tenant_id: UUID) -> None:
        """Take the tenant's mark away; from now on an announcement wakes it anew."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS_MAX * 10):
                await self._redis.delete(f"atrium:dirty:{tenant_id}")
        except (RedisError, OSError, TimeoutError):
            pass  # the mark expires

    async def settle(self) -> None:
        """Wait until what was announced has been told, as a process does before it ends."""
        while self._flushing is not None and not self._flushing.done():
            await self._flushing

    async def _flush(self) -> None:
        """Tell until nothing is left; what stays unheard is told again, then left to the sweep."""
        failures = 0
        while self._ready or self._later:
            ready = [self._ready.pop() for _ in range(min(BATCH, len(self._ready)))]
            later, self._later = self._later, {}
            if await self._tell(ready, later):
                failures = 0
                continue
            failures += 1
            if failures > len(PAUSES):
                return
            await asyncio.sleep(PAUSES[failures - 1])
            # Told twice is harmless: the mark, or the earlier time, stands.
            self._ready.update(ready)
            for tenant_id, delay in later.items():
                self._later[tenant_id] = min(delay, self._later.get(tenant_id, delay))

    async def _tell(self, ready: list[UUID], later: dict[UUID, float]) -> bool:
        """Wake some now and others later, in one message."""
        times = [part for t, d in later.items() for part in (str(t), int(d * 1000) + 1)]
        arguments = [MARK_MILLISECONDS, len(ready), *map(str, ready), *times]
        try:
            async with asyncio.timeout(ANSWER_SECONDS_MAX * 10):
                await self._script(args=arguments)
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("wakeups.untold", error=type(error).__name__)
            return False
        return True

    def _now(self, like: datetime) -> datetime:
        return self._clock.now() if self._clock else datetime.now(like.tzinfo)
