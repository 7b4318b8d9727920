"""Tells what has been committed: gives events their position, seals audit, creates what follows.

Positions follow the order in which the relay meets events, not the order in which transactions
began, so a reader who has seen position n never finds a new event below it. All of it happens in
one transaction under the tenant's head rows: a relay that dies half-way has done nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import orjson
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from infra.kernel.audit_chain import SEAL_MAX, ChainKey, moment, seal
from infra.kernel.database import Database
from infra.kernel.events import EVENT_COLUMNS, RecordedEvent, event_from_row
from infra.kernel.ids import uuid7
from infra.kernel.jobs import JobDefinition, PeriodicDefinition, ReactionDefinition
from infra.kernel.telemetry import RELAY_LAG

log = structlog.get_logger(__name__)

RELAY_MAX = 200
"""Events of one turn: what follows of them must fit into a slice of the worker's time."""
PERIODIC_PRIORITY = 9
PUBLISH_BYTES_MAX = 256 * 1024
DELIVER = "webhooks.deliver"


@dataclass(frozen=True)
class JobRow:
    """A job as the relay queues it."""

    name: str
    arguments: Mapping[str, Any]
    actor: Mapping[str, Any]
    key: str
    attempts_max: int
    request_id: str = ""
    priority: int = 5
    id: UUID | None = None
    delay_seconds: float = 0.0


Follower = Callable[[Any, UUID, Sequence[RecordedEvent]], Awaitable[list[JobRow]]]
"""What a domain makes of a tenant's new events, asked once for all of a turn: jobs, for which the
tenant's own rows decide. It runs in the relay's transaction, so each event is followed once."""


class Declared(Protocol):
    """What the registry knows of work."""

    @property
    def reactions(self) -> tuple[ReactionDefinition, ...]: ...
    @property
    def jobs(self) -> Mapping[str, JobDefinition]: ...
    @property
    def periodic(self) -> tuple[PeriodicDefinition, ...]: ...
    @property
    def followers(self) -> tuple["Follower", ...]: ...


@dataclass(frozen=True)
class Relayed:
    """What one turn did."""

    events: Sequence[RecordedEvent] = ()
    sealed: int = 0
    elsewhere: bool = False
    """Another relay is at this tenant's rows, and will look again once it is through."""

    @property
    def is_full(self) -> bool:
        """Whether there may be more where this came from."""
        return len(self.events) >= RELAY_MAX or self.sealed >= SEAL_MAX


class Relay:
    """Positions, seals and follows up one tenant's committed rows at a time."""

    def __init__(self, database: Database, redis: Redis, declared: Declared, key: ChainKey) -> None:
        self._database = database
        self._redis = redis
        self._key = key
        self._followers = declared.followers
        self._reactions: dict[str, list[ReactionDefinition]] = {}
        for definition in declared.reactions:
            for name in definition.types:
                self._reactions.setdefault(name, []).append(definition)

    async def run(self, tenant_id: UUID) -> Relayed:
        """Relay up to RELAY_MAX events and seal up to SEAL_MAX entries of the tenant."""
        connection: Any
        async with self._database.transaction(tenant_id) as connection:
            if not await connection.fetchval(_WAITING, tenant_id):
                RELAY_LAG.set(0)
                return Relayed()
            heads = await _locked_heads(connection, tenant_id)
            if heads is None:
                return Relayed(elsewhere=True)
            events = await _position(connection, tenant_id, heads["position"])
            if events:
                await self._follow_up(connection, tenant_id, events)
            sealed = await seal(connection, tenant_id, heads["seq"], heads["hash"], self._key)
        if events:
            oldest = min(event.at for event in events)
            RELAY_LAG.set(max(0.0, (self._database.now() - oldest).total_seconds()))
            await self._publish(tenant_id, events)
        return Relayed(events, sealed)

    async def _follow_up(
        self, connection: Any, tenant_id: UUID, events: Sequence[RecordedEvent]
    ) -> None:
        wanted = [
            JobRow(
                name=definition.job_name,
                arguments={"event_id": str(event.id)},
                actor=event.actor,
                key=f"{definition.job_name}:{event.id}",
                attempts_max=definition.attempts_max,
                request_id=event.request_id,
            )
            for event in events
            for definition in self._reactions.get(event.type, ())
        ]
        wanted += await _deliveries(connection, tenant_id, events)
        for follower in self._followers:
            wanted += await follower(connection, tenant_id, events)
        if wanted:
            await insert_jobs(connection, tenant_id, wanted)

    async def _publish(self, tenant_id: UUID, events: Sequence[RecordedEvent]) -> None:
        """Tell the streams; whoever misses it finds the gap in positions and reads the table."""
        message = orjson.dumps([event_document(event) for event in events])
        if len(message) > PUBLISH_BYTES_MAX:
            message = orjson.dumps([events[0].position, events[-1].position])
        try:
            async with asyncio.timeout(1):
                await self._redis.publish(f"atrium:live:{tenant_id}", message)
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("relay.unpublished", error=type(error).__name__)


# Of a tenant that is being erased nothing is told: head rows made now would outlive it.
_WAITING = """
SELECT (EXISTS (SELECT FROM events WHERE tenant_id = $1 AND position IS NULL)
        OR EXISTS (SELECT FROM audit_entries WHERE tenant_id = $1 AND seq IS NULL))
   AND NOT EXISTS (SELECT FROM tenants WHERE id = $1 AND state IN ('erasing', 'erased'))
"""


def event_document(event: RecordedEvent) -> dict[str, Any]:
    """The event as streams, lists and webhooks tell it, before anything is masked."""
    return {
        "id": str(event.id),
        "position": event.position,
        "type": event.type,
        "kind": event.kind,
        "record_id": str(event.record_id),
        "at": moment(event.at),
        "actor": event.actor,
        "payload": event.payload,
    }


def event_from_document(told: Mapping[str, Any]) -> RecordedEvent:
    """The inverse of `event_document`."""
    return RecordedEvent(
        id=UUID(told["id"]),
        type=told["type"],
        kind=told["kind"],
        record_id=UUID(told["record_id"]),
        at=datetime.fromisoformat(told["at"]),
        actor=told["actor"],
        payload=told["payload"],
        position=told["position"],
    )


async def insert_jobs(connection: Any, tenant_id: UUID, rows: Iterable[JobRow]) -> None:
    """Queue many jobs in one statement; one whose key already waits is left out."""
    rows = list(rows)
    await connection.execute(
        """INSERT INTO jobs (tenant_id, id, name, arguments, actor, dedupe_key, priority, run_at,
                             attempts_max, request_id)
           SELECT $1, r.id, r.name, r.arguments::jsonb, r.actor::jsonb, r.key, r.priority,
                  now() + r.delay * interval '1 second', r.attempts_max, r.request_id
             FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[],
                         $7::smallint[], $8::int[], $9::text[], $10::float8[])
               AS r (id, name, arguments, actor, key, priority, attempts_max, request_id, delay)
           ON CONFLICT DO NOTHING""",
        tenant_id,
        [row.id or uuid7() for row in rows],
        [row.name for row in rows],
        [orjson.dumps(row.arguments).decode() for row in rows],
        [orjson.dumps(row.actor).decode() for row in rows],
        [row.key for row in rows],
        [row.priority for row in rows],
        [row.attempts_max for row in rows],
        [row.request_id for row in rows],
        [row.delay_seconds for row in rows],
    )


def periodic_row(
    definition: PeriodicDefinition, job_id: UUID, delay_seconds: float = 0.0
) -> JobRow:
    """The one job of a period; its id is made from tenant and period, so there is no second."""
    return JobRow(
        name=definition.job_name,
        arguments={},
        actor={"kind": "system", "name": definition.job_name},
        key=definition.job_name,
        attempts_max=definition.attempts_max,
        priority=PERIODIC_PRIORITY,
        id=job_id,
        delay_seconds=delay_seconds,
    )


async def _locked_heads(connection: Any, tenant_id: UUID) -> Any:
    """The tenant's head rows, locked, made where it has none yet; None while another has them.

    Nobody waits for them: who waits holds a connection and a turn that are others' as well.
    """
    for _ in range(2):
        heads = await connection.fetchrow(
            """SELECT e.position, a.seq, a.hash FROM event_heads e
               JOIN audit_heads a ON a.tenant_id = e.tenant_id
               WHERE e.tenant_id = $1 AND a.tenant_id = $1 FOR UPDATE SKIP LOCKED""",
            tenant_id,
        )
        if heads is not None:
            return heads
        made = [
            await connection.fetchval(
                f"""INSERT INTO {table} (tenant_id, id) VALUES ($1, $2)
                    ON CONFLICT DO NOTHING RETURNING 1""",
                tenant_id,
                uuid7(),
            )
            for table in ("event_heads", "audit_heads")
        ]
        if made == [None, None]:
            return None
    return None


async def _position(connection: Any, tenant_id: UUID, head: int) -> list[RecordedEvent]:
    rows = await connection.fetch(
        f"""WITH waiting AS (
              SELECT id, $2 + row_number() OVER (ORDER BY id) AS place
                FROM (SELECT id FROM events WHERE tenant_id = $1 AND position IS NULL
                      ORDER BY id LIMIT {RELAY_MAX}) oldest
            ), placed AS (
              UPDATE events SET position = waiting.place FROM waiting
               WHERE events.tenant_id = $1 AND events.id = waiting.id
              RETURNING events.*
            ), moved AS (
              UPDATE event_heads SET position = $2 + (SELECT count(*) FROM waiting)
               WHERE tenant_id = $1 AND EXISTS (SELECT FROM waiting) RETURNING position
            )
            SELECT {EVENT_COLUMNS} FROM placed ORDER BY position""",
        tenant_id,
        head,
    )
    return [event_from_row(row) for row in rows]


async def _deliveries(
    connection: Any, tenant_id: UUID, events: Sequence[RecordedEvent]
) -> list[JobRow]:
    hooks = await connection.fetch(
        "SELECT id, event_types FROM webhooks WHERE tenant_id = $1 AND active", tenant_id
    )
    matched = [
        (uuid7(), hook["id"], event)
        for hook in hooks
        for event in events
        if wants(hook["event_types"], event.type)
    ]
    if not matched:
        return []
    await connection.execute(
        """INSERT INTO webhook_deliveries (tenant_id, id, webhook_id, event_id, event_type)
           SELECT $1, d.id, d.webhook_id, d.event_id, d.event_type
             FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[])
               AS d (id, webhook_id, event_id, event_type)
           ON CONFLICT DO NOTHING""",
        tenant_id,
        [delivery for delivery, _, _ in matched],
        [hook for _, hook, _ in matched],
        [event.id for _, _, event in matched],
        [event.type for _, _, event in matched],
    )
    return [
        JobRow(
            name=DELIVER,
            arguments={"delivery_id": str(delivery)},
            actor={"kind": "system", "name": "webhooks"},
            key=f"{DELIVER}:{delivery}",
            attempts_max=DELIVER_ATTEMPTS_MAX,
            request_id=event.request_id,
            priority=7,
        )
        for delivery, _, event in matched
    ]


DELIVER_ATTEMPTS_MAX = 12


def wants(patterns: Sequence[str], event_type: str) -> bool:
    """Whether an endpoint that asked for these types gets this one; none named means every one."""
    kind = event_type.partition(".")[0]
    return not patterns or any(p in {"*", event_type, f"{kind}.*"} for p in patterns)
