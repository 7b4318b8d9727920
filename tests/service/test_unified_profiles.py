"""One person signs in once and acts as any of their profiles; nothing adds up across them."""

import re
from typing import Any
from uuid import UUID

import httpx2
import pytest

from infra.kernel.errors import Duplicate
from tenants.csrf import FIELD
from tests.service.network import ids
from tests.world import PASSWORD, Tenant, World


class Person:
    """Somebody in a browser, with a session."""

    def __init__(self, browser: httpx2.AsyncClient, me: dict[str, Any]) -> None:
        self.browser = browser
        self.me = me

    async def get(self, path: str, **query: str) -> httpx2.Response:
        return await self.browser.get(f"/api/v1/{path}", params=query)

    async def cases(self) -> set[str]:
        answer = await self.get("cases")
        return ids(answer.json()["data"]) if answer.status_code == 200 else set()

    async def open(self, subject: str) -> httpx2.Response:
        return await self.browser.post("/api/v1/cases", json={"subject": subject})

    async def act_as(self, **wanted: Any) -> dict[str, Any]:
        """Switch to the profile that has these values."""
        (profile,) = [p for p in self.me["profiles"] if wanted.items() <= p.items()]
        answer = await self.browser.post("/api/v1/me/profile", json={"profile_id": profile["id"]})
        assert answer.status_code == 200, answer.text
        self.browser.headers["x-csrf-token"] = answer.json()[FIELD]
        self.me = answer.json()
        return self.me


async def sign_in(world: World, tenant: Tenant, email: str) -> Person:
    transport = httpx2.ASGITransport(app=world.app, raise_app_exceptions=False)
    browser = httpx2.AsyncClient(
        transport=transport, base_url=f"http://{tenant.slug}.localhost:8000"
    )
    world._clients.append(browser)
    answer = await browser.post("/auth/sign-in", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    browser.headers["x-csrf-token"] = answer.json()["csrf_token"]
    return Person(browser, (await browser.get("/api/v1/me")).json())


async def an_employee(tenant: Tenant, *roles: str, email: str = "mia@example.com") -> Any:
    return await tenant.admin.do(
        "users.create", email=email, name="Mia", password=PASSWORD, roles=list(roles)
    )


async def let_in(tenant: Tenant, email: str = "mia@example.com") -> UUID:
    """As if the person had taken an invitation up and chosen the password."""
    await tenant.admin.do("users.create", email=f"{email}.other", name="Other", password=PASSWORD)
    async with tenant.world.services.database.transaction(tenant.id) as connection:
        user_id: UUID = await connection.fetchval(
            """UPDATE users u SET state = 'active', password_hash = o.password_hash FROM users o
                WHERE u.tenant_id = $1 AND u.email = $2 AND o.tenant_id = $1
                  AND o.email = $2 || '.other' RETURNING u.id""",
            tenant.id,
            email,
        )
    return user_id


async def test_an_employee_who_is_a_consumer_acts_as_either_without_signing_in_again(
    world: World,
) -> None:
    tenant = await world.tenant("Bank")
    await an_employee(tenant, "agent_b2b")
    consumer = await tenant.admin.do("consumers.create", name="Mia", email="mia@example.com")
    account = await tenant.account()
    business = await tenant.admin.do(
        "cases.create", subject="Of a company", account_id=str(account["id"])
    )
    mia = await sign_in(world, tenant, "mia@example.com")
    assert (mia.me["audience"], mia.me["roles"]) == ("staff", ["agent_b2b"])
    assert await mia.cases() == ids([business])
    session = mia.browser.cookies["atrium_session"]
    await mia.act_as(kind="consumer")
    assert (mia.me["audience"], mia.me["roles"]) == ("customer", ["consumer"])
    assert await mia.cases() == set()
    private = (await mia.open("My own account")).json()
    assert private["consumer_id"] == str(consumer["id"])
    assert await mia.cases() == ids([private])
    assert mia.browser.cookies["atrium_session"] == session
    await mia.act_as(kind="staff")
    assert await mia.cases() == ids([business])
    assert len(await tenant.admin.list("users", email="mia@example.com")) == 1


async def test_no_role_of_one_profile_counts_for_another(world: World) -> None:
    tenant = await world.tenant()
    await an_employee(tenant, "service_manager")
    await tenant.admin.do("consumers.create", name="Mia", email="mia@example.com")
    mia = await sign_in(world, tenant, "mia@example.com")
    as_staff = mia.me["permissions"]
    await mia.act_as(kind="consumer")
    assert "accounts" in as_staff
    assert (await mia.get("audit_entries")).status_code == 403
    assert (await mia.get("customers_served")).status_code == 403
    assert "assign" not in mia.me["permissions"]["cases"]
    case = (await mia.open("Mine")).json()
    told = await mia.browser.post(f"/api/v1/cases/{case['id']}/note", json={"body": "As staff"})
    assert told.status_code == 403


async def test_two_contacts_of_two_companies_see_one_company_each(world: World) -> None:
    tenant = await world.tenant()
    cases = {}
    for name in ("North", "South"):
        account = await tenant.account(name)
        await tenant.admin.do(
            "contacts.create", account_id=str(account["id"]), name="Mia", email="mia@example.com"
        )
    user_id = await let_in(tenant)
    mia = await sign_in(world, tenant, "mia@example.com")
    assert {p["account_name"] for p in mia.me["profiles"]} >= {"North", "South"}
    for name in ("North", "South"):
        await mia.act_as(account_name=name)
        cases[name] = (await mia.open(f"For {name}")).json()
    for name in ("North", "South"):
        await mia.act_as(account_name=name)
        assert await mia.cases() == ids([cases[name]])
        shown = (await mia.get("accounts")).json()["data"]
        assert [row["name"] for row in shown] == [name]
    profiles = await tenant.admin.list("profiles", user_id=str(user_id))
    assert sorted(p["kind"] for p in profiles) == ["contact", "contact"]


async def test_a_patient_and_a_constituent_are_one_person_with_data_apart(world: World) -> None:
    tenant = await world.tenant("City")
    made = {
        purpose: await tenant.admin.do(
            "consumers.create", name="Mia", email="mia@example.com", purpose=purpose, phone=phone
        )
        for purpose, phone in (("patient", "1"), ("constituent", "2"))
    }
    with pytest.raises(Duplicate):
        await tenant.admin.do(
            "consumers.create", name="Mia", email="mia@example.com", purpose="patient"
        )
    user_id = await let_in(tenant)
    assert {consumer["user_id"] for consumer in made.values()} == {user_id}
    mia = await sign_in(world, tenant, "mia@example.com")
    cases = {}
    for purpose in made:
        await mia.act_as(purpose=purpose)
        cases[purpose] = (await mia.open(purpose)).json()
    for purpose, consumer in made.items():
        await mia.act_as(purpose=purpose)
        assert await mia.cases() == ids([cases[purpose]])
        (own,) = (await mia.get("consumers")).json()["data"]
        assert (own["id"], own["phone"]) == (str(consumer["id"]), consumer["phone"])


async def test_a_contact_is_a_consumer_too_and_never_both_at_once(world: World) -> None:
    tenant = await world.tenant()
    account = await tenant.account("North")
    await tenant.admin.do(
        "contacts.create", account_id=str(account["id"]), name="Mia", email="mia@example.com"
    )
    await tenant.admin.do("consumers.create", name="Mia", email="mia@example.com")
    await let_in(tenant)
    mia = await sign_in(world, tenant, "mia@example.com")
    await mia.act_as(kind="contact")
    business = (await mia.open("For the company")).json()
    await mia.act_as(kind="consumer")
    private = (await mia.open("For me")).json()
    assert (business["account_id"], private["account_id"]) == (str(account["id"]), None)
    assert await mia.cases() == ids([private])
    await mia.act_as(kind="contact")
    assert await mia.cases() == ids([business])


async def test_profiles_of_two_applications_stand_apart(world: World) -> None:
    tenant = await world.tenant()
    user = await an_employee(tenant, "agent_b2b")
    await tenant.admin.do(
        "profiles.create", user_id=str(user["id"]), kind="staff", application="vendor_risk",
        title="Assessor", roles=["customer_data_viewer"],
    )  # fmt: skip
    mia = await sign_in(world, tenant, "mia@example.com")
    told = {(p["application"], p["title"], tuple(p["roles"])) for p in mia.me["profiles"]}
    assert told == {
        ("crm", "", ("agent_b2b",)),
        ("vendor_risk", "Assessor", ("customer_data_viewer",)),
    }
    await mia.act_as(application="vendor_risk")
    assert mia.me["roles"] == ["customer_data_viewer"]
    assert (await mia.get("cases")).status_code == 403
    assert (await mia.get("accounts")).status_code == 200


async def test_the_audit_says_as_which_profile_somebody_acted(world: World) -> None:
    tenant = await world.tenant()
    await an_employee(tenant, "agent_b2b")
    await tenant.admin.do("consumers.create", name="Mia", email="mia@example.com")
    mia = await sign_in(world, tenant, "mia@example.com")
    await mia.act_as(kind="consumer")
    acting = mia.me["profile"]["id"]
    case = (await mia.open("Mine")).json()
    (entry,) = await tenant.admin.list("audit_entries", action="cases.create", kind="cases")
    assert str(entry["record_id"]) == case["id"]
    assert (entry["actor"]["profile_id"], entry["actor"]["kind"]) == (acting, "consumer")
    (switch,) = await tenant.admin.list("audit_entries", action="users.switch_profile")
    assert switch["changes"]["profile_id"][1] == acting


async def test_a_closed_profile_is_not_offered_and_not_acted_as(world: World) -> None:
    tenant = await world.tenant()
    await an_employee(tenant, "agent_b2b")
    consumer = await tenant.admin.do("consumers.create", name="Mia", email="mia@example.com")
    mia = await sign_in(world, tenant, "mia@example.com")
    (closed,) = [p["id"] for p in mia.me["profiles"] if p["kind"] == "consumer"]
    await tenant.admin.do("consumers.update", consumer["id"], state="inactive")
    told = (await mia.get("me")).json()
    assert [p["kind"] for p in told["profiles"]] == ["staff"]
    answer = await mia.browser.post("/api/v1/me/profile", json={"profile_id": closed})
    assert answer.status_code == 404
    assert re.search("no such profile", answer.text)
