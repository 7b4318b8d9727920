"""Two tenants made through the public API, as an operator and their admins would."""

import asyncio
import email as email_package
import os
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import policy
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx2

from backend.demo.client import Somebody, Unexpected, told
from backend.demo.telling import Teller

PASSWORD = "a bright room with many doors"  # noqa: S105 - the demo's, printed at its end
OFFICE = [
    {"weekday": day, "opens": "00:00", "closes": "24:00"}
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
]


@dataclass
class Seeded:
    """A tenant of the demo, and the ids that the story needs."""

    slug: str
    name: str
    url: str
    api_key: str
    admin: Somebody
    users: list[dict[str, Any]] = field(default_factory=list)
    modules: list[dict[str, Any]] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return self.url.split("://", 1)[1].rstrip("/")

    def person(self, key: str) -> dict[str, Any]:
        """Who signs in as what."""
        return next(user for user in self.users if user["key"] == key)


async def found_tenant(
    base_url: str, operator_key: str, slug: str, name: str, admin_name: str
) -> Seeded:
    """A new tenant; a number is added to a slug that an earlier demo took."""
    async with httpx2.AsyncClient(base_url=base_url, timeout=30) as operator:
        for number in range(1, 1000):
            chosen = slug if number == 1 else f"{slug}-{number}"
            email = f"admin@{chosen}.example"
            answer = await operator.post(
                "/platform/v1/tenants",
                headers={"Authorization": f"Bearer {operator_key}"},
                json={
                    "slug": chosen,
                    "name": name,
                    "admin_email": email,
                    "admin_name": admin_name,
                    "admin_password": PASSWORD,
                },
            )
            if answer.status_code != 409:
                break
    made = told(answer)
    admin = Somebody(base_url, token=made["api_key"])
    seeded = Seeded(chosen, name, made["url"], made["api_key"], admin)
    seeded.users.append(
        {
            "key": "admin",
            "email": email,
            "password": PASSWORD,
            "roles": ["admin"],
            "name": admin_name,
        }
    )
    return seeded


async def add_staff(tenant: Seeded, key: str, name: str, *roles: str) -> None:
    """An employee who can sign in."""
    email = f"{key}@{tenant.slug}.example"
    user = await tenant.admin.create(
        "users", email=email, name=name, password=PASSWORD, kind="staff", roles=list(roles)
    )
    tenant.ids[key] = await _profile(tenant, user["id"])
    _remember(tenant, key, email, name, list(roles))


async def add_customer(
    tenant: Seeded, collection: str, key: str, name: str, role: str, **values: Any
) -> None:
    """A contact or a consumer, invited by mail and signed in with the letter's link."""
    email = f"{key}@{tenant.slug}-customers.example"
    record = await tenant.admin.create(collection, name=name, email=email, **values)
    tenant.ids[key] = record["id"]
    await tenant.admin.create("invitations", user_id=record["user_id"])
    token = await _letter(email)
    async with httpx2.AsyncClient(base_url=tenant.admin.http.base_url, timeout=30) as browser:
        answer = await browser.post(
            "/auth/accept-invitation",
            headers={"Host": tenant.host},
            json={"token": token, "password": PASSWORD},
        )
        told(answer)
    _remember(tenant, key, email, name, [role])


async def _letter(email: str) -> str:
    """The key in the letter that was dropped for this address, once the worker has written it."""
    folder = Path(os.environ["ATRIUM_DATA_DIR"]) / "mail"
    for _ in range(400):
        for path in folder.glob("*.eml"):
            letter = email_package.message_from_bytes(path.read_bytes(), policy=policy.default)
            body = letter.get_body(("plain",))
            if str(letter["To"]).endswith(email) and body is not None:
                found = re.search(r"token=([\w.~%-]+)", body.get_content())
                if found:
                    return unquote(found[1])
        await asyncio.sleep(0.05)
    raise Unexpected(f"no letter reached {email}")


async def _profile(tenant: Seeded, user_id: str) -> str:
    page = await tenant.admin.get("/api/v1/profiles", user_id=user_id)
    found: str = page["data"][0]["id"]
    return found


def _remember(tenant: Seeded, key: str, email: str, name: str, roles: list[str]) -> None:
    tenant.users.append(
        {"key": key, "email": email, "password": PASSWORD, "roles": roles, "name": name}
    )


async def seed_telecom(base_url: str, operator_key: str, tell: Teller, shop: str) -> Seeded:
    """Northlight: broadband for consumers, three agents of whom one knows routers."""
    with tell.step("Northlight, a telecom operator, is founded with its first admin"):
        tenant = await found_tenant(
            base_url, operator_key, "northlight", "Northlight", "Ingrid Solberg"
        )
    admin = tenant.admin
    with tell.step("Its people: a manager and three agents, of whom only Jonas knows routers"):
        await add_staff(tenant, "amara", "Amara Okafor", "agent_b2c")
        await add_staff(tenant, "pawel", "Paweł Nowak", "agent_b2c")
        await add_staff(tenant, "jonas", "Jonas Reuter", "agent_b2c", "knowledge_manager")
        await add_staff(tenant, "lucia", "Lucía Romero", "service_manager")
        routers = await admin.create("skills", name="Home routers")
        billing = await admin.create("skills", name="Billing")
        for who, skill in (("jonas", routers), ("amara", billing), ("pawel", billing)):
            await admin.create(
                "user_skills", profile_id=tenant.ids[who], skill_id=skill["id"], level=3
            )
    with tell.step("What it sells, to whom, and what they are owed"):
        await _telecom_records(tenant, routers["id"])
    with tell.step("What it knows: four articles, and cases that were resolved before"):
        await _telecom_knowledge(tenant)
    with tell.step("A module for its web shop, with its origin and its signing key"):
        await _module(tenant, "Web shop", shop)
    return tenant


async def _telecom_records(tenant: Seeded, routers: str) -> None:
    admin = tenant.admin
    today = datetime.now(UTC).date()
    calendar = await admin.create(
        "calendars", name="Round the clock", zone="Europe/Oslo", hours=OFFICE
    )
    model = await admin.create(
        "product_models", name="Aurora Fibre Router", code="AURORA-R2", kind="hardware"
    )
    tenant.ids["model"] = model["id"]
    await admin.create(
        "product_model_skills", product_model_id=model["id"], skill_id=routers, level=1
    )
    await add_customer(tenant, "consumers", "noor", "Noor Haddad", "consumer")
    noor = tenant.ids["noor"]
    contract = await admin.create(
        "service_contracts",
        consumer_id=noor,
        name="Northlight Home Care",
        starts_on=str(today - timedelta(days=200)),
        state="active",
    )
    sold = await admin.create(
        "sold_products",
        consumer_id=noor,
        name="Aurora Fibre Router at home",
        product_model_id=model["id"],
        contract_id=contract["id"],
        serial_number="AUR-55-0192",
    )
    tenant.ids["sold"] = sold["id"]
    await admin.create(
        "install_base_items",
        sold_product_id=sold["id"],
        name="Router, hallway",
        serial_number="AUR-55-0192",
    )
    await admin.create(
        "entitlements",
        contract_id=contract["id"],
        name="Home Care Plus",
        tier="gold",
        calendar_id=calendar["id"],
        channels=["widget", "portal", "chat", "email"],
        response_minutes=30,
        resolution_minutes=240,
        starts_on=str(today - timedelta(days=200)),
    )
    await admin.create(
        "sla_definitions", name="Consumers", response_minutes=60, resolution_minutes=480,
        calendar_id=calendar["id"],
    )  # fmt: skip


ARTICLES = (
    (
        "Router light is red after a power cut",
        """A red light after a power cut means the router could not load its settings.

1. Unplug the router for thirty seconds.
2. Plug it in and wait four minutes.
3. If the light stays red, hold **Reset** for ten seconds; your settings load by themselves.
""",
        "public",
    ),
    (
        "Connection drops every evening: change the radio channel",
        """When the connection drops at the same hours each day, the radio channel is crowded.

1. Open the router page and choose *Radio*.
2. Set the channel to **automatic, avoid busy hours**.
3. Install firmware 2.4.1 or later: earlier ones restart under load.
""",
        "customer",
    ),
    (
        "Read your bill",
        "Each line of the bill names the service, its period and its price.\n",
        "public",
    ),
    (
        "Firmware rollback for Aurora routers",
        "For agents: roll back from the device page, then note the version on the case.\n",
        "internal",
    ),
)


async def _telecom_knowledge(tenant: Seeded) -> None:
    admin = tenant.admin
    base = await admin.create("knowledge_bases", name="Help", description="Home and mobile")
    for title, body, audience in ARTICLES:
        article = await admin.create(
            "articles", title=title, body=body, audience=audience, knowledge_base_id=base["id"]
        )
        await admin.do("articles", article["id"], "publish")
    past = (
        (
            "Internet drops every evening around eight",
            "The connection is lost for minutes at a time, always in the evening.",
            "Set the router to an automatic channel and installed firmware 2.4.1; stable since.",
        ),
        (
            "Bill shows the router twice",
            "The monthly bill lists the same router two times.",
            "Corrected the bill and sent a credit note.",
        ),
    )
    await add_customer(tenant, "consumers", "tomas", "Tomas Wilk", "consumer")
    for subject, description, resolution in past:
        case = await admin.create(
            "cases",
            subject=subject,
            description=description,
            consumer_id=tenant.ids["tomas"],
            product_model_id=tenant.ids["model"],
            channel="phone",
        )
        await admin.do(
            "cases", case["id"], "resolve", resolution=resolution, resolution_code="solved"
        )


async def _module(tenant: Seeded, name: str, origin: str) -> None:
    module = await tenant.admin.create(
        "modules",
        name=name,
        origins=[origin],
        theme={"accent": "#0c6b62"},
        components={
            "knowledge_search": {},
            "case_create": {"anonymous": True},
            "chat": {"anonymous": True},
            "survey": {},
        },
    )
    tenant.modules.append({"key": module["key"], "secret": module["secret"], "origins": [origin]})


async def seed_bank(base_url: str, operator_key: str, tell: Teller) -> Seeded:
    """Harbour Bank: a business customer, an agent, a mailbox."""
    with tell.step("Harbour Bank is founded beside it, a stranger to the first"):
        tenant = await found_tenant(
            base_url, operator_key, "harbour-bank", "Harbour Bank", "Rosa Fairweather"
        )
    admin = tenant.admin
    with tell.step("Its agent, its business customer and the mailbox they write to"):
        await add_staff(tenant, "dev", "Dev Malhotra", "agent_b2b")
        account = await admin.create("accounts", name="Quayside Opticians", code="QUAY")
        tenant.ids["account"] = account["id"]
        await add_customer(
            tenant, "contacts", "maya", "Maya Lindqvist", "customer", account_id=account["id"]
        )
        mailbox = await admin.create(
            "mailboxes", name="Business desk", address=f"business@{tenant.slug}.example"
        )
        tenant.ids["mailbox"] = mailbox["id"]
        today = datetime.now(UTC).date()
        await admin.create(
            "entitlements",
            account_id=account["id"],
            name="Business Care",
            tier="silver",
            channels=["email", "portal"],
            response_minutes=240,
            resolution_minutes=2880,
            starts_on=str(today - timedelta(days=30)),
        )
    return tenant
