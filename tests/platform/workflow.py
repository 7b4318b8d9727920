"""A service desk with automations, and what they did."""

from typing import Any

import orjson
from pydantic import BaseModel

from tests.world import Actor, Tenant, World

AUTOMATION = {"event_types": ["cases.opened"], "active": True}
NOTE: dict[str, Any] = {"do": "act", "action": "cases.note", "body": {"body": "Seen by itself"}}


class Workflow:
    """One tenant's automations at work."""

    def __init__(self, world: World, tenant: Tenant) -> None:
        self.world = world
        self.tenant = tenant
        self.admin = tenant.admin

    async def automation(self, key: str, *steps: dict[str, Any], **values: Any) -> dict[str, Any]:
        told: dict[str, Any] = await self.admin.do(
            "automations.create", **(AUTOMATION | {"key": key, "name": key} | values),
            steps=list(steps),
        )  # fmt: skip
        return told

    async def case(self, subject: str = "The line is dead", **values: Any) -> dict[str, Any]:
        made: dict[str, Any] = await self.admin.do("cases.create", subject=subject, **values)
        return made

    async def work(self) -> None:
        await self.world.work(self.tenant, rounds=60)

    async def runs(self, key: str = "", **query: str) -> list[dict[str, Any]]:
        if key:
            (automation,) = await self.admin.list("automations", key=key)
            query["automation_id"] = str(automation["id"])
        return await self.admin.list("automation_runs", sort="started_at", limit="200", **query)

    async def sql(self, text: str, *values: Any) -> list[Any]:
        async with self.world.services.database.transaction(self.tenant.id) as connection:
            rows: list[Any] = await connection.fetch(text, self.tenant.id, *values)
        return rows

    async def notes(self, case: dict[str, Any]) -> list[str]:
        rows = await self.admin.list("activity_entries", record_id=str(case["id"]))
        return [row["body"] for row in rows if row["body"] and row["visibility"] == "internal"]

    async def mails(self) -> list[Any]:
        return await self.sql(
            """SELECT recipient, subject, text_body, html_body, headers::text AS headers
                 FROM outbound_mails WHERE tenant_id = $1 AND kind IS DISTINCT FROM 'users'
                ORDER BY created_at, id"""
        )

    async def let_time_pass(self, minutes: int) -> None:
        """As if so many minutes had gone by for what waits."""
        await self.sql(
            """UPDATE automation_runs SET resume_at = resume_at - make_interval(mins => $2)
                WHERE tenant_id = $1 AND resume_at IS NOT NULL""",
            minutes,
        )
        await self.sql(
            """UPDATE jobs SET run_at = run_at - make_interval(mins => $2)
                WHERE tenant_id = $1 AND name = 'automations.resume' AND state = 'queued'""",
            minutes,
        )
        await self.work()


def plain(body: Any) -> Any:
    whole = body.model_dump(mode="json") if isinstance(body, BaseModel) else body
    return orjson.loads(orjson.dumps(whole, default=str))


async def again(world: World, tenant: Tenant, actor: Actor) -> Actor:
    """The same person at the next request."""
    return await world.actor(tenant, actor.profile_id)
