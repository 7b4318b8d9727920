"""An ASGI exchange without a server: what an application answers to given pieces of a body."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Answer:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    pieces: int = 0


async def exchange(
    app: Any,
    path: str = "/api/v1/cases",
    method: str = "POST",
    headers: dict[str, str] | None = None,
    pieces: list[bytes] | AsyncIterator[bytes] | None = None,
    **more: Any,
) -> Answer:
    async def source() -> AsyncIterator[bytes]:
        if isinstance(pieces, AsyncIterator):
            async for piece in pieces:
                yield piece
        for piece in pieces or [] if not isinstance(pieces, AsyncIterator) else []:
            yield piece

    answer, body, done = Answer(), source(), False

    async def receive() -> dict[str, Any]:
        nonlocal done
        if done:
            await asyncio.sleep(3600)
        try:
            piece = await anext(body)
            return {"type": "http.request", "body": piece, "more_body": True}
        except StopAsyncIteration:
            done = True
            return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {k.decode(): v.decode() for k, v in message["headers"]}
        else:
            answer.body += message.get("body", b"")
            answer.pieces += 1

    raw = [(k.lower().encode(), v.encode("latin-1")) for k, v in (headers or {}).items()]
    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(),
        "query_string": b"", "headers": raw, "client": ("127.0.0.1", 1), "scheme": "http",
        "server": ("localhost", 80), "http_version": "1.1", "root_path": "", "state": {},
    } | more  # fmt: skip
    await app(scope, receive, send)
    return answer
