"""The floor of routing: greedy in memory, the agent idle longest of those with the skill and room.

What is decided is stored with two set-wise updates in one transaction for each batch: no
explanation, no event, no lock, and nothing read but the agents and the items, once.
"""

import heapq
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg

Chosen = Sequence[tuple[UUID, UUID]]
"""Items, and who gets them."""


class Desk:
    """Who can do what, how much room they have, and when they were last given something."""

    def __init__(self, agents: Sequence[Mapping[str, Any]]) -> None:
        self.capacity: dict[UUID, int] = {row["profile_id"]: row["capacity"] for row in agents}
        self.free = dict(self.capacity)
        self._last = dict.fromkeys(self.free, 0)
        self._given = 0
        self._lanes: dict[UUID, list[tuple[int, UUID]]] = {}
        for row in agents:
            for skill in row["skills"]:
                self._lanes.setdefault(skill, []).append((0, row["profile_id"]))

    def decide(self, items: Sequence[Mapping[str, Any]]) -> Chosen:
        """An agent for each item that somebody can take."""
        found = ((item["id"], self._longest_idle(item["required_skills"][0])) for item in items)
        return [(item, agent) for item, agent in found if agent is not None]

    def _longest_idle(self, skill: UUID) -> UUID | None:
        lane = self._lanes[skill]
        while lane:
            since, agent = lane[0]
            if not self.free[agent]:
                heapq.heappop(lane)
            elif since != self._last[agent]:
                heapq.heapreplace(lane, (self._last[agent], agent))
            else:
                self._given += 1
                self._last[agent] = self._given
                self.free[agent] -= 1
                return agent
        return None


async def route(pool: asyncpg.Pool, tenant_id: UUID, batch: int) -> int:
    """Place whatever waits; how many items were placed."""
    begin = f"BEGIN; SET LOCAL app.tenant_id = '{tenant_id}'"
    placed = 0
    async with pool.acquire() as connection:
        await connection.execute(begin)
        desk = Desk(await connection.fetch(_AGENTS, tenant_id))
        items = await connection.fetch(_ITEMS, tenant_id)
        await connection.execute("COMMIT")
        for start in range(0, len(items), batch):
            chosen = desk.decide(items[start : start + batch])
            await connection.execute(begin)
            await _store(connection, tenant_id, desk, chosen)
            await connection.execute("COMMIT")
            placed += len(chosen)
    return placed


async def _store(
    connection: asyncpg.Connection, tenant_id: UUID, desk: Desk, chosen: Chosen
) -> None:
    now = datetime.now(UTC)
    items, agents = [item for item, _ in chosen], [agent for _, agent in chosen]
    await connection.execute(_OFFER, tenant_id, items, agents, now)
    taken = list(set(agents))
    used = [desk.capacity[agent] - desk.free[agent] for agent in taken]
    await connection.execute(_TAKE, tenant_id, taken, used, now)


_AGENTS = """
SELECT a.profile_id, a.capacity, array_agg(s.skill_id) AS skills
  FROM agent_presence a
  JOIN user_skills s ON s.tenant_id = $1 AND s.profile_id = a.profile_id
 WHERE a.tenant_id = $1 GROUP BY 1, 2
"""
_ITEMS = """
SELECT id, required_skills FROM work_items
 WHERE tenant_id = $1 AND state = 'queued' ORDER BY rank, queued_at, id
"""
_OFFER = """
UPDATE work_items w
   SET state = 'offered', offered_to_id = g.agent, offered_at = $4::timestamptz,
       offer_expires_at = $4::timestamptz + interval '30 seconds', waiting_reason = NULL,
       updated_at = $4::timestamptz, version = w.version + 1
  FROM unnest($2::uuid[], $3::uuid[]) AS g (id, agent)
 WHERE w.tenant_id = $1 AND w.id = g.id
"""
_TAKE = """
UPDATE agent_presence a
   SET used = g.used, last_assigned_at = $4::timestamptz, updated_at = $4::timestamptz
  FROM unnest($2::uuid[], $3::int[]) AS g (agent, used)
 WHERE a.tenant_id = $1 AND a.profile_id = g.agent
"""
