"""What the tests of relationships build on: a desk, a partner, and people who stand for others."""

from dataclasses import dataclass
from typing import Any

import httpx2

from tests.security.neighbours import bearing
from tests.service.desk import Desk, a_desk
from tests.world import Actor, World


@dataclass
class Kin:
    """A service desk and the words to relate people by."""

    world: World
    desk: Desk

    @property
    def admin(self) -> Actor:
        return self.desk.admin

    async def responsibility(self, key: str) -> str:
        (found,) = await self.admin.list("responsibilities", key=key)
        return str(found["id"])

    async def type_named(self, name: str) -> str:
        (found,) = await self.admin.list("account_relationship_types", name=name)
        return str(found["id"])

    async def offer(self, name: str, entity: str, party_kind: str) -> str:
        (found,) = await self.admin.list(
            "related_party_configurations", name=name, entity=entity, party_kind=party_kind
        )
        return str(found["id"])

    async def partner_of(self, account: dict[str, Any], **values: Any) -> dict[str, Any]:
        """A new partner company that serves the account; answers the company."""
        company = await self.desk.tenant.account("Bay Integrators", is_partner=True)
        await self.relate("Partner of", company, account, **values)
        return company

    async def relate(
        self, name: str, account: dict[str, Any], related: dict[str, Any], **values: Any
    ) -> dict[str, Any]:
        made: dict[str, Any] = await self.admin.do(
            "account_relationships.create",
            type_id=await self.type_named(name),
            account_id=str(account["id"]),
            related_account_id=str(related["id"]),
            **values,
        )
        return made

    async def stands_for(
        self, contact: Actor, account: dict[str, Any], key: str = "account_representative"
    ) -> dict[str, Any]:
        """A contact relationship of the contact to the account."""
        made: dict[str, Any] = await self.admin.do(
            "contact_relationships.create",
            contact_id=str(contact.caller.attributes["contact_id"]),
            account_id=str(account["id"]),
            responsibility_id=await self.responsibility(key),
        )
        return made

    async def http(self, actor: Actor) -> httpx2.AsyncClient:
        """A client that is signed in as the actor, for as many requests as one likes."""
        return await bearing(self.world, actor)


async def kin(world: World) -> Kin:
    return Kin(world, await a_desk(await world.tenant()))


def ids(answer: httpx2.Response) -> set[str]:
    """The ids of a listed page."""
    assert answer.status_code == 200, answer.text
    return {row["id"] for row in answer.json()["data"]}
