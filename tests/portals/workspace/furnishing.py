"""A service desk in full work: customers, what they own and are owed, cases in every state."""

from dataclasses import dataclass, field
from typing import Any

from tests.portals.browsing import Browser, an_article, browser_of
from tests.world import Actor, Tenant, World

WORDS = (
    "Since last Thursday our internet at the Leith practice drops every evening between about six "
    "and eight. The card terminal goes down with it, so reception can’t take payments.\n\n"
    "Restarting the router helps for ten minutes at most."
)
ROLLBACK = (
    "# When to use this\n\nThe HG-20 restarts under load with firmware 4.2.1.\n\n## Steps\n\n"
    "1. Tell the customer that they are offline for about six minutes.\n"
    "2. Roll the router back to firmware 4.1.9.\n3. Watch it for three days.\n\n"
    "| Firmware | Restarts |\n|---|---|\n| 4.2.1 | 14 |\n| 4.1.9 | 0 |\n"
)


@dataclass
class Desk:
    """The tenant and the people of the story."""

    tenant: Tenant
    maya: Actor
    owen: Actor
    jonas: Actor
    priya: Actor
    account: dict[str, Any]
    sold: dict[str, Any]
    cases: dict[str, dict[str, Any]] = field(default_factory=dict)
    articles: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def number(self) -> str:
        return str(self.cases["drops"]["number"])


async def at_desk(actor: Actor, tenant: Tenant) -> Browser:
    """A browser in which a member of staff is signed in with these very roles."""
    await starts_as(actor, tenant)
    return await browser_of(actor, tenant)


async def starts_as(actor: Actor, tenant: Tenant) -> None:
    """Sign-in leads to this very profile."""
    await tenant.admin.do("profiles.update", actor.profile_id, is_default=True)


async def a_desk(world: World) -> Desk:
    """A telecom's desk."""
    tenant = await world.tenant()
    account = await tenant.account(
        "Harbour Dental Group", email="office@harbourdental.example", phone="+44 131 555 0140",
        website="https://harbourdental.example", industry="Dentists",
    )  # fmt: skip
    maya = await tenant.contact(account)
    owen = await tenant.consumer(name="Owen Pryce")
    desk = Desk(
        tenant, maya, owen, await tenant.member("agent_b2b", "agent_b2c", name="Jonas Reuter"),
        await tenant.member("agent_b2b", "knowledge_manager", name="Priya Sandhu"), account,
        await _owned(tenant, account),
    )  # fmt: skip
    await starts_as(desk.jonas, tenant)
    await starts_as(desk.priya, tenant)
    await _write_articles(desk)
    await _open_cases(desk)
    return desk


async def _owned(tenant: Tenant, account: dict[str, Any]) -> dict[str, Any]:
    admin, owner = tenant.admin, {"account_id": str(account["id"])}
    week = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    calendar = await admin.do(
        "calendars.create", name="Every day", zone="Europe/London", holidays=[],
        hours=[{"weekday": day, "opens": "00:00", "closes": "24:00"} for day in week],
    )  # fmt: skip
    contract = await admin.do(
        "service_contracts.create", name="Business Care", starts_on="2024-07-01",
        ends_on="2028-06-30", **owner,
    )  # fmt: skip
    model = await admin.do(
        "product_models.create", name="Fibre 900 Business", code="F900", kind="service"
    )
    sold: dict[str, Any] = await admin.do(
        "sold_products.create", name="Fibre 900 Business", product_model_id=str(model["id"]),
        serial_number="HG-20-4471", purchased_on="2024-03-01", contract_id=str(contract["id"]),
        **owner,
    )  # fmt: skip
    await admin.do(
        "sold_products.create", name="Cloud Voice, 12 seats", product_model_id=str(model["id"]),
        **owner,
    )  # fmt: skip
    await admin.do(
        "entitlements.create", name="Business Care, 4 h", contract_id=str(contract["id"]),
        tier="gold", calendar_id=str(calendar["id"]), channels=["portal", "email", "phone"],
        starts_on="2024-07-01", ends_on="2028-06-30", response_minutes=30, resolution_minutes=240,
    )  # fmt: skip
    await admin.do(
        "entitlements.create", name="Standard care", starts_on="2024-07-01", tier="bronze",
        resolution_minutes=2880, **owner,
    )  # fmt: skip
    return sold


async def _write_articles(desk: Desk) -> None:
    tenant = desk.tenant
    desk.articles["rollback"] = await an_article(
        tenant, "Roll an HG-20 router back to firmware 4.1.9", ROLLBACK, "customer"
    )
    desk.articles["measure"] = await an_article(
        tenant, "Measure your line when internet drops", "Use a cable and measure three times."
    )
    base = str(desk.articles["rollback"]["knowledge_base_id"])
    desk.articles["draft"] = await desk.priya.do(
        "articles.create", title="Lend a 4G hub for the evening", body="Only for Business Care.",
        knowledge_base_id=base, audience="internal",
    )  # fmt: skip


async def _open_cases(desk: Desk) -> None:
    product = str(desk.sold["id"])
    for key, who, subject, extra in (
        ("solved", desk.maya, "Connection drops at closing time", {"sold_product_id": product}),
        ("billing", desk.owen, "Billed twice for October", {}),
        ("waiting", desk.maya, "Add a seat at Portobello", {}),
        ("new", desk.maya, "Outage credit for 12 November", {}),
        ("drops", desk.maya, "Internet drops every evening at the Leith practice",
         {"sold_product_id": product}),
    ):  # fmt: skip
        desk.cases[key] = await who.do(
            "cases.create", subject=subject, description=WORDS if key == "drops" else subject,
            **extra,
        )  # fmt: skip
    jonas, priya = desk.jonas, desk.priya
    await priya.do("cases.start", desk.cases["solved"]["number"])
    await priya.do(
        "cases.resolve", desk.cases["solved"]["number"],
        resolution="Firmware back to 4.1.9 at 19:00. No restart in 72 hours, customer confirmed.",
    )  # fmt: skip
    for key in ("billing", "waiting", "drops"):
        await jonas.do("cases.start", desk.cases[key]["number"])
    await jonas.do("cases.wait", desk.cases["waiting"]["number"])
    number = desk.number
    await jonas.do(
        "cases.comment", number,
        body="Good morning Maya. Your line tests clean, but the router has restarted 14 times "
        "since Thursday, always in the evening. I’d like to change its software tonight, which "
        "takes it offline for about six minutes. What time suits you?",
    )  # fmt: skip
    await priya.do(
        "cases.note", number,
        body=f"Same pattern as {desk.cases['solved']['number']}: firmware 4.2.1 on the HG-20 "
        "restarts under load. Don’t swap hardware before trying that.",
    )  # fmt: skip
    await desk.maya.do(
        "cases.comment", number,
        body="That works, thank you. Patients are in until half past six, any time after is fine. "
        "Is there anything we can do for tonight’s card payments?",
    )  # fmt: skip
