"""Branches, stores, franchises and dealers: whose cases are seen and opened where."""

from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from infra.kernel.errors import Forbidden, Invalid, NotFound
from tests.service.network import Network, ids
from tests.world import Actor, Tenant, World


@pytest_asyncio.fixture
async def net(world: World) -> Network:
    return Network(await world.tenant())


async def case_of(tenant: Tenant, customer: Actor, subject: str = "Help") -> dict[str, Any]:
    told: dict[str, Any] = await customer.do("cases.create", subject=subject)
    stored: dict[str, Any] = await tenant.admin.read("cases", told["id"])
    return stored


# ── Branches (F136, F137) ────────────────────────────────────────────────────────────────────


async def test_an_agent_at_a_branch_sees_cases_of_customers_served_there(net: Network) -> None:
    bank = await net.organization("Bank")
    north, south = await net.place(bank, "North"), await net.place(bank, "South")
    noor, sam = await net.tenant.consumer(), await net.tenant.consumer()
    before = await case_of(net.tenant, noor, "Before anybody said where")
    await net.serve(noor, north)
    await net.serve(sam, south)
    here, there = await case_of(net.tenant, noor), await case_of(net.tenant, sam)
    agent = await net.tenant.member("location_agent")
    assert await agent.list("cases") == []
    await net.employ(agent, north)
    assert ids(await agent.list("cases")) == ids([before, here])
    assert ids(await agent.list("consumers")) == {str(noor.caller.attributes["consumer_id"])}
    with pytest.raises(NotFound):
        await agent.do("cases.comment", there["id"], body="Not mine")
    await agent.do("cases.start", here["id"])
    told = await agent.do("cases.resolve", here["id"], resolution="Done")
    assert told["state"] == "resolved"


async def test_a_case_lies_where_its_customer_is_served(net: Network) -> None:
    bank = await net.organization("Bank")
    north, south = await net.place(bank, "North"), await net.place(bank, "South")
    noor = await net.tenant.consumer()
    await net.serve(noor, north)
    at_one = await case_of(net.tenant, noor)
    await net.serve(noor, south)
    at_two = await case_of(net.tenant, noor)
    await net.serve(noor, bank, is_primary=True)
    primary = await case_of(net.tenant, noor)
    assert at_one["business_location_id"] == north["id"]
    assert at_one["service_organization_id"] == bank["id"]
    assert (at_two["business_location_id"], at_two["service_organization_id"]) == (None, bank["id"])
    assert primary["service_organization_id"] == bank["id"]


async def test_a_case_opened_at_a_counter_lies_there(net: Network) -> None:
    bank = await net.organization("Bank")
    north, south = await net.place(bank, "North"), await net.place(bank, "South")
    noor = await net.tenant.consumer()
    await net.serve(noor, north)
    agent = await net.tenant.member("agent_b2c")
    await net.employ(agent, south)
    told = await agent.do(
        "cases.create", subject="Card", consumer_id=str(noor.caller.attributes["consumer_id"])
    )
    assert told["business_location_id"] == south["id"]


async def test_a_membership_counts_from_its_first_to_its_last_day(net: Network) -> None:
    bank = await net.organization("Bank")
    north = await net.place(bank, "North")
    noor = await net.tenant.consumer()
    await net.serve(noor, north)
    case = await case_of(net.tenant, noor)
    today = net.tenant.world.services.database.now().date()
    agent = await net.tenant.member("location_agent")
    member = await net.employ(agent, north, starts_on=today + timedelta(days=1))
    assert await agent.list("cases") == []
    await net.admin.do("staff_members.update", member["id"], starts_on=str(today))
    assert ids(await agent.list("cases")) == ids([case])
    yesterday = str(today - timedelta(days=1))
    await net.admin.do("staff_members.update", member["id"], starts_on=yesterday, ends_on=yesterday)
    assert await agent.list("cases") == []
    with pytest.raises(Invalid) as refused:
        await net.admin.do("staff_members.update", member["id"], ends_on="2000-01-01")
    assert [fault.pointer for fault in refused.value.faults] == ["/ends_on"]


# ── The own location (F138, F27) ─────────────────────────────────────────────────────────────


async def test_a_location_worker_opens_and_manages_cases_of_the_own_location_only(
    net: Network,
) -> None:
    account = await net.tenant.account("Franchisee Ltd")
    stores = await net.organization(
        "Stores", kind="franchise", is_internal=False, account_id=account["id"]
    )
    own, other = await net.place(stores, "Own"), await net.place(stores, "Other")
    worker = await net.tenant.contact(account, "business_location_contributor")
    await net.admin.do("profiles.revoke_role", worker.profile_id, role="customer")
    worker = await net.tenant.world.actor(net.tenant, worker.profile_id)
    colleague = await net.tenant.contact(account, "business_location_contributor")
    await net.employ(worker, own)
    await net.employ(colleague, other)
    mine = await worker.do("cases.create", subject="The fridge is warm")
    theirs = await colleague.do("cases.create", subject="The door is stuck")
    assert mine["business_location_id"] == own["id"]
    assert theirs["business_location_id"] == other["id"]
    assert ids(await worker.list("cases")) == ids([mine])
    await worker.do("cases.comment", mine["id"], body="Warmer now")
    for verb, body in (("comment", {"body": "x"}), ("cancel", {})):
        with pytest.raises(NotFound):
            await worker.do(f"cases.{verb}", theirs["id"], **body)
    with pytest.raises(Invalid) as refused:
        await worker.do("cases.create", subject="x", business_location_id=str(other["id"]))
    assert [fault.pointer for fault in refused.value.faults] == ["/business_location_id"]
    assert len(await net.admin.list("cases")) == 2
    assert (await worker.do("cases.cancel", mine["id"]))["state"] == "cancelled"


async def test_store_staff_raise_cases_as_consumers_of_a_service(net: Network) -> None:
    retail = await net.organization("Retail", kind="store")
    store, next_door = await net.place(retail, "Store 1"), await net.place(retail, "Store 2")
    clerk = await net.tenant.member("business_location_contributor", name="Clerk")
    other = await net.tenant.member("business_location_contributor", name="Other")
    await net.employ(clerk, store)
    await net.employ(other, next_door)
    told = await clerk.do("cases.create", subject="The light is out")
    assert (told["business_location_id"], told["employee_id"]) == (store["id"], clerk.profile_id)
    assert await other.list("cases") == []
    idle = await net.tenant.member("business_location_contributor", name="Nowhere")
    with pytest.raises(Forbidden):
        await idle.do("cases.create", subject="From nowhere")
    assert len(await net.admin.list("cases")) == 1


# ── Franchises (F139, F143, F88) ─────────────────────────────────────────────────────────────


async def test_a_franchisee_sees_one_place_and_the_franchisor_all(net: Network) -> None:
    chain_account = await net.tenant.account("Chain Inc")
    chain = await net.organization(
        "Chain", kind="franchisor", is_internal=False, account_id=chain_account["id"]
    )
    owners, cases, places = [], [], []
    model = await net.admin.do("product_models.create", name="Oven", code="OV", kind="hardware")
    for name in ("One", "Two"):
        account = await net.tenant.account(name)
        site = await net.admin.do(
            "locations.create", name=f"Site {name}", account_id=str(account["id"]), line1="1",
            city="Lyon", country="FR",
        )  # fmt: skip
        await net.admin.do(
            "sold_products.create", name=f"Oven {name}", account_id=str(account["id"]),
            product_model_id=str(model["id"]), location_id=str(site["id"]),
        )  # fmt: skip
        franchise = await net.organization(
            name, kind="franchise", is_internal=False, account_id=account["id"],
            parent_id=chain["id"],
        )  # fmt: skip
        place = await net.place(franchise, name, location_id=site["id"])
        owner = await net.tenant.contact(account, "business_location_contributor")
        await net.admin.do("profiles.revoke_role", owner.profile_id, role="customer")
        owner = await net.tenant.world.actor(net.tenant, owner.profile_id)
        await net.employ(owner, place)
        owners.append(owner)
        places.append(place)
        cases.append(await owner.do("cases.create", subject=f"Trouble at {name}"))
    boss = await net.tenant.contact(chain_account, "organization_supervisor")
    await net.employ(boss, chain)
    assert ids(await owners[0].list("cases")) == ids([cases[0]])
    assert ids(await boss.list("cases")) == ids(cases)
    assert [p["name"] for p in await owners[0].list("sold_products")] == ["Oven One"]
    assert [p["name"] for p in await boss.list("sold_products")] == ["Oven One", "Oven Two"]
    assert ids(await boss.list("business_locations")) == ids(places)
    with pytest.raises(NotFound):
        await boss.do("cases.comment", cases[0]["id"], body="I only look")


async def test_the_franchisor_follows_promises_of_all_places(net: Network) -> None:
    await net.admin.do("sla_definitions.create", name="All", kind="cases", resolution_minutes=60)
    chain = await net.organization("Chain", kind="franchisor")
    store = await net.place(await net.organization("One", kind="store", parent_id=chain["id"]))
    clerk = await net.tenant.member("business_location_contributor")
    await net.employ(clerk, store)
    case = await clerk.do("cases.create", subject="Cold")
    boss = await net.tenant.member("organization_supervisor")
    await net.employ(boss, chain)
    (clock,) = await boss.list("task_slas")
    assert (clock["record_id"], clock["target"]) == (case["id"], "resolution")


async def test_one_organisation_serves_another(net: Network) -> None:
    facilities = await net.organization("Facilities", kind="shared_service")
    retail = await net.organization("Retail", kind="store")
    store = await net.place(retail)
    clerk = await net.tenant.member("business_location_contributor")
    await net.employ(clerk, store)
    case = await clerk.do("cases.create", subject="The roof leaks")
    helper = await net.tenant.member("location_agent")
    await net.employ(helper, facilities)
    assert await helper.list("cases") == []
    relation = await net.relate(facilities, retail, "serves")
    assert ids(await helper.list("cases")) == ids([case])
    await helper.do("cases.comment", case["id"], body="On our way")
    await net.admin.do("service_relations.update", relation["id"], oversees=False)
    assert await helper.list("cases") == []


# ── Dealers (F140, F141) ─────────────────────────────────────────────────────────────────────


async def a_dealership(net: Network) -> dict[str, Any]:
    """A dealer who may open cases about cars, with a customer who bought one under warranty."""
    account, dealership = await net.dealer()
    person = await net.tenant.contact(account, "dealer")
    await net.employ(person, dealership)
    models = {
        name: await net.admin.do("product_models.create", name=name, code=name, kind="hardware")
        for name in ("CAR", "BOAT")
    }
    await net.admin.do(
        "service_organization_products.create",
        service_organization_id=str(dealership["id"]),
        product_model_id=str(models["CAR"]["id"]),
    )
    driver = await net.tenant.consumer(name="Driver")
    consumer_id = str(driver.caller.attributes["consumer_id"])
    await net.serve(driver, dealership)
    contract = await net.admin.do(
        "service_contracts.create", name="Warranty", consumer_id=consumer_id,
        contract_type="warranty", starts_on="2020-01-01",
    )  # fmt: skip
    await net.admin.do(
        "entitlements.create", name="Warranty", contract_id=str(contract["id"]),
        starts_on="2020-01-01",
    )  # fmt: skip
    sold = {
        name: await net.admin.do(
            "sold_products.create", name=name, consumer_id=consumer_id,
            product_model_id=str(models[name]["id"]), contract_id=str(contract["id"]),
        )
        for name in models
    }  # fmt: skip
    return {"person": person, "driver": driver, "sold": sold, "dealership": dealership}


async def test_a_dealer_opens_warranty_cases_within_its_products(net: Network) -> None:
    deal = await a_dealership(net)
    dealer, consumer_id = deal["person"], str(deal["driver"].caller.attributes["consumer_id"])
    told = await dealer.do(
        "cases.create", subject="Brakes", category="warranty", consumer_id=consumer_id,
        sold_product_id=str(deal["sold"]["CAR"]["id"]),
    )  # fmt: skip
    assert told["service_organization_id"] == deal["dealership"]["id"]
    assert told["entitlement_status"] == "verified"
    with pytest.raises(Invalid) as refused:
        await dealer.do(
            "cases.create", subject="Keel", consumer_id=consumer_id,
            sold_product_id=str(deal["sold"]["BOAT"]["id"]),
        )  # fmt: skip
    assert [fault.code for fault in refused.value.faults] == ["outside_scope"]
    with pytest.raises(Invalid) as refused:
        await dealer.do("cases.create", subject="No product", consumer_id=consumer_id)
    assert [fault.code for fault in refused.value.faults] == ["missing"]
    assert ids(await net.admin.list("cases")) == ids([told])


async def test_a_dealer_calls_upon_no_contract_that_is_not_the_dealers(net: Network) -> None:
    deal = await a_dealership(net)
    driver = deal["driver"].caller.attributes["consumer_id"]
    support = await net.admin.do(
        "service_contracts.create", name="Support", consumer_id=str(driver),
        contract_type="support", starts_on="2020-01-01",
    )  # fmt: skip
    await net.admin.do(
        "sold_products.update", deal["sold"]["CAR"]["id"], contract_id=str(support["id"])
    )
    with pytest.raises(Invalid) as refused:
        await deal["person"].do(
            "cases.create", subject="Brakes", category="warranty", consumer_id=str(driver),
            sold_product_id=str(deal["sold"]["CAR"]["id"]),
        )  # fmt: skip
    assert {fault.code for fault in refused.value.faults} == {"outside_scope", "no_warranty"}


async def test_a_dealer_serves_no_customer_of_another(net: Network) -> None:
    deal = await a_dealership(net)
    stranger = await net.tenant.consumer()
    with pytest.raises(Invalid) as refused:
        await deal["person"].do(
            "cases.create", subject="x",
            consumer_id=str(stranger.caller.attributes["consumer_id"]),
        )  # fmt: skip
    assert [fault.pointer for fault in refused.value.faults] == ["/consumer_id"]
    assert len(await deal["person"].list("consumers")) == 1
    assert await net.admin.list("cases") == []


async def test_the_enterprise_sees_dealers_and_direct_cases_in_one_list(net: Network) -> None:
    deal = await a_dealership(net)
    direct = await net.tenant.consumer()
    own = await direct.do("cases.create", subject="Direct")
    sold = await deal["person"].do(
        "cases.create", subject="By the dealer",
        consumer_id=str(deal["driver"].caller.attributes["consumer_id"]),
        sold_product_id=str(deal["sold"]["CAR"]["id"]),
    )  # fmt: skip
    agent = await net.tenant.member("agent_b2c")
    assert ids(await agent.list("cases")) == ids([own, sold])
    dealership = str(deal["dealership"]["id"])
    only = await agent.list("cases", service_organization_id=dealership)
    assert ids(only) == ids([sold])


# ── Responsibilities on organisations (F142, F137) ───────────────────────────────────────────


async def test_a_regional_manager_oversees_dealers_by_responsibility(net: Network) -> None:
    region = await net.organization("Region", kind="region", is_internal=False)
    deal = await a_dealership(net)
    await net.admin.do(
        "service_organizations.update", deal["dealership"]["id"], parent_id=str(region["id"])
    )
    case = await deal["person"].do(
        "cases.create", subject="Brakes",
        consumer_id=str(deal["driver"].caller.attributes["consumer_id"]),
        sold_product_id=str(deal["sold"]["CAR"]["id"]),
    )  # fmt: skip
    (kind,) = await net.admin.list("responsibilities", key="regional_manager")
    manager = await net.tenant.member("self_contributor", name="Regional manager")
    assert await manager.list("cases") == []
    member = await net.employ(manager, region, responsibility_id=kind["id"])
    manager = await net.tenant.world.actor(net.tenant, manager.profile_id)
    assert ids(await manager.list("cases")) == ids([case])
    await net.admin.do("staff_members.delete", member["id"])
    manager = await net.tenant.world.actor(net.tenant, manager.profile_id)
    assert await manager.list("cases") == []


async def test_a_responsibility_ends_with_the_last_day(net: Network) -> None:
    region = await net.organization("Region", kind="region")
    (kind,) = await net.admin.list("responsibilities", key="regional_manager")
    manager = await net.tenant.member("self_contributor")
    member = await net.employ(manager, region, responsibility_id=kind["id"])
    assert len(await net.admin.list("held_responsibilities")) == 1
    today = net.tenant.world.services.database.now().date()
    yesterday = str(today - timedelta(days=1))
    await net.admin.do("staff_members.update", member["id"], starts_on=yesterday, ends_on=yesterday)
    assert await net.admin.list("held_responsibilities") == []
