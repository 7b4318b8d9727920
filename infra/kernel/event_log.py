"""The log of events as a caller may read it: rows by the access plan, fields by the View."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from infra.kernel.access import Caller, Plan
from infra.kernel.errors import Gone
from infra.kernel.events import EVENT_COLUMNS, RecordedEvent, event_from_row
from infra.kernel.reading import visible
from infra.kernel.relay import event_document
from infra.kernel.resource import CUSTOM, Resource
from infra.kernel.services import Services

PAGE = 500


@dataclass(frozen=True)
class EventPage:
    """Events a caller may read; `next` is the position to go on from, `more` whether to."""

    data: list[dict[str, Any]]
    next: int
    more: bool

    def body(self) -> dict[str, Any]:
        return {"data": self.data, "next": self.next, "more": self.more}


async def read_events(
    services: Services,
    caller: Caller,
    after: int | None = None,
    limit: int = 100,
    kinds: frozenset[str] | None = None,
) -> EventPage:
    """The next events after a position, oldest first, at most `limit` of those one may read.

    Raises Gone for a position whose followers are forgotten; None begins with the oldest kept.
    """
    if after is not None and await is_forgotten(services, caller.tenant_id, after):
        raise Gone("events after this position are no longer kept; read without `after`")
    after = after or 0
    shown: list[dict[str, Any]] = []
    for _ in range(20):
        events = await events_after(services, caller.tenant_id, after, PAGE, kinds)
        allowed = await allowed_events(services, caller, events)
        room = limit - len(shown)
        shown += [document(services, caller, event) for event in allowed[:room]]
        if len(allowed) > room:
            return EventPage(shown, shown[-1]["position"] if shown else after, more=True)
        if events:
            after = events[-1].position
        if len(events) < PAGE:
            return EventPage(shown, after, more=False)
        if len(shown) == limit:
            break
    return EventPage(shown, after, more=True)


async def head_position(services: Services, tenant_id: UUID) -> int:
    """The position of the latest event; 0 before the first."""
    connection: Any
    async with services.database.transaction(tenant_id, read_only=True) as connection:
        found = await connection.fetchval(
            "SELECT position FROM event_heads WHERE tenant_id = $1", tenant_id
        )
    return int(found or 0)


async def is_forgotten(services: Services, tenant_id: UUID, after: int) -> bool:
    """Whether events that followed this position are no longer kept: the log begins later."""
    connection: Any
    async with services.database.transaction(tenant_id, read_only=True) as connection:
        row = await connection.fetchrow(
            """SELECT position > $2 AND NOT EXISTS (
                        SELECT FROM events WHERE tenant_id = $1 AND position = $2::bigint + 1)
                 FROM event_heads WHERE tenant_id = $1""",
            tenant_id,
            min(after, 2**62),
        )
    return bool(row and row[0])


async def events_after(
    services: Services,
    tenant_id: UUID,
    after: int,
    limit: int = PAGE,
    kinds: frozenset[str] | None = None,
) -> list[RecordedEvent]:
    """Positioned events of the tenant, unfiltered but by kind."""
    connection: Any
    async with services.database.transaction(tenant_id, read_only=True) as connection:
        rows = await connection.fetch(
            f"""SELECT {EVENT_COLUMNS} FROM events
                WHERE tenant_id = $1 AND position > $2 AND ($4::text[] IS NULL OR kind = ANY($4))
                ORDER BY position LIMIT $3""",
            tenant_id,
            max(0, min(after, 2**62)),
            limit,
            sorted(kinds) if kinds is not None else None,
        )
    return [event_from_row(row) for row in rows]


async def allowed_events(
    services: Services, caller: Caller, events: Sequence[RecordedEvent]
) -> list[RecordedEvent]:
    """Those of the events whose record the caller may read, at one check a kind."""
    seen: dict[str, set[UUID] | None] = {}
    for kind in {event.kind for event in events}:
        plan = plan_of(services, caller, kind)
        if plan is None:
            seen[kind] = set()
        elif plan.is_total("read"):
            seen[kind] = None
        else:
            wanted = {event.record_id for event in events if event.kind == kind}
            # The caller was proven when the stream opened; the group is not one credential's.
            seen[kind] = await visible(services, replace(caller, proof=None), kind, wanted)
    return [e for e in events if (told := seen[e.kind]) is None or e.record_id in told]


def plan_of(services: Services, caller: Caller, kind: str) -> Plan | None:
    """The caller's plan for the kind, or None where it may read nothing of it."""
    resource = services.registry.resources.get(kind)
    if resource is None:
        return None
    plan = services.plans.of(caller, resource)
    return plan if plan.may("read") and plan.view is not None else None


def columns_of(plan: Plan) -> frozenset[str]:
    """The columns that may be told whichever way the row was reached."""
    if plan.has_masks:
        return frozenset(plan.open_columns)
    return frozenset(plan.view.read) if plan.view else frozenset()


def document(services: Services, caller: Caller, event: RecordedEvent) -> dict[str, Any]:
    """The event as this caller may see it."""
    plan = plan_of(services, caller, event.kind)
    told = event_document(event)
    inside = caller.audience in {"staff", "system"}
    if not inside:
        del told["actor"]
    if plan is None:
        return told | {"payload": {}}
    return told | {"payload": masked(event.payload, columns_of(plan), plan.resource, inside)}


def masked(
    payload: Mapping[str, Any], readable: frozenset[str], resource: Resource, inside: bool
) -> dict[str, Any]:
    """The payload without columns that may not be read.

    Fields that are no columns at all are details of a declared event: for staff only. So are those
    that the tenant added: who of the others may see one is for the record's next reading.
    """
    if "changes" in payload:
        changes = {
            c: pair
            for c, pair in (payload["changes"] or {}).items()
            if c in readable or (inside and CUSTOM in readable and c.startswith(f"{CUSTOM}."))
        }
        return {"changes": changes}
    known = set(resource.columns)
    return {
        name: value
        for name, value in payload.items()
        if name in readable or (inside and name not in known)
    }
