"""Those who act in the demo, over HTTP like anybody else."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2

SECONDS_MAX = 30.0


class Unexpected(RuntimeError):
    """An answer that the story did not call for."""


def told(answer: httpx2.Response) -> Any:
    """The JSON of a good answer; raises Unexpected for any other."""
    if answer.status_code >= 400:
        request = answer.request
        raise Unexpected(f"{request.method} {request.url.path}: {answer.status_code} {answer.text}")
    return answer.json() if answer.content else None


class Somebody:
    """A client with credentials, at one tenant's host or at the installation's own."""

    def __init__(
        self,
        base_url: str,
        *,
        token: str = "",
        host: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        sent = dict(headers or {})
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if host:
            sent["Host"] = host
        self.http = httpx2.AsyncClient(base_url=base_url, headers=sent, timeout=SECONDS_MAX)
        self.name = ""

    async def close(self) -> None:
        await self.http.aclose()

    async def get(self, path: str, **query: Any) -> Any:
        return told(await self.http.get(path, params=query))

    async def post(self, path: str, body: Any = None) -> Any:
        """Send with an Idempotency-Key, so that a retry does no harm."""
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        return told(await self.http.post(path, json=body or {}, headers=headers))

    async def create(self, collection: str, **body: Any) -> dict[str, Any]:
        made: dict[str, Any] = await self.post(f"/api/v1/{collection}", body)
        return made

    async def do(self, collection: str, key: str, verb: str, **body: Any) -> dict[str, Any]:
        done: dict[str, Any] = await self.post(f"/api/v1/{collection}/{key}/{verb}", body)
        return done


async def signed_in(base_url: str, host: str, email: str, password: str) -> Somebody:
    """Somebody who signed in with a password, with the session and its CSRF token."""
    person = Somebody(base_url, host=host)
    answer = await person.http.post("/auth/sign-in", json={"email": email, "password": password})
    told(answer)
    # The cookie belongs to the tenant's host, which this client reaches by another name.
    person.http.headers["Cookie"] = "; ".join(
        part.split(";", 1)[0] for part in answer.headers.get_list("set-cookie")
    )
    token = told(await person.http.get("/auth/csrf"))
    person.http.headers["X-CSRF-Token"] = token["csrf_token"]
    me = await person.get("/api/v1/me")
    person.name = me["user"]["name"]
    return person


class Listener:
    """Follows a person's event stream."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self._news = asyncio.Event()

    async def wait_for(self, type_: str, **payload: str) -> dict[str, Any]:
        """The next event of the type whose payload holds these values; raises TimeoutError."""
        async with asyncio.timeout(SECONDS_MAX):
            while True:
                for event in self.events:
                    if event["type"] == type_ and _holds(event, payload):
                        self.events.remove(event)
                        return event
                self._news.clear()
                await self._news.wait()

    def hear(self, event: dict[str, Any]) -> None:
        self.events.append(event)
        self._news.set()


def _holds(event: dict[str, Any], payload: dict[str, str]) -> bool:
    known = event.get("data") or event.get("payload") or {}
    return all(str(known.get(k, event.get(k))) == v for k, v in payload.items())


@asynccontextmanager
async def listening(person: Somebody) -> AsyncIterator[Listener]:
    """An open stream of what the person may see."""
    listener, opened = Listener(), asyncio.Event()

    async def follow() -> None:
        async with person.http.stream("GET", "/api/v1/events/stream", timeout=None) as answer:
            async for line in answer.aiter_lines():
                opened.set()
                if line.startswith("data: "):
                    listener.hear(json.loads(line.removeprefix("data: ")))

    task = asyncio.create_task(follow())
    try:
        async with asyncio.timeout(SECONDS_MAX):
            await opened.wait()
        yield listener
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def identity_token(secret: str, **claims: Any) -> str:
    """What a shop's server signs for its own signed-in customer: a JWT (HS256, RFC 7519)."""
    now = int(time.time())
    body = {"iat": now, "exp": now + 300, "jti": uuid.uuid4().hex} | claims
    parts = [_part({"alg": "HS256", "typ": "JWT"}), _part(body)]
    signature = hmac.digest(secret.encode(), ".".join(parts).encode(), hashlib.sha256)
    return ".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=").decode()])


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
