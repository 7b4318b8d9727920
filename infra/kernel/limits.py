"""How large a body may be and how slowly it may come, whatever Content-Length says.

A body that is too large is answered before it is read where it says so, and cut off where it lied.
One that trickles in is cut off by two clocks: the pause between pieces, and a lowest average rate.
"""

import asyncio
import time
from collections.abc import Callable

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.kernel.errors import Problem, TooLarge

PAUSE_SECONDS_MAX = 15.0
GRACE_SECONDS = 20.0
BYTES_PER_SECOND_MIN = 1_000
BULK_FACTOR = 4
FILES_IN_FORM = 4
URL_BYTES_MAX = 8_192
HEADER_BYTES_MAX = 32_768


class TooSlow(Problem):
    status, type, title = 408, "too-slow", "The body took too long to arrive"


class UrlTooLong(Problem):
    status, type, title = 414, "url-too-long", "The address is too long"


class HeadersTooLarge(Problem):
    status, type, title = 431, "headers-too-large", "The header fields are too large"


class BadLength(Problem):
    status, type, title = 400, "bad-length", "Content-Length is not a number"


class BodyLimitMiddleware:
    """Refuses bodies beyond what their address takes, and those that come too slowly.

    `is_upload` names further addresses whose bodies may hold files.

    A refusal in the middle of a body is raised from `receive`, so that a handler which writes what
    it reads can clean up; it passes through the handler and is answered here if nothing was yet.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        json_bytes_max: int = 1024 * 1024,
        attachment_bytes_max: int = 25 * 1024 * 1024,
        is_upload: Callable[[str], bool] = lambda _path: False,
        pause_seconds_max: float = PAUSE_SECONDS_MAX,
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        self._app = app
        self._json_bytes_max = json_bytes_max
        # A multipart body has its boundaries and a few fields beside the file.
        self._upload_bytes_max = attachment_bytes_max + 64 * 1024
        # A page's form may hold several; how large each may be is the storage's business.
        self._form_bytes_max = FILES_IN_FORM * attachment_bytes_max
        self._is_upload = is_upload
        self._pause_seconds_max = pause_seconds_max
        self._grace_seconds = grace_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        bytes_max = self._bytes_max(scope["path"])
        started = False

        async def send_noted(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            refuse_head(scope, bytes_max)
            if scope["method"] in {"GET", "HEAD"} and not _has_body(scope):
                await self._app(scope, receive, send_noted)
            else:
                metered = self._metered(receive, bytes_max)
                await self._app(scope, metered, send_noted)
        except Problem as problem:
            if started:
                raise
            await answer(problem, scope, send)

    def _bytes_max(self, path: str) -> int:
        if path.endswith("/attachments"):
            return self._upload_bytes_max
        if self._is_upload(path):
            return self._form_bytes_max
        return self._json_bytes_max * (BULK_FACTOR if path.endswith("/bulk") else 1)

    def _metered(self, receive: Receive, bytes_max: int) -> Receive:
        began = time.monotonic()
        arrived = 0
        complete = False

        async def receive_metered() -> Message:
            nonlocal arrived, complete
            if complete:
                return await receive()
            rate_deadline = began + self._grace_seconds + arrived / BYTES_PER_SECOND_MIN
            deadline = min(time.monotonic() + self._pause_seconds_max, rate_deadline)
            try:
                async with asyncio.timeout(max(deadline - time.monotonic(), 0.0)):
                    message = await receive()
            except TimeoutError:
                raise TooSlow("send the body faster") from None
            if message["type"] == "http.request":
                arrived += len(message.get("body", b""))
                complete = not message.get("more_body", False)
                if arrived > bytes_max:
                    raise TooLarge(f"at most {bytes_max} bytes")
            return message

        return receive_metered


def refuse_head(scope: Scope, bytes_max: int) -> None:
    """Raise the problem that is visible before the body: its announced length, the URL, headers."""
    if len(scope.get("raw_path") or b"") + len(scope.get("query_string", b"")) > URL_BYTES_MAX:
        raise UrlTooLong(f"at most {URL_BYTES_MAX} bytes")
    if sum(len(name) + len(value) for name, value in scope["headers"]) > HEADER_BYTES_MAX:
        raise HeadersTooLarge(f"at most {HEADER_BYTES_MAX} bytes")
    for name, value in scope["headers"]:
        if name == b"content-length":
            if not value.isdigit() or len(value) > 18:
                raise BadLength
            if int(value) > bytes_max:
                raise TooLarge(f"at most {bytes_max} bytes")


def _has_body(scope: Scope) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
        for name, value in scope["headers"]
    )


async def answer(problem: Problem, scope: Scope, send: Send) -> None:
    """The problem as a whole answer; the connection is closed, for its rest cannot be trusted."""
    request_id = str(scope.get("state", {}).get("request_id", ""))
    body = orjson.dumps(problem.body(instance=scope["path"], request_id=request_id))
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    if problem.retry_after is not None:
        headers.append((b"retry-after", str(round(problem.retry_after)).encode()))
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
