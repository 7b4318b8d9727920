"""The load generator counts whole answers, tells refusals apart, and stops in time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bench import load

Serve = Callable[[list[bytes]], Awaitable[tuple[str, int]]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"
REFUSED = b"HTTP/1.1 503 Unavailable\r\ncontent-length: 0\r\n\r\n"


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Answer each request with these pieces, sent one after the other."""
    servers: list[asyncio.Server] = []

    async def start(pieces: list[bytes]) -> tuple[str, int]:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while not reader.at_eof():
                try:
                    await reader.readuntil(b"\r\n\r\n")
                except asyncio.IncompleteReadError:
                    break
                for piece in pieces:
                    writer.write(piece)
                    await asyncio.sleep(0.001)
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        servers.append(server)
        address: tuple[str, int] = server.sockets[0].getsockname()
        return address

    yield start
    for server in servers:
        server.close()
        await server.wait_closed()


def ask(_number: int) -> bytes:
    return load.request("GET", "/", host="localhost", token="t")


@pytest.mark.parametrize("pieces", [[OK], [EMPTY], [OK[:20], OK[20:-2], OK[-2:]]])
async def test_an_answer_counts_once_however_it_is_cut(serve: Serve, pieces: list[bytes]) -> None:
    address = await serve(pieces)
    measured = await load.run(address, ask, seconds=0.3, connections=3, warm_up=0.1)
    assert measured.done == len(measured.times) == sum(measured.statuses.values()) > 0
    assert not measured.failed
    assert measured.per_second == pytest.approx(measured.done / 0.3)
    assert 0.0005 < measured.quantile(0.5) < 0.2


async def test_refusals_are_no_speed(serve: Serve) -> None:
    address = await serve([REFUSED])
    with pytest.raises(load.Failed, match="503"):
        await load.run(address, ask, seconds=0.2, connections=2, warm_up=0.0)


def test_a_request_is_whole() -> None:
    sent = load.request("POST", "/x", host="h", token="t", body=b"{}")
    assert sent.startswith(b"POST /x HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer t\r\n")
    assert sent.endswith(b"Content-Length: 2\r\n\r\n{}")
