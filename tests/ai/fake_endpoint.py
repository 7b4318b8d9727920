"""An OpenAI-compatible server on loopback whose mood each test sets."""

import asyncio
import gzip
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route


class FakeEndpoint:
    """`mood` decides the answers; `asked` keeps what was sent."""

    def __init__(self) -> None:
        self.mood = "ok"
        self.content: Any = None
        self.vector_dimensions = 256
        self.asked: list[dict[str, Any]] = []
        self.base_url = ""
        self.flooded = 0

    async def chat(self, request: Request) -> Response:
        self.asked.append(await request.json())
        fault = await self._fault()
        if fault is not None:
            return fault
        content = self.content
        if not isinstance(content, str):
            content = json.dumps(content)
        message = {"role": "assistant", "content": content}
        return JSONResponse(
            {
                "id": "1",
                "object": "chat.completion",
                "created": 1,
                "model": "fake",
                "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
            }
        )

    async def embeddings(self, request: Request) -> Response:
        asked = await request.json()
        self.asked.append(asked)
        fault = await self._fault()
        if fault is not None:
            return fault
        rows = [
            {"object": "embedding", "index": n, "embedding": self._vector(text)}
            for n, text in enumerate(asked["input"])
        ]
        if self.mood == "too few":
            rows = rows[1:]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        return JSONResponse(
            {"object": "list", "model": "fake", "data": list(reversed(rows)), "usage": usage}
        )

    def _vector(self, text: str) -> list[float]:
        vector = [0.0] * self.vector_dimensions
        vector[len(text) % self.vector_dimensions] = 2.0
        return vector

    async def _flood(self) -> AsyncIterator[bytes]:
        while self.flooded < 500_000_000:
            self.flooded += 1_000_000
            yield b" " * 1_000_000

    async def _fault(self) -> Response | None:
        if self.mood == "slow":
            await asyncio.sleep(5)
        if self.mood == "garbage":
            return PlainTextResponse("\x00<html>no json", media_type="application/json")
        if self.mood == "empty":
            return JSONResponse({})
        if self.mood == "too many":
            return JSONResponse({"error": {"message": "slow down"}}, status_code=429)
        if self.mood == "broken":
            return JSONResponse({"error": {"message": "api_key=sk-secret"}}, status_code=500)
        if self.mood in {"flood", "flood of errors"}:
            status = 200 if self.mood == "flood" else 500
            return StreamingResponse(self._flood(), status_code=status)
        if self.mood == "packed":
            packed = gzip.compress(b" " * 50_000_000)
            return Response(packed, headers={"content-encoding": "gzip"})
        if self.mood == "elsewhere":
            return Response(status_code=307, headers={"location": "http://127.0.0.1:9/v1"})
        return None


@asynccontextmanager
async def fake_endpoint() -> AsyncIterator[FakeEndpoint]:
    fake = FakeEndpoint()
    app = Starlette(
        routes=[
            Route("/v1/chat/completions", fake.chat, methods=["POST"]),
            Route("/v1/embeddings", fake.embeddings, methods=["POST"]),
        ]
    )
    listening = socket.create_server(("127.0.0.1", 0))
    fake.base_url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
    config = uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it by this flag only
        await asyncio.sleep(0.01)
    try:
        yield fake
    finally:
        server.should_exit = True
        await serving
        listening.close()
