"""Records on the desk: lists, pages, forms, and what belongs to a record, over HTTP alone."""

import re
from typing import Any

import pytest
import pytest_asyncio

from portals.workspace.records import customers, products
from tests.portals.workspace.furnishing import Desk, a_desk, at_desk
from tests.world import World

KINDS = {kind.collection: kind for kind in (*customers.KINDS, *products.KINDS)}


@pytest_asyncio.fixture
async def desk(world: World) -> Desk:
    return await a_desk(world)


def says_none(text: str) -> str | None:
    """Where a page shows that it lacked a value."""
    found = re.search(r".{0,40}\bNone\b.{0,20}", text)
    return found[0] if found else None


async def one_of(desk: Desk, name: str) -> dict[str, Any]:
    """A record of the kind."""
    admin, account = desk.tenant.admin, str(desk.account["id"])
    model, sold = str(desk.sold["product_model_id"]), str(desk.sold["id"])
    bodies: dict[str, dict[str, Any]] = {
        "households": {"name": "Pryce"},
        "billing_accounts": {"account_id": account, "name": "Main", "currency": "EUR"},
        "assets": {"account_id": account, "name": "Router 7", "product_model_id": model},
        "install_base_items": {"sold_product_id": sold, "name": "HG-20"},
        "configuration_items": {"name": "Line card", "ci_class": "network"},
    }
    if name in bodies:
        made: dict[str, Any] = await admin.do(f"{name}.create", **bodies[name])
        return made
    return (await admin.list(name))[0]


@pytest.mark.parametrize("role", ["admin", "service_manager", "agent_b2b", "case_viewer"])
async def test_every_list_opens_or_says_that_it_is_not_for_the_role(desk: Desk, role: str) -> None:
    actor = await desk.tenant.member(role, name="Sam Okoro")
    browser = await at_desk(actor, desk.tenant)
    services = desk.tenant.world.services
    for name, kind in KINDS.items():
        may = services.plans.of(actor.caller, services.registry.resources[name]).may("read")
        answer = await browser.get(f"{kind.path}?sort=name&q=a&state=zzz")
        assert answer.status_code == (200 if may else 403), (name, browser.text[:300])
        assert says_none(browser.text) is None


@pytest.mark.parametrize("name", KINDS)
async def test_admin_sees_every_tab_of_a_record_and_its_forms(desk: Desk, name: str) -> None:
    row = await one_of(desk, name)
    browser = await at_desk(await desk.tenant.member("admin", name="Ada Admin"), desk.tenant)
    path = f"{KINDS[name].path}/{row['id']}"
    assert (await browser.get(path)).status_code == 200, browser.text[:500]
    tabs = re.findall(r'href="([^"]+\?tab=[^"]+)"', browser.page)
    assert f"{path}?tab=access" in tabs
    for tab in tabs:
        assert (await browser.get(tab)).status_code == 200, (tab, browser.text[:500])
        assert says_none(browser.text) is None
    if KINDS[name].asks:
        assert (await browser.get(f"{path}/edit")).status_code == 200, browser.text[:500]
        assert (await browser.get(f"{KINDS[name].path}/new")).status_code == 200


async def test_account_is_entered_changed_and_listed_in_its_tree(desk: Desk) -> None:
    browser = await at_desk(await desk.tenant.member("service_manager"), desk.tenant)
    await browser.get("/workspace/customers/accounts/new")
    answer = await browser.post(
        "/workspace/customers/accounts/new",
        {"name": "Harbour Dental Leith", "code": "LEITH", "parent_id": "Harbour Dental Group"},
    )
    await browser.follow(answer)
    assert "Harbour Dental Leith" in browser.text
    (made,) = await desk.tenant.admin.list("accounts", code="LEITH")
    assert made["parent_id"] == desk.account["id"]
    await browser.get(f"/workspace/customers/accounts/{made['id']}/edit")
    shown = dict(re.findall(r'name="(was:[a-z_]+)" value="([^"]*)"', browser.page))
    answer = await browser.post(
        f"/workspace/customers/accounts/{made['id']}/edit",
        shown | {name[4:]: value for name, value in shown.items()} | {"industry": "Dentists",
         "version": "1"},
    )  # fmt: skip
    assert answer.status_code == 303, browser.faults
    told = await desk.tenant.admin.read("accounts", made["id"])
    assert (told["industry"], told["name"], told["parent_id"]) == (
        "Dentists", "Harbour Dental Leith", desk.account["id"],
    )  # fmt: skip
    await browser.get("/workspace/customers/accounts")
    assert re.search(r'data-depth="1"[^>]*>.*?Harbour Dental Leith', browser.page, re.DOTALL)


async def test_faults_stand_beside_their_fields_and_nothing_is_lost(desk: Desk) -> None:
    browser = await at_desk(await desk.tenant.member("service_manager"), desk.tenant)
    await browser.get("/workspace/customers/contacts/new")
    before = len(await desk.tenant.admin.list("contacts"))
    answer = await browser.post(
        "/workspace/customers/contacts/new",
        {"name": "", "email": "nonsense", "account_id": "Nobody & Sons", "title": "Office manager"},
    )
    assert answer.status_code == 422
    assert 'id="name-wrong"' in browser.page
    assert 'id="account_id-wrong"' in browser.page
    assert 'value="Office manager"' in browser.page
    assert len(await desk.tenant.admin.list("contacts")) == before


async def test_name_that_means_several_is_asked_back_with_those_it_may_mean(desk: Desk) -> None:
    await desk.tenant.account("Twin", code="TWIN1")
    second = await desk.tenant.account("Twin", code="TWIN2")
    browser = await at_desk(await desk.tenant.member("service_manager"), desk.tenant)
    await browser.get("/workspace/customers/contacts/new")
    typed = {"name": "Ola Berg", "email": "ola@example.com", "account_id": "Twin"}
    await browser.post("/workspace/customers/contacts/new", typed)
    assert browser.faults == ["Several are called that: choose one"]
    assert f'<option value="{second["id"]}"' in browser.page
    answer = await browser.post(
        "/workspace/customers/contacts/new", typed | {"account_id": str(second["id"])}
    )
    assert answer.status_code == 303, browser.faults
    (made,) = await desk.tenant.admin.list("contacts", email="ola@example.com")
    assert made["account_id"] == second["id"]


async def test_twin_is_warned_about_before_it_is_entered(desk: Desk, world: World) -> None:
    browser = await at_desk(await desk.tenant.member("service_manager"), desk.tenant)
    await browser.get("/workspace/customers/consumers/new")
    typed = {"name": "Owen Pryce", "phone": "+44 131 555 0199"}
    await desk.tenant.admin.do(
        "duplicate_rules.create", name="Same telephone", resource="consumers", action="warn",
        country="GB", conditions=[{"match": "phone", "weight": 100}],
    )  # fmt: skip
    await world.work(desk.tenant)
    await desk.tenant.admin.do(
        "consumers.update", desk.owen.caller.attributes["consumer_id"], phone=typed["phone"]
    )
    answer = await browser.post("/workspace/customers/consumers/new", typed)
    assert answer.status_code == 200
    assert "Is it one of these?" in browser.text
    assert len(await desk.tenant.admin.list("consumers")) == 1
    answer = await browser.post("/workspace/customers/consumers/new", typed | {"sure": "true"})
    assert answer.status_code == 303, browser.faults
    assert len(await desk.tenant.admin.list("consumers")) == 2


async def test_relationship_shows_on_both_accounts_and_ends_on_both(desk: Desk) -> None:
    partner = await desk.tenant.account("Bay Integrators", code="BAY", is_partner=True)
    browser = await at_desk(await desk.tenant.member("service_manager"), desk.tenant)
    (kind,) = await desk.tenant.admin.list("account_relationship_types", name="Partner of")
    path = f"/workspace/customers/accounts/{partner['id']}"
    await browser.get(f"{path}?tab=relations")
    answer = await browser.post(
        f"{path}/panels/relationships",
        {"type_id": str(kind["id"]), "related_account_id": "Harbour Dental Group"},
    )
    assert answer.headers["location"] == f"{path}?tab=relations#relationships"
    await browser.get(f"{path}?tab=relations")
    assert "Partner of Harbour Dental Group" in browser.text
    other = f"/workspace/customers/accounts/{desk.account['id']}"
    await browser.get(f"{other}?tab=relations")
    assert "Customer of Bay Integrators" in browser.text
    (end,) = re.findall(r'action="([^"]+/end)"', browser.page)
    await browser.post(end, {})
    states = [row["state"] for row in await desk.tenant.admin.list("account_relationships")]
    assert states == ["ended", "ended"]


async def test_household_gets_members_a_head_and_loses_them(desk: Desk) -> None:
    house = await one_of(desk, "households")
    path = f"/workspace/customers/households/{house['id']}"
    browser = await at_desk(await desk.tenant.member("service_manager"), desk.tenant)
    await browser.get(path)
    await browser.post(f"{path}/panels/members", {"consumer_id": "Owen Pryce"})
    (member,) = await desk.tenant.admin.list("household_members")
    row = f"{path}/panels/members/{member['id']}"
    await browser.get(path)
    assert f'action="{row}/appoint_head"' in browser.page
    assert f'action="{row}/make_primary"' not in browser.page
    await browser.post(f"{row}/appoint_head", {})
    (member,) = await desk.tenant.admin.list("household_members")
    assert member["is_head"]
    await browser.get(path)
    await browser.post(f"{row}/leave", {})
    assert await desk.tenant.admin.list("household_members") == []


async def test_related_person_is_named_on_a_case_and_sees_it(desk: Desk) -> None:
    (offer,) = [
        row for row in await desk.tenant.admin.list("related_party_configurations")
        if row["entity"] == "cases" and row["party_kind"] == "contact"
    ][:1]  # fmt: skip
    guest = await desk.tenant.contact(name="Gus Guest")
    browser = await at_desk(await desk.tenant.member("service_manager"), desk.tenant)
    path = f"/workspace/cases/{desk.number}/people"
    await browser.get(path)
    answer = await browser.post(
        f"{path}/panels/parties",
        {"configuration_id": str(offer["id"]), "contact_id": "Gus Guest"},
    )
    assert answer.status_code == 303, browser.faults
    await browser.get(path)
    assert "Gus Guest" in browser.text
    seen = await desk.tenant.world.actor(desk.tenant, guest.profile_id)
    assert [row["number"] for row in await seen.list("cases")] == [desk.number]


async def test_access_says_why_for_oneself_and_for_admins_of_anybody(desk: Desk) -> None:
    path = f"/workspace/customers/accounts/{desk.account['id']}?tab=access"
    browser = await at_desk(desk.jonas, desk.tenant)
    await browser.get(path)
    assert "What you may do with it" in browser.text
    assert "By the role agent b2b" in browser.text
    assert 'name="person"' not in browser.page
    admin = await at_desk(await desk.tenant.member("admin", name="Ada Admin"), desk.tenant)
    await admin.get(f"{path}&person=Maya+Lindqvist")
    assert "What Maya Lindqvist may do with it" in admin.text
    await admin.get(f"{path}&person=Nobody+At+All")
    assert "Nobody is called “Nobody At All”." in admin.text


async def test_agent_is_offered_no_form_that_would_be_refused(desk: Desk) -> None:
    viewer = await desk.tenant.member("case_viewer", name="Vera Viewer")
    browser = await at_desk(viewer, desk.tenant)
    await browser.get(f"/workspace/cases/{desk.number}/people")
    posts = set(re.findall(r'method="post" action="([^"]+)"', browser.page))
    assert posts <= {"/language", "/theme", "/profile", "/signout"}


async def test_lookup_names_only_what_may_be_read(desk: Desk) -> None:
    agent = await desk.tenant.member("agent_b2c", name="Cleo Consumer")
    browser = await at_desk(agent, desk.tenant)
    assert (await browser.get("/workspace/lookup?of=cases&q=Leith")).json() == []
    browser = await at_desk(desk.jonas, desk.tenant)
    (found,) = (await browser.get("/workspace/lookup?of=accounts&q=Harbour")).json()
    assert found["id"] == str(desk.account["id"])
    colleagues = (await browser.get("/workspace/lookup?of=profiles&q=priya")).json()
    assert {each["label"] for each in colleagues} == {"Priya Sandhu"}
    assert (await browser.get("/workspace/lookup?of=profiles&q=%25")).json() == []
    assert (await browser.get("/workspace/lookup?of=robots&q=a")).status_code == 404


async def test_nothing_of_another_tenant_is_shown_or_changed(desk: Desk, world: World) -> None:
    other = await world.tenant("Bank")
    browser = await at_desk(await other.member("admin", name="Ines Stranger"), other)
    path = f"/workspace/customers/accounts/{desk.account['id']}"
    for address in (path, f"{path}?tab=access", f"{path}/edit", f"{path}?tab=people"):
        assert (await browser.get(address)).status_code == 404
    await browser.get("/workspace/customers/accounts")
    assert "Harbour" not in browser.text
    assert (await browser.post(f"{path}/edit", {"name": "Taken"})).status_code == 404
    assert (await browser.post(f"{path}/panels/contacts", {"name": "X"})).status_code == 404
