"""Asking for what the catalogue offers, and the household, in the portal."""

from tests.portals.browsing import browser_of
from tests.world import World


async def test_customer_asks_for_an_item_and_a_case_is_open(world: World) -> None:
    tenant = await world.tenant()
    admin = tenant.admin
    catalog = await admin.do("catalogs.create", name="Services")
    item = await admin.do(
        "catalog_items.create", catalog_id=str(catalog["id"]), name="A second line",
        form=[{"name": "seats", "label": "How many?", "kind": "integer", "required": True}],
    )  # fmt: skip
    await admin.do("catalog_items.publish", item["id"])
    maya = await tenant.contact()
    browser = await browser_of(maya, tenant)
    await browser.get("/requests")
    assert "A second line" in browser.text
    path = f"/requests/{item['number']}"
    await browser.get(path)
    assert "How many?" in browser.text
    answer = await browser.post(path, {"seats": ""})
    assert answer.status_code == 422
    assert 'href="#seats"' in browser.page
    assert await admin.list("cases") == []
    answer = await browser.post(path, {"seats": "3"})
    (case,) = await admin.list("cases")
    assert answer.headers["location"] == f"/cases/{case['number']}"
    assert case["subject"] == "A second line"


async def test_head_of_household_sees_its_members(world: World) -> None:
    tenant = await world.tenant()
    head, child = await tenant.consumer(name="Noor"), await tenant.consumer(name="Sami")
    house = await tenant.admin.do("households.create", name="Haddad")
    for each in (head, child):
        consumer = str(each.caller.attributes["consumer_id"])
        await tenant.admin.do("households.join", house["id"], consumer_id=consumer)
    await tenant.admin.do(
        "households.appoint_head", house["id"],
        consumer_id=str(head.caller.attributes["consumer_id"]),
    )  # fmt: skip
    browser = await browser_of(head, tenant)
    await browser.get("/household")
    assert "Haddad" in browser.text
    assert "Sami" in browser.text
    stranger = await browser_of(await tenant.consumer(name="Otto"), tenant)
    await stranger.get("/household")
    assert "Haddad" not in stranger.text


async def test_cases_are_narrowed_to_one_for_whom_somebody_acts(world: World) -> None:
    tenant = await world.tenant()
    (represents,) = await tenant.admin.list("responsibilities", key="account_representative")
    company = await tenant.account("Harbour")
    other = await tenant.account("Bay Integrators", parent_id=str(company["id"]))
    maya = await tenant.contact(company)
    await tenant.admin.do(
        "contact_relationships.create", account_id=str(other["id"]),
        contact_id=str(maya.caller.attributes["contact_id"]),
        responsibility_id=str(represents["id"]),
    )  # fmt: skip
    acting = await world.actor(tenant, maya.profile_id)
    await acting.do("cases.create", subject="My own", description="x")
    await acting.do(
        "cases.create", subject="For the others", description="x", account_id=str(other["id"])
    )
    browser = await browser_of(maya, tenant)
    await browser.get("/cases")
    assert "My own" in browser.text
    assert "For the others" in browser.text
    await browser.get(f"/cases?customer=accounts:{other['id']}")
    assert "My own" not in browser.text
    assert "For the others" in browser.text
    assert (await browser.get("/cases?customer=accounts:nonsense")).status_code == 200
