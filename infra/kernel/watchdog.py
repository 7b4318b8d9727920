"""Ends a process whose event loop stands still, as a job that computes forever makes it.

Nothing inside the loop can help then. Ending it lets its supervisor start another and its leases
run out, so that the job is tried again, alone, until it has used up its attempts.
"""

import asyncio
import faulthandler
import os
import threading
import time
from types import TracebackType

EXIT_CODE = 70


class Watchdog:
    """A thread that watches the running loop; `seconds=None` watches nothing."""

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        self._seen = time.monotonic()
        self._ended = threading.Event()
        self._ticking: asyncio.Task[None] | None = None

    def __enter__(self) -> "Watchdog":
        if self._seconds is not None:
            self._seen = time.monotonic()
            self._ticking = asyncio.get_running_loop().create_task(self._tick(self._seconds))
            threading.Thread(
                target=self._watch, args=(self._seconds,), name="watchdog", daemon=True
            ).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        if self._ticking is not None:
            self._ticking.cancel()

    async def _tick(self, seconds: float) -> None:
        while True:
            self._seen = time.monotonic()
            await asyncio.sleep(seconds / 10)

    def _watch(self, seconds: float) -> None:
        last = time.monotonic()
        while not self._ended.wait(seconds / 10):
            now = time.monotonic()
            # A process that was stopped and continued has lost time too, and must not die of that.
            if now - last > seconds / 2:
                self._seen = now
            last = now
            if now - self._seen > seconds:
                faulthandler.dump_traceback(all_threads=True)
                os._exit(EXIT_CODE)
