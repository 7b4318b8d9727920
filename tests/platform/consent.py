"""A service desk where some things need consent."""

import re
from typing import Any

from tests.world import Actor, Tenant, World

RESOLVE = {"resolution": "Replaced the router"}


def people(*actors: "Member", need: Any = "any") -> dict[str, Any]:
    return {"who": "people", "emails": [actor.email for actor in actors], "need": need}


class Member:
    """A member of staff with an address."""

    def __init__(self, actor: Actor, email: str) -> None:
        self.actor, self.email = actor, email
        self.profile_id = actor.profile_id
        self.do, self.list, self.read = actor.do, actor.list, actor.read

    @property
    def id(self) -> str:
        return str(self.profile_id)


class Desk:
    """One tenant's approvals."""

    def __init__(self, world: World, tenant: Tenant) -> None:
        self.world, self.tenant, self.admin = world, tenant, tenant.admin

    async def member(self, name: str, *roles: str) -> Member:
        actor = await self.tenant.member(*(roles or ("agent_b2b",)), name=name)
        (user,) = await self.admin.list("users", id=str(actor.caller.user_id))
        return Member(actor, user["email"])

    async def fresh(self, member: Member) -> Member:
        """The same person with what they hold by now."""
        actor = await self.world.actor(self.tenant, member.profile_id)
        return Member(actor, member.email)

    async def group(self, name: str, *members: Member, **values: Any) -> dict[str, Any]:
        group: dict[str, Any] = await self.admin.do("groups.create", name=name, **values)
        for member in members:
            await self.admin.do(
                "group_members.create",
                group_id=str(group["id"]),
                user_id=str(member.actor.caller.user_id),
            )
        return group

    async def rule(self, key: str, *levels: dict[str, Any], **values: Any) -> dict[str, Any]:
        told: dict[str, Any] = await self.admin.do(
            "approval_rules.create",
            **({"key": key, "name": key.replace("_", " ").capitalize(), "resource": "cases",
                "action": "resolve", "active": True} | values),
            levels=list(levels),
        )  # fmt: skip
        return told

    async def case(self, agent: Member, **values: Any) -> dict[str, Any]:
        account = await self.tenant.account()
        case: dict[str, Any] = await self.admin.do(
            "cases.create",
            **({"subject": "The line is dead", "account_id": str(account["id"])} | values),
        )
        await self.admin.do("cases.assign", case["id"], assigned_to_id=agent.id)
        return case

    async def asked(self, agent: Member, case: dict[str, Any]) -> dict[str, Any]:
        """The request that resolving the case leads to."""
        agent = await self.fresh(agent)
        told = await agent.do("cases.resolve", case["id"], **RESOLVE)
        return await self.request(told["approval_request_id"])

    async def request(self, key: Any) -> dict[str, Any]:
        return await self.admin.read("approval_requests", key)

    async def state(self, case: dict[str, Any]) -> str:
        told = await self.admin.read("cases", case["id"])
        return str(told["state"])

    async def waiting(self, member: Member) -> list[str]:
        """What waits for somebody."""
        told = await (await self.fresh(member)).do("approvals.waiting")
        assert told.count == len(told.items)
        return [item.subject for item in told.items]

    async def token_for(self, member: Member) -> str:
        """What the link in the latest letter to somebody bears."""
        rows = await self.sql(
            "SELECT text_body FROM outbound_mails WHERE tenant_id = $1 AND recipient = $2 "
            "AND kind = 'approvals' ORDER BY created_at DESC, id DESC LIMIT 1",
            member.email,
        )
        found = re.search(r"/approve\?token=(\S+)", rows[0]["text_body"])
        assert found
        return found[1]

    async def history(self, request: dict[str, Any]) -> list[str]:
        rows = await self.admin.list("approval_entries", request_id=str(request["id"]))
        return [row["what"] for row in rows]

    async def work(self) -> None:
        await self.world.work(self.tenant, rounds=60)

    async def sql(self, text: str, *values: Any) -> list[Any]:
        async with self.world.services.database.transaction(self.tenant.id) as connection:
            rows: list[Any] = await connection.fetch(text, self.tenant.id, *values)
        return rows
