"""A town in which everybody stands to somebody else's records in one of the ways there are.

A *circle* is one customer with one record of every kind, each carrying a canary of its own: a word
that is found nowhere else. Who may see which is said in `expected.py`; here they are only made.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from infra.kernel.event_log import events_after
from infra.kernel.events import RecordedEvent
from tests.security.visibility.people import People
from tests.security.visibility.records import Records
from tests.world import Actor, Tenant, World

BUSINESSES = ("harbour", "branch", "group", "quay", "lake", "mill")
CONSUMERS = ("noor", "kim")
CIRCLES = ("harbour", "ben", "branch", "group", "quay", "lake", "mill", "noor", "kim")


@dataclass
class Town:
    """Everybody, and everything that is anybody's."""

    world: World
    tenant: Tenant
    foreign: Tenant
    records: Records
    viewers: dict[str, Actor] = field(default_factory=dict)
    born: dict[UUID, list[RecordedEvent]] = field(default_factory=dict)
    """The first event of each record."""
    kept: dict[str, Any] = field(default_factory=dict)
    """What one door makes once for all viewers."""

    def circle_of(self, collection: str) -> dict[UUID, str]:
        """Id of a record of the collection → whose it is."""
        return {
            record_id: circle
            for (circle, name), record_id in self.records.ids.items()
            if name == collection
        }

    def home_of(self, viewer: str) -> Tenant:
        return self.foreign if viewer == "foreigner" else self.tenant

    async def now(self, viewer: str) -> Actor:
        """The viewer as they come back: with the roles and attributes of this moment."""
        actor = self.viewers[viewer]
        if actor.token:
            return actor
        caller = await self.world.services.callers.of_profile(
            actor.caller.tenant_id, actor.profile_id
        )
        return Actor(self.world, caller)


async def a_town(world: World) -> Town:
    """One tenant with every relation in it, and a second one beside."""
    tenant = await world.tenant("Town")
    records = Records(tenant)
    await records.open_shop()
    await _found_customers(records)
    people = People(records)
    viewers = await people.all_of_them()
    for circle in CIRCLES:
        await records.fill(circle)
    await people.relate_to_records()
    foreign = await world.tenant("Elsewhere")
    viewers["foreigner"] = foreign.admin
    await world.work(tenant)
    return Town(world, tenant, foreign, records, viewers, await _births(world, tenant))


async def _births(world: World, tenant: Tenant) -> dict[UUID, list[RecordedEvent]]:
    found: dict[UUID, list[RecordedEvent]] = defaultdict(list)
    for event in await events_after(world.services, tenant.id, 0, 10_000):
        if not found[event.record_id]:
            found[event.record_id].append(event)
    return found


async def _found_customers(records: Records) -> None:
    """The companies in their tree, their contacts, and the private people in their homes."""
    group = await records.company("group")
    harbour = await records.company("harbour", parent_id=str(group["id"]))
    await records.company("branch", parent_id=str(harbour["id"]))
    for stranger in ("quay", "lake", "mill"):
        await records.company(stranger)
    for name in BUSINESSES:
        await records.contact(name, name)
    await records.contact("ben", "harbour")
    for name in CONSUMERS:
        await records.consumer(name)
