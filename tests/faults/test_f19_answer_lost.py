"""F19: the reply is lost after the commit; asking again under the key gets the first answer."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import httpx2

from infra.kernel.config import Settings
from tests.faults.journal import Journal, journal_of, nothing_lost_or_doubled
from tests.faults.process import Server


class Deaf:
    """A way to the server that passes every request on and loses what comes back, while told so."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.losing = False
        self.lost = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        forth = asyncio.create_task(self._pass(reader, back))
        with contextlib.suppress(OSError):
            while data := await there.read(65_536):
                if self.losing:
                    self.lost += 1
                    writer.transport.abort()
                    break
                writer.write(data)
                await writer.drain()
        forth.cancel()
        for end in (back, writer):
            end.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()


@contextlib.asynccontextmanager
async def through_a_deaf_line(journal: Journal) -> AsyncIterator[Deaf]:
    line = Deaf(httpx2.URL(journal.base_url).port or 80)
    listener = await asyncio.start_server(line.serve, "127.0.0.1", 0)
    direct, journal.base_url = (
        journal.base_url,
        f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}",
    )
    try:
        yield line
    finally:
        journal.base_url = direct
        listener.close()


async def test_a_write_whose_answer_was_lost_is_done_once_and_answered_again(
    harmed: Settings, process: Callable[..., Server]
) -> None:
    server = process(harmed)
    journal = await journal_of(server.base_url, harmed, "deaf")
    async with through_a_deaf_line(journal) as line, journal.client() as client:
        assert await journal.ask(client, "heard")
        line.losing = True
        for number in range(10):
            assert not await journal.ask(client, f"unheard-{number}")
        line.losing = False
    assert line.lost == journal.broken == 10
    await journal.settle()
    assert journal.refusals == []
    await journal.replays_are_the_first_answers()
    await nothing_lost_or_doubled(journal, harmed)


async def test_twins_sent_at_once_under_one_key_are_one_write(
    harmed: Settings, process: Callable[..., Server]
) -> None:
    server = process(harmed)
    journal = await journal_of(server.base_url, harmed, "twins")
    async with journal.client() as client:
        for number in range(5):
            await asyncio.gather(*(journal.ask(client, f"twin-{number}") for _ in range(20)))
    assert set(journal.refusals) <= {409}, "a twin is told to wait, or answered as the first"
    await journal.settle()
    await nothing_lost_or_doubled(journal, harmed)
