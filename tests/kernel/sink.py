"""The other side of a webhook, a stub on loopback: it keeps what it hears, answers as told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Sink:
    url: str = ""
    place: str = ""
    answer: Callable[[int], bytes] = lambda _count: b"HTTP/1.1 204 No Content\r\n\r\n"
    pause_seconds: float = 0.0
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
            headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in head)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            self.heard.append((headers, body))
            await asyncio.sleep(self.pause_seconds)
            writer.write(self.answer(len(self.heard)))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def status(code: int, more: str = "", body: bytes = b"") -> bytes:
    head = f"HTTP/1.1 {code} X\r\n{more}content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    return head.encode() + body


@asynccontextmanager
async def listening() -> AsyncIterator[Sink]:
    sink = Sink(answer=lambda _count: status(200))
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0)
    sink.place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    sink.url = f"http://{sink.place}/hook"
    try:
        yield sink
    finally:
        server.close()
