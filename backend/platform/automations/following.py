"""Which automations new events set off, decided once for each event as it is told."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from backend.platform.automations import queries
from backend.platform.automations.rules import allot, listens
from infra.kernel.events import RecordedEvent
from infra.kernel.relay import JobRow
from tenants.plans import plan

START = "automations.start"
START_ATTEMPTS_MAX = 6
PRIORITY = 6


async def follow(connection: Any, tenant_id: UUID, events: Sequence[RecordedEvent]) -> list[JobRow]:
    """One job for each automation and event, at the pace that the tenant's plan allows."""
    found = [
        (automation["id"], event)
        for automation in await queries.listening(connection, tenant_id)
        for event in events
        if listens(automation["event_types"], automation["changed"], event)
    ]
    if not found:
        return []
    share = await queries.budget(connection, tenant_id)
    per_minute = plan(share["plan"]).automation_runs_per_minute
    now = share["now"]
    delays, until = allot(share["taken_until"] or now, now, len(found), per_minute)
    await queries.spend(connection, tenant_id, until)
    return [
        JobRow(
            name=START,
            arguments={"automation_id": str(automation_id), "event_id": str(event.id)},
            actor=event.actor,
            key=f"{START}:{automation_id}:{event.id}",
            attempts_max=START_ATTEMPTS_MAX,
            request_id=event.request_id,
            priority=PRIORITY,
            delay_seconds=delay,
        )
        for (automation_id, event), delay in zip(
            sorted(found, key=lambda pair: pair[1].position), delays, strict=True
        )
    ]
