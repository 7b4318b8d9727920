"""What the tests of the service model build on: organisations, places, staff and customers."""

from typing import Any

from infra.kernel.ids import uuid7
from tests.world import Actor, Tenant


class Network:
    """A tenant's organisations, in one line each."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.admin = tenant.admin

    async def organization(self, name: str = "Branches", **values: Any) -> dict[str, Any]:
        given = {"name": name, "code": f"O{uuid7().hex[-8:].upper()}", "kind": "branch"} | values
        made: dict[str, Any] = await self.admin.do("service_organizations.create", **_text(given))
        return made

    async def place(
        self, organization: dict[str, Any], name: str = "Main Street", **values: Any
    ) -> dict[str, Any]:
        given = {"name": name, "service_organization_id": organization["id"]} | values
        made: dict[str, Any] = await self.admin.do("business_locations.create", **_text(given))
        return made

    async def employ(self, actor: Actor, where: dict[str, Any], **values: Any) -> dict[str, Any]:
        """Let the actor work for the organisation, or at the place."""
        given = {**_where(where), **_who(actor), **values}
        made: dict[str, Any] = await self.admin.do("staff_members.create", **_text(given))
        return made

    async def serve(
        self, customer: Actor | dict[str, Any], where: dict[str, Any], **values: Any
    ) -> Any:
        """Let a company or a consumer be served by the organisation, or at the place."""
        if isinstance(customer, Actor):
            whom = {"consumer_id": customer.caller.attributes["consumer_id"]}
        else:
            whom = {"account_id": customer["id"]}
        given = {**_where(where), **whom, **values}
        return await self.admin.do("customers_served.create", **_text(given))

    async def relate(
        self, above: dict[str, Any], below: dict[str, Any], kind: str, **v: Any
    ) -> Any:
        given = {"from_organization_id": above["id"], "to_organization_id": below["id"]}
        return await self.admin.do("service_relations.create", kind=kind, **_text(given), **v)

    async def dealer(self, name: str = "City Motors") -> tuple[dict[str, Any], dict[str, Any]]:
        """A partner account, and the dealership outside the company that is its own."""
        account = await self.tenant.account(name, is_partner=True)
        organization = await self.organization(
            name, kind="dealer", is_internal=False, account_id=account["id"]
        )
        return account, organization


def _where(where: dict[str, Any]) -> dict[str, Any]:
    if "service_organization_id" in where:
        return {
            "service_organization_id": where["service_organization_id"],
            "business_location_id": where["id"],
        }
    return {"service_organization_id": where["id"]}


def _who(actor: Actor) -> dict[str, Any]:
    if contact := actor.caller.attributes.get("contact_id"):
        return {"contact_id": contact}
    return {"profile_id": actor.profile_id}


def _text(values: dict[str, Any]) -> dict[str, Any]:
    return {k: v if isinstance(v, (str, bool, list)) else str(v) for k, v in values.items()}


def ids(rows: list[dict[str, Any]]) -> set[str]:
    """The ids of rows, as text."""
    return {str(row["id"]) for row in rows}
