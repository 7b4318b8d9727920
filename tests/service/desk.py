"""What the service desk's tests build on: a customer who owns a product with a gold entitlement."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.world import Actor, Tenant

OFFICE_HOURS = [
    {"weekday": day, "opens": "00:00", "closes": "24:00"}
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
]


@dataclass
class Desk:
    """A tenant with a company that owns a router, and somebody to help it."""

    tenant: Tenant
    agent: Actor
    account: dict[str, Any]
    contact: Actor
    model: dict[str, Any]
    router: dict[str, Any]
    contract: dict[str, Any]
    entitlement: dict[str, Any]

    @property
    def admin(self) -> Actor:
        return self.tenant.admin

    @property
    def contact_id(self) -> str:
        return str(self.contact.caller.attributes["contact_id"])

    async def case(self, **values: Any) -> dict[str, Any]:
        """A case of the contact about the router."""
        given = {"subject": "No light on the router", "sold_product_id": str(self.router["id"])}
        made: dict[str, Any] = await self.contact.do("cases.create", **(given | values))
        return made

    async def stored(self, case: dict[str, Any]) -> dict[str, Any]:
        """The case as the admin sees it now."""
        return await self.admin.read("cases", case["id"])

    async def clocks(self, case: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """The case's promises by target."""
        rows = await self.admin.list("task_slas", record_id=str(case["id"]))
        return {row["target"]: row for row in rows}

    async def stream(
        self, case: dict[str, Any], reader: Actor | None = None
    ) -> list[dict[str, Any]]:
        """The case's activity as somebody reads it."""
        return await (reader or self.admin).list("activity_entries", record_id=str(case["id"]))


async def a_desk(tenant: Tenant) -> Desk:
    """The whole of it."""
    admin = tenant.admin
    account = await tenant.account("Harbour Dental")
    contact = await tenant.contact(account)
    agent = await tenant.member("agent_b2b")
    calendar = await admin.do("calendars.create", name="Always", zone="UTC", hours=OFFICE_HOURS)
    model = await admin.do(
        "product_models.create", name="Fibre router R7", code="R7", kind="hardware"
    )
    contract = await admin.do(
        "service_contracts.create",
        name="Gold support",
        account_id=str(account["id"]),
        starts_on="2020-01-01",
    )
    router = await admin.do(
        "sold_products.create",
        name="Router in the surgery",
        account_id=str(account["id"]),
        product_model_id=str(model["id"]),
        contract_id=str(contract["id"]),
        serial_number="R7-0001",
    )
    entitlement = await admin.do(
        "entitlements.create",
        name="Gold, round the clock",
        contract_id=str(contract["id"]),
        tier="gold",
        calendar_id=str(calendar["id"]),
        channels=["portal", "email", "phone"],
        response_minutes=60,
        resolution_minutes=480,
        starts_on="2020-01-01",
    )
    return Desk(tenant, agent, account, contact, model, router, contract, entitlement)


def same(one: Any, other: Any) -> bool:
    """Whether two ids are the same, as text or as UUID."""
    return UUID(str(one)) == UUID(str(other))
