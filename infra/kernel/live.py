"""Server-Sent Events: what is written once is encoded once, and sent to everybody who may see it.

A feed follows one tenant's log for all its streams in this process. Redis only makes it quick: a
message that is missing shows as a gap in positions, and the gap is read from the table, as is
everything while Redis is away. Streams with equal rights form a group and share check and bytes.
A reader who cannot keep up loses its buffer and its connection, and resumes by `Last-Event-ID`.
"""

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import (
    Awaitable,
    Callable,
    Coroutine,
    Generator,
    Iterable,
    MutableMapping,
    Sequence,
)
from functools import partial
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import orjson
import structlog
from redis.exceptions import RedisError

from infra.kernel.access import Caller
from infra.kernel.errors import Problem, Unauthorized, Unavailable
from infra.kernel.event_log import (
    PAGE,
    allowed_events,
    document,
    events_after,
    head_position,
    is_forgotten,
    plan_of,
)
from infra.kernel.events import RecordedEvent
from infra.kernel.relay import event_from_document
from infra.kernel.services import Services

log = structlog.get_logger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Frame = tuple[int, bytes]

STREAM_PATH = "/api/v1/events/stream"
_OPENED = "atrium.opened"
HEARTBEAT = b":\n\n"
HEARTBEAT_SECONDS = 15
PROVE_SECONDS = 25.0
STUCK_SECONDS = 30.0
BUFFER_BYTES_MAX = 64 * 1024
BEHIND_MAX = 10_000
POLL_SECONDS = 15.0
POLL_SECONDS_WITHOUT_REDIS = 2.0
RESET = b"event: reset\ndata: {}\n\n"
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class Stream:
    """One open connection."""

    __slots__ = (
        "buffer", "caller", "closing", "group", "kinds", "live", "owner", "position", "proved_at",
        "send", "size", "writer", "written_at",
    )  # fmt: skip

    def __init__(self, caller: Caller, kinds: frozenset[str] | None, send: Send) -> None:
        self.kinds = kinds
        self.send = send
        self.buffer: deque[bytes] = deque()
        self.size = 0
        self.position = 0
        self.live = False
        self.closing = False
        self.writer: asyncio.Task[None] | None = None
        self.owner: asyncio.Task[Any] | None = None
        self.written_at = self.proved_at = asyncio.get_running_loop().time()
        self.be(caller)

    def be(self, caller: Caller) -> None:
        """Take the caller, who may have other rights than before."""
        self.caller = caller
        self.group = (caller.signature, frozen(caller.attributes), self.kinds)

    def offer(self, data: bytes) -> None:
        """Send as soon as the reader takes it; a reader too far behind is reset instead."""
        if self.closing:
            return
        if self.size + len(data) > BUFFER_BYTES_MAX and self.buffer:
            self.close(RESET)
            return
        self.buffer.append(data)
        self.size += len(data)
        self._write_on()

    def close(self, last: bytes = b"") -> None:
        """End the stream after one last word; what waited is dropped."""
        self.closing = True
        self.buffer.clear()
        self.buffer.append(last)
        self._write_on()

    def _write_on(self) -> None:
        """Write at once as far as the connection takes it; a task only minds one that does not."""
        if self.writer is not None:
            return
        loop = asyncio.get_running_loop()
        self.written_at = loop.time()
        writing = _Begun(self._write())
        if not writing.is_done:
            self.writer = loop.create_task(_ended(writing))
            self.writer.add_done_callback(self._written)

    def _written(self, writer: asyncio.Task[None]) -> None:
        self.writer = None
        if self.buffer and not writer.cancelled():  # came between its last look and its end
            self._write_on()

    async def _write(self) -> None:
        try:
            while self.buffer:
                data = b"".join(self.buffer) if len(self.buffer) > 1 else self.buffer[0]
                self.buffer.clear()
                self.size = 0
                more = not self.closing
                await self.send({"type": "http.response.body", "body": data, "more_body": more})
        except (OSError, RuntimeError):
            self.closing = True


class _Begun:
    """A coroutine run to where it first waits; awaiting it goes on from there.

    Most connections take what is sent at once: a task for each would cost more than the sending.
    """

    __slots__ = ("_coroutine", "_waits_for", "is_done")

    def __init__(self, coroutine: Coroutine[Any, Any, None]) -> None:
        self._coroutine = coroutine
        self.is_done = False
        try:
            self._waits_for = coroutine.send(None)
        except StopIteration:
            self.is_done = True

    def __await__(self) -> Generator[Any, Any, None]:
        try:
            yield self._waits_for
        except BaseException:
            self._coroutine.close()
            raise
        yield from self._coroutine.__await__()


async def _ended(begun: _Begun) -> None:
    await begun


class Feed:
    """One tenant's log, as far as this process has told it."""

    def __init__(self, tenant_id: UUID) -> None:
        self.tenant_id = tenant_id
        self.streams: set[Stream] = set()
        self.messages: deque[bytes] = deque(maxlen=64)
        self.news = asyncio.Event()
        self.ready = asyncio.Event()
        self.head = 0
        self.task: asyncio.Task[None] | None = None

    @property
    def channel(self) -> str:
        return f"atrium:live:{self.tenant_id}"


class LiveHub:
    """The streams of this process and the one Redis connection that tells them of news."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._feeds: dict[UUID, Feed] = {}
        self._pubsub: Any = None
        self._redis_answers = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._replays: set[asyncio.Task[None]] = set()
        self._checks = asyncio.Semaphore(4)

    @property
    def streams(self) -> int:
        return sum(len(feed.streams) for feed in self._feeds.values())

    async def close(self) -> None:
        """End every stream, as a process does before it ends."""
        for feed in self._feeds.values():
            for stream in feed.streams:
                stream.close()
        tasks = [*self._tasks, *self._replays, *(f.task for f in self._feeds.values() if f.task)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()
        self._feeds.clear()
        await self._forget_pubsub()

    async def join(self, stream: Stream, after: int | None) -> None:
        """Begin to tell the stream what comes, and first what came after `after`."""
        self._begin()
        tenant_id = stream.caller.tenant_id
        feed = self._feeds.get(tenant_id)
        if feed is None:
            feed = self._feeds[tenant_id] = Feed(tenant_id)
            feed.task = asyncio.get_running_loop().create_task(self._follow(feed))
            await self._subscribe(feed)
        feed.streams.add(stream)
        async with asyncio.timeout(10):
            await feed.ready.wait()
        if after is None or after == feed.head:
            stream.position, stream.live = feed.head, True
        elif (
            after > feed.head
            or feed.head - after > BEHIND_MAX
            or await is_forgotten(self._services, tenant_id, after)
        ):
            stream.position, stream.live = feed.head, True
            stream.offer(RESET)
        else:
            stream.position = after
            await self._replay(feed, stream)

    def leave(self, stream: Stream) -> None:
        """Forget the stream."""
        stream.closing = True
        feed = self._feeds.get(stream.caller.tenant_id)
        if feed is None:
            return
        feed.streams.discard(stream)
        if not feed.streams:
            del self._feeds[feed.tenant_id]
            if feed.task:
                feed.task.cancel()
            if self._pubsub is not None:
                self._spawn(self._replays, self._unsubscribe(feed.channel))

    # ── News ─────────────────────────────────────────────────────────────────────────────────

    def _begin(self) -> None:
        if not self._tasks:
            self._spawn(self._tasks, self._listen())
            self._spawn(self._tasks, self._tick())

    def _spawn(self, among: set[asyncio.Task[None]], work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)

    async def _listen(self) -> None:
        """Pass on what Redis publishes, and connect again for as long as it takes."""
        while True:
            try:
                if self._pubsub is None:
                    self._pubsub = self._services.redis.pubsub(ignore_subscribe_messages=True)
                    # One channel nobody writes to: without any, there is nothing to listen on.
                    await self._pubsub.subscribe(
                        "atrium:live:hub", *(feed.channel for feed in self._feeds.values())
                    )
                    self._redis_answers = True
                    for feed in self._feeds.values():
                        feed.news.set()
                message = await self._pubsub.get_message(timeout=1.0)
                if message:
                    self._received(message["channel"], message["data"])
            except (RedisError, OSError, RuntimeError, TimeoutError) as error:
                if self._redis_answers:
                    log.warning("live.redis_lost", error=type(error).__name__)
                await self._forget_pubsub()
                await asyncio.sleep(random.uniform(0.5, 1.5))  # noqa: S311  spreads load

    def _received(self, channel: bytes | str, data: bytes | str) -> None:
        name = channel.decode() if isinstance(channel, bytes) else channel
        with contextlib.suppress(ValueError):
            feed = self._feeds.get(UUID(name.rpartition(":")[2]))
            if feed is not None:
                feed.messages.append(data.encode() if isinstance(data, str) else data)
                feed.news.set()

    async def _forget_pubsub(self) -> None:
        pubsub, self._pubsub, self._redis_answers = self._pubsub, None, False
        if pubsub is not None:
            with contextlib.suppress(Exception):
                await pubsub.aclose()

    async def _subscribe(self, feed: Feed) -> None:
        if self._pubsub is not None:
            with contextlib.suppress(RedisError, OSError):
                await self._pubsub.subscribe(feed.channel)

    async def _unsubscribe(self, channel: str) -> None:
        if self._pubsub is not None:
            with contextlib.suppress(RedisError, OSError):
                await self._pubsub.unsubscribe(channel)

    async def _follow(self, feed: Feed) -> None:
        """Keep the feed at the head of the log for as long as anybody listens."""
        while True:
            try:
                if not feed.ready.is_set():
                    feed.head = await head_position(self._services, feed.tenant_id)
                    feed.ready.set()
                pause = POLL_SECONDS if self._redis_answers else POLL_SECONDS_WITHOUT_REDIS
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause * random.uniform(0.75, 1.25)):  # noqa: S311
                        await feed.news.wait()
                feed.news.clear()
                while events := await self._next(feed):
                    await self._fan_out(feed, events)
            except Unavailable:
                await asyncio.sleep(random.uniform(0.5, 1.5))  # noqa: S311  spreads load
            except Exception:
                log.exception("live.feed_failed", tenant=str(feed.tenant_id))
                await asyncio.sleep(1)

    async def _next(self, feed: Feed) -> list[RecordedEvent]:
        """What follows the head: out of a message if it fits seamlessly, else out of the table."""
        while feed.messages:
            told = orjson.loads(feed.messages.popleft())
            if not told or not isinstance(told[0], dict):
                break
            if told[-1]["position"] <= feed.head:
                continue
            if told[0]["position"] <= feed.head + 1:
                return [event_from_document(e) for e in told if e["position"] > feed.head]
            break
        return await events_after(self._services, feed.tenant_id, feed.head)

    # ── Fan-out ──────────────────────────────────────────────────────────────────────────────

    async def _fan_out(self, feed: Feed, events: Sequence[RecordedEvent]) -> None:
        groups = {stream.group: stream for stream in feed.streams if stream.live}
        shared: dict[Any, bytes] = {}
        # Groups that need no query go first: nobody waits for somebody else's check.
        checked = [g for g, s in groups.items() if self._needs_query(s, events)]
        simple = {g: s for g, s in groups.items() if g not in set(checked)}
        told = {g: await self._frames(s, events, shared) for g, s in simple.items()}
        last = events[-1].position
        self._deliver(feed, told, last)

        async def check(group: Any) -> None:
            async with self._checks:
                try:
                    frames = await self._frames(groups[group], events, shared)
                except Problem:
                    return  # those streams replay from the table
            self._deliver(feed, {group: frames}, last)

        if checked:
            await asyncio.gather(*map(check, checked))
        feed.head = last
        for stream in feed.streams:
            if stream.live and stream.position < last:
                stream.live = False
                self._spawn(self._replays, self._replay_or_close(feed, stream))

    def _needs_query(self, stream: Stream, events: Iterable[RecordedEvent]) -> bool:
        for kind in {event.kind for event in events}:
            plan = plan_of(self._services, stream.caller, kind)
            if plan is not None and not plan.is_total("read"):
                return True
        return False

    def _deliver(self, feed: Feed, told: dict[Any, list[Frame]], last: int) -> None:
        whole = {group: b"".join(data for _, data in frames) for group, frames in told.items()}
        for stream in feed.streams:
            frames = told.get(stream.group)
            if frames is None or not stream.live or stream.position >= last:
                continue
            if frames:
                if stream.position < frames[0][0]:
                    stream.offer(whole[stream.group])
                else:
                    stream.offer(b"".join(d for p, d in frames if p > stream.position))
            stream.position = last

    async def _frames(
        self, stream: Stream, events: Sequence[RecordedEvent], shared: dict[Any, bytes]
    ) -> list[Frame]:
        """The events that the stream's group may see, encoded once for each set of rights."""
        caller = stream.caller
        wanted = [e for e in events if stream.kinds is None or e.kind in stream.kinds]
        frames = []
        for event in await allowed_events(self._services, caller, wanted):
            key = (event.id, id(plan_of(self._services, caller, event.kind)), caller.audience)
            if key not in shared:
                shared[key] = frame(event, document(self._services, caller, event))
            frames.append((event.position, shared[key]))
        return frames

    async def _replay(self, feed: Feed, stream: Stream) -> None:
        """Tell the stream from the table until it has caught up with the feed."""
        while not stream.closing:
            events = await events_after(self._services, feed.tenant_id, stream.position)
            for _, data in await self._frames(stream, events, {}):
                await self._room(stream, len(data))
                stream.offer(data)
            if events:
                stream.position = events[-1].position
            if len(events) < PAGE and stream.position >= feed.head:
                stream.live = True
                return

    @staticmethod
    async def _room(stream: Stream, size: int) -> None:
        """Wait for the reader, who asked for more at once than a buffer holds."""
        while stream.size and stream.size + size > BUFFER_BYTES_MAX and stream.writer is not None:
            await asyncio.wait({stream.writer})

    async def _replay_or_close(self, feed: Feed, stream: Stream) -> None:
        try:
            await self._replay(feed, stream)
        except Problem:
            stream.close()

    # ── Upkeep ───────────────────────────────────────────────────────────────────────────────

    async def _tick(self) -> None:
        """Each second a fifteenth of the streams hears that the line is up."""
        second = 0
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(1)
            second += 1
            now = loop.time()
            due: dict[Any, list[Stream]] = {}
            for stream in [s for feed in self._feeds.values() for s in feed.streams]:
                if stream.writer is not None and now - stream.written_at > STUCK_SECONDS:
                    if stream.owner is not None:
                        stream.owner.cancel()
                elif (id(stream) >> 6) % HEARTBEAT_SECONDS == second % HEARTBEAT_SECONDS:
                    stream.offer(HEARTBEAT)
                if now - stream.proved_at > PROVE_SECONDS and stream.caller.proof is not None:
                    stream.proved_at = now
                    due.setdefault(stream.caller.proof, []).append(stream)
            for streams in due.values():
                self._spawn(self._replays, self._prove(streams))

    async def _prove(self, streams: list[Stream]) -> None:
        """Ask once for a credential whether it still holds; close its streams if it does not."""
        async with self._checks:
            try:
                caller = await self._services.transact(streams[0].caller, _who, read_only=True)
            except Unavailable:
                return
            except Problem:
                for stream in streams:
                    stream.close()
                return
        for stream in streams:
            stream.be(caller)


async def _who(_connection: Any, caller: Caller) -> Caller:
    return caller


def frozen(value: Any) -> Any:
    """A caller's attributes as a key."""
    if isinstance(value, dict) or hasattr(value, "items"):
        return tuple(sorted((name, frozen(part)) for name, part in value.items()))
    if isinstance(value, (list, tuple, set, frozenset)):
        return tuple(map(str, value))
    return str(value)


def frame(event: RecordedEvent, told: dict[str, Any]) -> bytes:
    """One event on the wire."""
    head = f"id: {event.position}\nevent: {event.type}\ndata: ".encode()
    return head + orjson.dumps(told) + b"\n\n"


class EventStream:
    """`GET /api/v1/events/stream` as a plain ASGI application.

    `authenticate(scope)` answers the caller or raises a Problem; `?kinds=cases,work_items` narrows.
    """

    def __init__(self, hub: LiveHub, authenticate: Callable[[Scope], Awaitable[Caller]]) -> None:
        self._hub = hub
        self._authenticate = authenticate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        caller = await self._authenticate(scope)
        if caller.is_system:
            raise Unauthorized
        await serve(self._hub, caller, scope, receive, send)


async def serve(hub: LiveHub, caller: Caller, scope: Scope, receive: Receive, send: Send) -> None:
    """Stream to the caller until it goes, or until it may no longer listen."""
    after, kinds = _asked(scope)
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    retry = random.randint(1000, 5000)  # noqa: S311  so that a crowd does not come back at once
    first = f"retry: {retry}\n\n".encode()
    await send({"type": "http.response.body", "body": first, "more_body": True})
    opened = scope.get(_OPENED)
    if opened is None:
        await _listen(hub, caller, kinds, after, receive, send)
    else:
        opened.append(partial(_listen, hub, caller, kinds, after))


class StreamMiddleware:
    """Goes on with a stream once its head has passed through everything further in.

    That has returned by then, so an open stream holds none of it, and no event passes through it.
    """

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != STREAM_PATH:
            await self._app(scope, receive, send)
            return
        opened: list[Callable[[Receive, Send], Awaitable[None]]] = []
        scope[_OPENED] = opened
        await self._app(scope, receive, send)
        if opened:
            await opened.pop()(receive, send)


async def _listen(
    hub: LiveHub,
    caller: Caller,
    kinds: frozenset[str] | None,
    after: int | None,
    receive: Receive,
    send: Send,
) -> None:
    stream = Stream(caller, kinds, send)
    stream.owner = asyncio.current_task()
    try:
        await hub.join(stream, after)
        while (await receive())["type"] != "http.disconnect":
            pass
    except (Problem, TimeoutError):
        stream.close()
        if stream.writer is not None:
            await stream.writer
    except asyncio.CancelledError:
        if not stream.closing and stream.writer is None:
            raise
        if stream.writer is not None:
            stream.writer.cancel()
    finally:
        hub.leave(stream)


def _asked(scope: Scope) -> tuple[int | None, frozenset[str] | None]:
    """The position to resume from and the kinds asked for; what makes no sense asks for nothing."""
    after = next((v for k, v in scope["headers"] if k == b"last-event-id"), b"").decode("latin-1")
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    if not after:  # EventSource cannot set the header on its first request
        after = query.get("after", [""])[0]
    kinds = frozenset(",".join(query.get("kinds", [])).split(",")) - {""}
    known = after.isascii() and after.isdigit() and len(after) <= 18
    return (int(after) if known else None), (kinds or None)
