"""Streams tell each caller what it may see, in order, once, and resume where they were cut off."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from infra.kernel import live
from infra.kernel.access import Caller
from infra.kernel.config import Settings
from infra.kernel.database import Proof
from infra.kernel.errors import Unauthorized
from infra.kernel.event_log import read_events
from infra.kernel.ids import uuid7
from infra.kernel.live import STREAM_PATH, EventStream, LiveHub, StreamMiddleware
from infra.kernel.performing import perform
from infra.kernel.services import Services
from tests.kernel import workshop
from tests.kernel.conftest import a_caller
from tests.kernel.test_relay import a_relay


@pytest_asyncio.fixture(scope="session")
async def services(library: Services, kernel_settings: Settings) -> AsyncIterator[Services]:
    async with workshop.opened(library, kernel_settings) as services:
        yield services


@pytest_asyncio.fixture
async def hub(services: Services) -> AsyncIterator[LiveHub]:
    found = LiveHub(services)
    yield found
    await found.close()


@dataclass
class Listener:
    """A client of one stream, on the other side of ASGI."""

    task: asyncio.Task[None] | None = None
    text: str = ""
    status: int = 0
    open: bool = True
    reading: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        await self.reading.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
            return
        self.text += message["body"].decode()
        if not message.get("more_body"):
            self.open = False
            self.gone.set()
        self.arrived.set()

    @property
    def events(self) -> list[dict[str, Any]]:
        lines = self.text.splitlines()
        return [json.loads(x[6:]) for x in lines if x.startswith("data: ") and x != "data: {}"]

    async def wait(self, count: int, seconds: float = 8) -> list[dict[str, Any]]:
        async with asyncio.timeout(seconds):
            while len(self.events) < count:
                self.arrived.clear()
                await self.arrived.wait()
        return self.events

    async def leave(self) -> None:
        self.gone.set()
        self.reading.set()
        if self.task:
            await self.task


async def listen(
    hub: LiveHub, caller: Caller, after: int | None = None, query: str = ""
) -> Listener:
    async def who(_scope: Any) -> Caller:
        return caller

    listener = Listener()
    listener.reading.set()
    headers = [] if after is None else [(b"last-event-id", str(after).encode())]
    scope = {"type": "http", "headers": headers, "query_string": query.encode()}
    app = EventStream(hub, who)
    listener.task = asyncio.create_task(app(scope, listener.receive, listener.send))
    async with asyncio.timeout(5):
        while not (listener.text and any(s.live for f in hub._feeds.values() for s in f.streams)):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return listener


async def a_book(services: Services, tenant: UUID, tell: bool = True, **body: Any) -> UUID:
    librarian = a_caller(tenant, "librarian")
    outcome = await perform(services, librarian, "books.create", body={"title": "Dune"} | body)
    if tell:
        await a_relay(services).run(tenant)
    return UUID(str(outcome.body["id"]))


async def test_an_event_arrives_at_once(services: Services, tenant: UUID, hub: LiveHub) -> None:
    listener = await listen(hub, a_caller(tenant, "librarian"))
    await asyncio.sleep(0.3)
    book = await a_book(services, tenant)
    [told] = await listener.wait(1, 1.5)
    assert (told["type"], told["record_id"], told["position"]) == ("books.created", str(book), 1)
    assert told["payload"]["changes"]["title"] == [None, "Dune"]
    await listener.leave()
    assert hub.streams == 0


async def test_a_stream_resumes_after_the_last_event_seen(
    services: Services, tenant: UUID, hub: LiveHub
) -> None:
    books = [await a_book(services, tenant) for _ in range(5)]
    listener = await listen(hub, a_caller(tenant, "librarian"), after=2)
    told = await listener.wait(3)
    books.append(await a_book(services, tenant))
    told = await listener.wait(4)
    assert [event["record_id"] for event in told] == [str(book) for book in books[2:]]
    await listener.leave()


async def test_an_unknown_position_resets_the_client(
    services: Services, tenant: UUID, hub: LiveHub
) -> None:
    await a_book(services, tenant)
    listener = await listen(hub, a_caller(tenant, "librarian"), after=999)
    await asyncio.sleep(0.05)
    assert "event: reset" in listener.text
    await listener.leave()


async def test_everybody_hears_only_of_what_he_may_read(
    services: Services, tenant: UUID, hub: LiveHub
) -> None:
    ada, ben = uuid7(), uuid7()
    other = await workshop.another_tenant(services)
    listeners = {
        "librarian": await listen(hub, a_caller(tenant, "librarian")),
        "ada": await listen(hub, a_caller(tenant, "reader", audience="customer", contact_id=ada)),
        "ben": await listen(hub, a_caller(tenant, "reader", audience="customer", contact_id=ben)),
        "nobody": await listen(hub, a_caller(tenant, "guest")),
        "foreign": await listen(hub, a_caller(other, "librarian")),
    }
    await asyncio.sleep(0.3)
    await a_book(services, tenant, tell=False, reader_id=str(ada), secret="for staff only")
    await a_book(services, tenant, tell=False, secret="for staff only")
    await a_relay(services).run(tenant)
    assert len(await listeners["librarian"].wait(2)) == 2
    [told] = await listeners["ada"].wait(1)
    await asyncio.sleep(0.2)
    assert [len(listeners[name].events) for name in ("ada", "ben", "nobody", "foreign")] == [
        1, 0, 0, 0,
    ]  # fmt: skip
    assert "actor" not in told
    assert "secret" not in told["payload"]["changes"]
    assert "secret" in listeners["librarian"].events[0]["payload"]["changes"]
    await asyncio.gather(*(listener.leave() for listener in listeners.values()))


async def test_a_grant_of_few_columns_masks_the_payload(
    services: Services, tenant: UUID, hub: LiveHub
) -> None:
    listener = await listen(hub, a_caller(tenant, "browser"))
    await a_book(services, tenant, pages=3, secret="x")
    [told] = await listener.wait(1)
    assert set(told["payload"]["changes"]) <= {"id", "title", "state"}
    await listener.leave()


async def test_nothing_is_lost_or_doubled_while_streams_come_and_go(
    services: Services, tenant: UUID, hub: LiveHub
) -> None:
    async def write() -> None:
        for _ in range(40):
            await a_book(services, tenant)

    async def come_and_go() -> list[int]:
        seen: list[int] = []
        after: int | None = 0
        while len(seen) < 40:
            listener = await listen(hub, a_caller(tenant, "librarian"), after=after)
            with contextlib.suppress(TimeoutError):
                await listener.wait(7, 0.4)
            await listener.leave()
            seen += [event["position"] for event in listener.events]
            after = seen[-1] if seen else 0
        return seen

    async with asyncio.timeout(40):
        _, *seen = await asyncio.gather(write(), come_and_go(), come_and_go(), come_and_go())
    assert seen == [list(range(1, 41))] * 3


async def test_f5_without_redis_events_come_a_little_later(
    services: Services, tenant: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone: Any = Redis.from_url("redis://127.0.0.1:1/0")
    alone = workshop.open_on(services.database, services.settings, gone)
    hub = LiveHub(alone)
    listener = await listen(hub, a_caller(tenant, "librarian"))
    await a_book(services, tenant)
    assert len(await listener.wait(1, 5)) == 1
    await listener.leave()
    await hub.close()
    await gone.aclose()


async def test_a_lost_message_is_read_from_the_table(
    services: Services, tenant: UUID, hub: LiveHub
) -> None:
    listener = await listen(hub, a_caller(tenant, "librarian"))
    await asyncio.sleep(0.3)
    gone: Any = Redis.from_url("redis://127.0.0.1:1/0")
    await a_book(services, tenant, tell=False)
    await a_relay(replace_redis(services, gone)).run(tenant)
    await a_book(services, tenant)
    told = await listener.wait(2, 3)
    assert [event["position"] for event in told] == [1, 2]
    await listener.leave()
    await gone.aclose()


def replace_redis(services: Services, redis: Any) -> Services:
    return workshop.open_on(services.database, services.settings, redis)


async def test_a_reader_that_is_too_slow_blocks_nobody_and_is_reset(
    services: Services, tenant: UUID, hub: LiveHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "BUFFER_BYTES_MAX", 2000)
    slow = await listen(hub, a_caller(tenant, "librarian"))
    quick = await listen(hub, a_caller(tenant, "librarian"))
    slow.reading.clear()
    for _ in range(10):
        await a_book(services, tenant)
    assert len(await quick.wait(10)) == 10
    slow.reading.set()
    async with asyncio.timeout(3):
        while slow.open:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert slow.text.endswith("event: reset\ndata: {}\n\n")
    assert len(slow.events) < 10
    await asyncio.gather(slow.leave(), quick.leave())


async def test_a_revoked_sessions_stream_is_closed(
    services: Services, tenant: UUID, hub: LiveHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PROVE_SECONDS", 0.5)
    credential = uuid7()
    async with services.system(tenant, reason="test") as ctx:
        await ctx.execute(
            """INSERT INTO credentials (tenant_id, id, kind, secret_hash)
               VALUES ($1, $2, 'session', 'x')""",
            tenant,
            credential,
        )
    proof = Proof(credential_id=credential, stamp=1, config_version=1)
    listener = await listen(hub, replace(a_caller(tenant, "librarian"), proof=proof))
    await asyncio.sleep(2.2)
    assert listener.open
    async with services.system(tenant, reason="test") as ctx:
        await ctx.execute(
            "UPDATE credentials SET revoked_at = now() WHERE tenant_id = $1 AND id = $2",
            tenant,
            credential,
        )
    async with asyncio.timeout(4):
        while listener.open:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    await listener.leave()


async def test_a_stream_can_be_narrowed_to_kinds(
    services: Services, tenant: UUID, hub: LiveHub
) -> None:
    shelves = await listen(hub, a_caller(tenant, "librarian"), query="kinds=shelves")
    await a_book(services, tenant)
    librarian = a_caller(tenant, "librarian")
    await perform(services, librarian, "shelves.create", body={"name": "A"})
    await a_relay(services).run(tenant)
    [told] = await shelves.wait(1)
    assert told["kind"] == "shelves"
    await shelves.leave()


async def test_who_is_not_signed_in_gets_no_stream(hub: LiveHub) -> None:
    async def nobody(_scope: Any) -> Caller:
        raise Unauthorized

    listener = Listener()
    with pytest.raises(Unauthorized):
        await EventStream(hub, nobody)(
            {"type": "http", "headers": []}, listener.receive, listener.send
        )


async def test_the_log_can_be_read_in_pages_by_the_same_rules(
    services: Services, tenant: UUID
) -> None:
    ada = uuid7()
    for number in range(6):
        more = {"reader_id": str(ada)} if number % 2 else {}
        await a_book(services, tenant, tell=False, secret="s", **more)
    await a_relay(services).run(tenant)
    reader = a_caller(tenant, "reader", audience="customer", contact_id=ada)
    first = await read_events(services, reader, after=0, limit=2)
    rest = await read_events(services, reader, after=first.next, limit=2)
    assert [event["position"] for event in first.data + rest.data] == [2, 4, 6]
    assert (first.more, rest.more) == (True, False)
    assert rest.next == 6
    staff = await read_events(services, a_caller(tenant, "librarian"))
    assert (len(staff.data), staff.more) == (6, False)


async def test_a_long_replay_reaches_a_reader_whose_buffer_is_small(
    services: Services, tenant: UUID, hub: LiveHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "BUFFER_BYTES_MAX", 1500)
    for _ in range(30):
        await a_book(services, tenant, tell=False)
    await a_relay(services).run(tenant)
    listener = await listen(hub, a_caller(tenant, "librarian"), after=0)
    told = await listener.wait(30)
    assert [event["position"] for event in told] == list(range(1, 31))
    await listener.leave()


async def test_an_open_stream_has_left_what_its_head_passed_through(
    hub: LiveHub, services: Services, tenant: UUID
) -> None:
    passed: list[str] = []
    left = asyncio.Event()

    async def who(_scope: Any) -> Caller:
        return a_caller(tenant, "librarian")

    async def further_in(scope: Any, receive: Any, send: Any) -> None:
        async def noted(message: Any) -> None:
            passed.append(message["type"])
            await send(message)

        await EventStream(hub, who)(scope, receive, noted)
        left.set()

    listener = Listener()
    listener.reading.set()
    scope = {"type": "http", "path": STREAM_PATH, "headers": [], "query_string": b""}
    task = asyncio.create_task(StreamMiddleware(further_in)(scope, listener.receive, listener.send))
    async with asyncio.timeout(5):
        await left.wait()
    await asyncio.sleep(0.3)
    await a_book(services, tenant)
    [event] = await listener.wait(1)
    assert event["type"] == "books.created"
    assert passed == ["http.response.start", "http.response.body"]
    listener.gone.set()
    await task
    assert hub.streams == 0
