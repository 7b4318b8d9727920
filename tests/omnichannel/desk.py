"""A service desk to route on: agents who are there, and work that waits."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from infra.kernel.errors import Problem
from tests.world import Actor, Tenant, World

AGENT = ("agent_b2b", "agent_b2c")


@dataclass
class Desk:
    """A tenant with its agents."""

    world: World
    tenant: Tenant

    async def agent(
        self, name: str = "Agnes", *, capacity: int = 5, roles: tuple[str, ...] = AGENT,
        state: str = "available", **skills: int,
    ) -> Actor:  # fmt: skip
        """Somebody who is there, with these skills by name."""
        actor = await self.tenant.member(*roles, name=name)
        for skill, level in skills.items():
            await self.tenant.admin.do(
                "user_skills.create",
                profile_id=str(actor.profile_id),
                skill_id=await self.skill(skill),
                level=level,
            )
        await self.tenant.admin.do(
            "agent_presence.set", profile_id=str(actor.profile_id), state=state, capacity=capacity
        )
        return actor

    async def skill(self, name: str) -> str:
        """The skill's id, made on first use."""
        found = await self.tenant.admin.list("skills", name=name)
        made = found[0] if found else await self.tenant.admin.do("skills.create", name=name)
        return str(made["id"])

    async def model(self, name: str, **skills: int) -> str:
        """A product model that needs these skills."""
        model = await self.tenant.admin.do(
            "product_models.create", name=name, code=name.upper(), kind="hardware"
        )
        for skill, level in skills.items():
            await self.tenant.admin.do(
                "product_model_skills.create",
                product_model_id=str(model["id"]),
                skill_id=await self.skill(skill),
                level=level,
            )
        return str(model["id"])

    async def case(self, subject: str = "The router is silent", **values: Any) -> dict[str, Any]:
        """A case that waits, opened by the tenant's admin."""
        opened: dict[str, Any] = await self.tenant.admin.do(
            "cases.create", subject=subject, **values
        )
        return opened

    async def item(self, case: dict[str, Any]) -> dict[str, Any]:
        """The case's work item."""
        (item,) = await self.tenant.admin.list("work_items", record_id=str(case["id"]))
        return item

    async def presence(self, agent: Actor) -> dict[str, Any]:
        (found,) = await self.tenant.admin.list("agent_presence", profile_id=str(agent.profile_id))
        return found

    async def work(self) -> None:
        await self.world.work(self.tenant)

    async def sql(self, statement: str, *values: Any) -> list[Any]:
        """Rows of a statement whose first parameter is the tenant."""
        async with self.world.services.database.transaction(self.tenant.id) as connection:
            return list(await connection.fetch(statement, self.tenant.id, *values))

    async def ledger(self) -> list[tuple[UUID, int, int]]:
        """Agents whose used places are not the sizes of what they hold, or above their capacity."""
        rows = await self.sql(
            """SELECT a.profile_id, a.used, coalesce(sum(w.size), 0)::int AS held
                 FROM agent_presence a LEFT JOIN work_items w ON w.tenant_id = a.tenant_id
                  AND ((w.state = 'offered' AND w.offered_to_id = a.profile_id)
                    OR (w.state = 'accepted' AND w.accepted_by_id = a.profile_id))
                WHERE a.tenant_id = $1 GROUP BY a.profile_id, a.used, a.capacity
               HAVING a.used <> coalesce(sum(w.size), 0) OR a.used > a.capacity"""
        )
        return [tuple(row) for row in rows]


async def outcome_of(actor: Actor, action: str, record_id: Any, **body: Any) -> int:
    """200, or the status of the refusal."""
    try:
        await actor.do(action, record_id, **body)
    except Problem as refusal:
        return refusal.status
    return 200
