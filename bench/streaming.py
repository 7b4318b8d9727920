"""(g) two thousand live connections: what each costs in memory, and when the last has the event.

The floor is an ASGI application that calls `send` on each of as many connections in turn, with as
many bytes as ours sends. Ours is told by the worker through Redis: its time begins when the relay's
message is published, as the floor's begins with its order to send.
"""

import asyncio
import time
from typing import cast
from uuid import UUID

from bench import load, memory, requests
from bench.ground import Child, Firm, Ground
from bench.results import Result, Rounds, limit, paired, quantile, told

CONNECTIONS = 2_000
KILOBYTES_MAX = 15.0
LAST_MS_MAX = 45.0
SHARE_OF_RAW = 0.6
AT_ONCE = 100
AGENTS = 20


class Crowd:
    """Everybody who listens, and when the last of them heard."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.ears: list[_Ear] = []
        self.heard = 0
        self.first_at = self.last_at = 0.0
        self.frame = b""
        self._all = asyncio.Event()

    def expect(self) -> None:
        """From now on the next event counts."""
        self.heard = 0
        self._all.clear()

    def hears(self, data: bytes) -> None:
        if not self.heard:
            self.first_at, self.frame = time.perf_counter(), data
        self.heard += 1
        if self.heard == self.size:
            self.last_at = time.perf_counter()
            self._all.set()

    async def wait(self) -> None:
        async with asyncio.timeout(10):
            await self._all.wait()

    async def leave(self) -> None:
        for ear in self.ears:
            ear.transport.close()
        await asyncio.sleep(0.5)


class _Ear(asyncio.Protocol):
    """One connection, held."""

    def __init__(self, crowd: Crowd, asked: bytes) -> None:
        self._crowd = crowd
        self._asked = asked
        self.open = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        self.transport.write(self._asked)

    def data_received(self, data: bytes) -> None:
        self.open.set()
        if b"data: " in data:
            self._crowd.hears(data)


async def listen(child: Child, size: int, asked: list[bytes]) -> Crowd:
    """Open so many connections, some at a time."""
    crowd = Crowd(size)
    loop = asyncio.get_running_loop()

    async def one(number: int) -> None:
        _, ear = await loop.create_connection(
            lambda: _Ear(crowd, asked[number % len(asked)]), *child.address
        )
        crowd.ears.append(ear)
        async with asyncio.timeout(20):
            await ear.open.wait()

    for start in range(0, size, AT_ONCE):
        await asyncio.gather(*(one(n) for n in range(start, min(size, start + AT_ONCE))))
    await asyncio.sleep(1.0)
    return crowd


async def live(ground: Ground) -> list[Result]:
    """Memory and fan-out, ours beside the raw application."""
    firm = ground.firms[0]
    await requests.serve(ground, firm)
    await memory.worker(ground)
    size = CONNECTIONS // 10 if ground.is_quick else CONNECTIONS
    app, floor = ground.app, ground.floor
    tokens = [(await ground.member(firm, "service_manager"))[1] for _ in range(AGENTS)]
    path, host = "/api/v1/events/stream?kinds=accounts", f"localhost:{app.port}"
    asked = [load.request("GET", path, host=host, token=token) for token in tokens]
    bare = [load.request("GET", "/stream/", host=host)]
    await _warm(app, asked)
    await _warm(floor, bare)
    before, before_floor = app.megabytes, floor.megabytes
    crowd = await listen(app, size, asked)
    crowd_floor = await listen(floor, size, bare)
    kilobytes = (app.megabytes - before) * 1024 / size
    kilobytes_floor = (floor.megabytes - before_floor) * 1024 / size
    whole, fanned, raw = await _events(ground, firm, crowd, crowd_floor)
    await crowd.leave()
    await crowd_floor.leave()
    return _results(size, kilobytes, kilobytes_floor, whole, paired(fanned, raw))


async def _warm(child: Child, asked: list[bytes]) -> None:
    """What the first connections load once is not the price of one more."""
    await (await listen(child, 2 * len(asked), asked)).leave()


async def _events(
    ground: Ground, firm: Firm, crowd: Crowd, crowd_floor: Crowd
) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds from commit to last, from message to last, and of the floor."""
    whole, fanned, raw = [], [], []
    pubsub = ground.services.redis.pubsub(ignore_subscribe_messages=True)
    await pubsub.subscribe(f"atrium:live:{firm.id}")
    account = UUID(firm.ids["account"])
    for number in range(4 if ground.is_quick else 12):
        crowd.expect()
        await ground.do(firm, "accounts.update", account, notes=f"note {number}")
        committed = time.perf_counter()
        published = await _published(pubsub)
        await crowd.wait()
        whole.append((crowd.last_at - committed) * 1000)
        fanned.append((crowd.last_at - min(published, crowd.first_at)) * 1000)
        raw.append(await _shout(ground.floor, crowd_floor, crowd.frame))
        await asyncio.sleep(0.1)
    await pubsub.aclose()  # type: ignore[no-untyped-call]
    return whole, fanned, raw


async def _published(pubsub: object) -> float:
    """When the relay's message went out, as this process hears it too."""
    async with asyncio.timeout(10):
        while not await pubsub.get_message(timeout=1.0):  # type: ignore[attr-defined]
            pass
    return time.perf_counter()


async def _shout(floor: Child, crowd: Crowd, frame: bytes) -> float:
    reader, writer = await asyncio.open_connection(*floor.address)
    crowd.expect()
    began = time.perf_counter()
    writer.write(load.request("POST", "/shout", host=f"localhost:{floor.port}", body=frame))
    await crowd.wait()
    await reader.readuntil(b"\r\n\r\n")
    writer.close()
    return (crowd.last_at - began) * 1000


def _results(
    size: int, kilobytes: float, kilobytes_floor: float, whole: list[float], rounds: Rounds
) -> list[Result]:
    """The last one is in time if within the limit, or near enough to the raw one."""
    allowed = max(LAST_MS_MAX, rounds.floor / SHARE_OF_RAW)
    return [
        limit(f"g  memory of one of {size:,}", kilobytes, "kB", KILOBYTES_MAX, kilobytes_floor),
        Result(
            f"g  message → last of {size:,} has it", rounds.value, "ms", rounds.floor,
            rounds.ratio, "<= 45 or <= raw/0.6", rounds.value <= allowed,
        ),
        told(f"g  commit → last of {size:,} has it", quantile(whole, 0.5), "ms"),
    ]  # fmt: skip
