"""A load generator that costs little itself: raw HTTP/1.1 over kept connections, bounded.

It shares the machine with what it measures, so each microsecond it takes is taken from both sides.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from bench.results import quantile


@dataclass
class Load:
    """What a run measured; times in seconds."""

    done: int = 0
    done_in_all: int = 0
    """With those of the warm-up."""
    failed: int = 0
    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        return self.done / self.seconds if self.seconds else 0.0

    def quantile(self, share: float) -> float:
        """The time within which this share of the answers came."""
        return quantile(self.times, share)


class Failed(RuntimeError):
    """Answers were refusals, so their number says nothing."""


def request(
    method: str, path: str, *, host: str, token: str = "", body: bytes = b"", more: str = ""
) -> bytes:
    """The bytes of one request."""
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n"
    if token:
        head += f"Authorization: Bearer {token}\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return (head + more + "\r\n").encode() + body


@dataclass
class _Run:
    make: Callable[[int], bytes]
    begin: float
    end: float
    load: Load
    number: int = 0


class _Line(asyncio.Protocol):
    """One connection: a request, its answer, the next request."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._held = b""
        self._sent = 0.0
        self.over = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.over.done():
            self.over.set_result(None)

    def data_received(self, data: bytes) -> None:
        data = self._held + data if self._held else data
        end = data.find(b"\r\n\r\n")
        if end < 0 or len(data) < end + 4 + _length(data[:end]):
            self._held = data
            return
        self._held = b""
        self._note(int(data[9:12]))
        self._ask()

    def _ask(self) -> None:
        now = time.perf_counter()
        if now >= self._run.end:
            self._transport.close()
            return
        self._run.number += 1
        self._sent = now
        self._transport.write(self._run.make(self._run.number))

    def _note(self, status: int) -> None:
        self._run.load.done_in_all += 1
        if self._sent < self._run.begin:
            return
        load = self._run.load
        load.done += 1
        load.times.append(time.perf_counter() - self._sent)
        load.statuses[status] = load.statuses.get(status, 0) + 1
        load.failed += status >= 400


def _length(head: bytes) -> int:
    lowered = head.lower()
    at = lowered.find(b"content-length:")
    if at < 0:
        return 0
    return int(lowered[at + 15 :].split(b"\r\n", 1)[0])


async def run(
    address: tuple[str, int],
    make: Callable[[int], bytes],
    *,
    seconds: float,
    connections: int = 16,
    warm_up: float = 0.5,
) -> Load:
    """Send `make(n)` over and over on each connection for so long; raises Failed where more than
    one answer in a hundred is a refusal."""
    load = Load(seconds=seconds)
    begin = time.perf_counter() + warm_up
    state = _Run(make, begin, begin + seconds, load)
    loop = asyncio.get_running_loop()
    lines = [
        (await loop.create_connection(lambda: _Line(state), *address))[1]
        for _ in range(connections)
    ]
    async with asyncio.timeout(seconds + warm_up + 60):
        await asyncio.gather(*(line.over for line in lines))
    if not load.done or load.failed > load.done / 100:
        raise Failed(f"answers by status: {load.statuses}")
    return load
