import asyncio
import json
import time
from collections.abc import AsyncIterator

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from infra.kernel.limits import BodyLimitMiddleware
from tests.kernel.asgi import exchange


async def count(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


APP = BodyLimitMiddleware(
    count,
    json_bytes_max=1_000,
    attachment_bytes_max=100_000,
    pause_seconds_max=0.2,
    grace_seconds=0.4,
)


async def test_a_body_within_the_limit_passes() -> None:
    answer = await exchange(APP, pieces=[b"a" * 500, b"b" * 500])
    assert (answer.status, answer.body) == (200, b"1000")
    bulk = await exchange(APP, "/api/v1/cases/bulk", pieces=[b"a" * 4_000])
    assert (bulk.status, bulk.body) == (200, b"4000")
    large = await exchange(APP, "/api/v1/attachments", pieces=[b"a" * 50_000] * 2)
    assert (large.status, large.body) == (200, b"100000")


@pytest.mark.parametrize(
    ("headers", "pieces", "status", "problem"),
    [
        ({"content-length": "1001"}, [], 413, "too-large"),
        ({"content-length": "9" * 30}, [], 400, "bad-length"),
        ({"content-length": "-1"}, [], 400, "bad-length"),
        ({"content-length": "10"}, [b"a" * 600] * 2, 413, "too-large"),  # SECURITY row 44: a lie
        ({}, [b"a" * 600] * 2, 413, "too-large"),
        ({"x-long": "a" * 40_000}, [], 431, "headers-too-large"),
    ],
)
async def test_a_body_beyond_the_limit_is_a_problem(
    headers: dict[str, str], pieces: list[bytes], status: int, problem: str
) -> None:
    answer = await exchange(APP, headers=headers, pieces=pieces)
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    document = json.loads(answer.body)
    assert document["type"] == f"/problems/{problem}"
    assert document["instance"] == "/api/v1/cases"


async def test_an_endless_address_is_refused() -> None:
    answer = await exchange(APP, method="GET", query_string=b"q=" + b"a" * 9_000)
    assert answer.status == 414


async def trickle(pause: float, piece: bytes) -> AsyncIterator[bytes]:
    while True:
        await asyncio.sleep(pause)
        yield piece


@pytest.mark.parametrize("pause", [30.0, 0.02])
async def test_a_body_that_trickles_in_is_cut_off(pause: float) -> None:
    """SECURITY row 44."""
    started = time.monotonic()
    answer = await exchange(APP, pieces=trickle(pause, b"a"))
    assert answer.status == 408
    assert time.monotonic() - started < 1


async def test_waiting_for_the_end_of_a_stream_is_no_slow_body() -> None:
    async def listens(scope: Scope, receive: Receive, send: Send) -> None:
        await Request(scope, receive).body()
        waiting = asyncio.create_task(receive())  # what a stream does to notice that nobody listens
        await asyncio.sleep(0.6)
        assert not waiting.done()
        waiting.cancel()
        await PlainTextResponse("still here")(scope, receive, send)

    app = BodyLimitMiddleware(listens, pause_seconds_max=0.1, grace_seconds=0.1)
    for method in ("GET", "POST"):
        assert (await exchange(app, method=method)).body == b"still here"
