"""Sold products, contracts and entitlements: one owner each, and all parts have the same."""

from typing import Any

import pytest

from backend.foundation.installed.errors import SoldProductCycle
from backend.foundation.products.errors import ProductCycle
from infra.kernel.errors import Duplicate, Invalid
from tests.world import Tenant, World


async def a_model(tenant: Tenant, code: str = "R7", **values: Any) -> dict[str, Any]:
    made: dict[str, Any] = await tenant.admin.do(
        "product_models.create", name=f"Model {code}", code=code, kind="hardware", **values
    )
    return made


async def pointers_of(tenant: Tenant, verb: str, key: Any = None, **body: Any) -> list[str]:
    with pytest.raises(Invalid) as refused:
        await tenant.admin.do(verb, key, **body)
    return [fault.pointer for fault in refused.value.faults]


async def test_a_product_is_sold_to_a_company_or_a_consumer_and_never_to_both(
    world: World,
) -> None:
    tenant = await world.tenant()
    model, account = await a_model(tenant), await tenant.account()
    consumer = await tenant.admin.do("consumers.create", name="Noor")
    both = {"account_id": str(account["id"]), "consumer_id": str(consumer["id"])}
    base = {"name": "Router", "product_model_id": str(model["id"])}
    assert await pointers_of(tenant, "sold_products.create", **base) == ["/account_id"]
    assert await pointers_of(tenant, "sold_products.create", **base, **both) == ["/account_id"]
    for owner, owner_id in both.items():
        sold = await tenant.admin.do("sold_products.create", **base, **{owner: owner_id})
        assert sold["number"].startswith("SP000")


async def test_parts_contracts_and_places_belong_to_the_same_customer(world: World) -> None:
    tenant = await world.tenant()
    model, own, foreign = await a_model(tenant), await tenant.account(), await tenant.account("F")
    admin = tenant.admin
    contract = await admin.do(
        "service_contracts.create", name="C", account_id=str(foreign["id"]), starts_on="2026-01-01"
    )
    place = await admin.do(
        "locations.create", name="Site", account_id=str(foreign["id"]), line1="1", city="B",
        country="DE",
    )  # fmt: skip
    faults = await pointers_of(
        tenant, "sold_products.create", name="R", product_model_id=str(model["id"]),
        account_id=str(own["id"]), contract_id=str(contract["id"]), location_id=str(place["id"]),
    )  # fmt: skip
    assert faults == ["/contract_id", "/location_id"]


async def test_a_product_is_no_part_of_itself(world: World) -> None:
    tenant = await world.tenant()
    admin, model, account = tenant.admin, await a_model(tenant), await tenant.account()
    base = {"product_model_id": str(model["id"]), "account_id": str(account["id"])}
    whole = await admin.do("sold_products.create", name="Line", **base)
    part = await admin.do("sold_products.create", name="Router", parent_id=str(whole["id"]), **base)
    with pytest.raises(SoldProductCycle):
        await admin.do("sold_products.update", whole["id"], parent_id=str(part["id"]))
    child = await a_model(tenant, "R7-PSU", parent_id=str(model["id"]))
    with pytest.raises(ProductCycle):
        await admin.do("product_models.update", model["id"], parent_id=str(child["id"]))


async def test_an_entitlement_takes_its_owner_from_what_it_hangs_on(world: World) -> None:
    tenant = await world.tenant()
    admin, account, other = tenant.admin, await tenant.account(), await tenant.account("Other")
    contract = await admin.do(
        "service_contracts.create", name="C", account_id=str(account["id"]), starts_on="2026-01-01"
    )
    made = await admin.do(
        "entitlements.create", name="E", contract_id=str(contract["id"]), starts_on="2026-01-01",
        channels=["phone", "phone", "email"],
    )  # fmt: skip
    assert (made["scope"], made["account_id"]) == ("contract", account["id"])
    assert made["channels"] == ["phone", "email"]
    faults = await pointers_of(
        tenant, "entitlements.create", name="E", contract_id=str(contract["id"]),
        account_id=str(other["id"]), starts_on="2026-02-01", ends_on="2026-01-01",
    )  # fmt: skip
    assert faults == ["/contract_id", "/ends_on"]
    assert await pointers_of(
        tenant, "entitlements.create", name="E", starts_on="2026-02-01"
    ) == ["/sold_product_id"]  # fmt: skip


async def test_customers_see_what_is_theirs(world: World) -> None:
    tenant = await world.tenant()
    model, account = await a_model(tenant), await tenant.account()
    maya, stranger = await tenant.contact(account), await tenant.contact()
    noor = await tenant.consumer()
    base = {"product_model_id": str(model["id"])}
    router = await tenant.admin.do(
        "sold_products.create", name="Router", account_id=str(account["id"]), **base
    )
    phone = await tenant.admin.do(
        "sold_products.create", name="Phone",
        consumer_id=str(noor.caller.attributes["consumer_id"]), **base,
    )  # fmt: skip
    item = await tenant.admin.do(
        "install_base_items.create", name="In the rack", sold_product_id=str(router["id"])
    )
    for actor, sold, installed in (
        (maya, [router["id"]], [item["id"]]),
        (noor, [phone["id"]], []),
        (stranger, [], []),
    ):
        assert [row["id"] for row in await actor.list("sold_products")] == sold
        assert [row["id"] for row in await actor.list("install_base_items")] == installed


async def test_skills_are_held_by_people_and_needed_by_models(world: World) -> None:
    tenant = await world.tenant()
    agent, model = await tenant.member("agent_b2c"), await a_model(tenant)
    skill = await tenant.admin.do("skills.create", name="Fibre")
    held = {"profile_id": str(agent.profile_id), "skill_id": str(skill["id"])}
    assert (await tenant.admin.do("user_skills.create", level=4, **held))["level"] == 4
    with pytest.raises(Duplicate):
        await tenant.admin.do("user_skills.create", **held)
    with pytest.raises(Invalid):
        await tenant.admin.do("user_skills.create", level=6, **held)
    needed = await tenant.admin.do(
        "product_model_skills.create", product_model_id=str(model["id"]), skill_id=str(skill["id"])
    )
    assert needed["level"] == 1
    assert len(await agent.list("user_skills")) == 1
