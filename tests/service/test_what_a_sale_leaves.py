"""A sale leaves everything behind at once: product, items, places, warranty, support."""

from typing import Any

import pytest

from backend.foundation.service_offerings.errors import OfferingNotActive
from infra.kernel.errors import Forbidden, Invalid
from tests.service.desk import Desk
from tests.world import World


async def an_offering(desk: Desk, name: str = "Gold care", **values: Any) -> dict[str, Any]:
    base = {
        "product_model_id": str(desk.model["id"]), "tier": "gold", "channels": ["portal", "phone"],
        "response_minutes": 30, "resolution_minutes": 240,
    }  # fmt: skip
    made: dict[str, Any] = await desk.admin.do(
        "service_offerings.create", name=name, **(base | values)
    )
    return made


async def yielded(desk: Desk, product_id: Any) -> list[tuple[str, str, str]]:
    rows = await desk.admin.list("entitlements", sold_product_id=str(product_id), sort="number")
    return [(row["tier"], row["state"], str(row["ends_on"])) for row in rows]


async def test_a_sale_leaves_a_product_that_a_case_knows_at_once(desk: Desk) -> None:
    offering = await an_offering(desk, months=12)
    await desk.admin.do(
        "product_warranties.create", product_model_id=str(desk.model["id"]), name="Two years",
        months=24,
    )  # fmt: skip
    left = await desk.admin.do(
        "sold_products.provision", product_model_id=str(desk.model["id"]),
        account_id=str(desk.account["id"]), service_offering_id=str(offering["id"]),
        purchased_on="2026-11-01", serial_number="R7-0002",
    )  # fmt: skip
    assert [len(left.sold_products), len(left.install_base_items), len(left.warranties)] == [
        1, 1, 1,
    ]  # fmt: skip
    product = await desk.admin.read("sold_products", left.number)
    assert (product["service_offering_id"], product["warranty_status"]) == (
        offering["id"], "active",
    )  # fmt: skip
    item = await desk.admin.read("install_base_items", left.install_base_items[0])
    assert (item["serial_number"], str(item["warranty_ends_on"])) == ("R7-0002", "2028-10-31")
    assert await yielded(desk, left.sold_product_id) == [("gold", "active", "2027-10-31")]
    # No job has run: the case's page shows all of it in the very next request.
    case = await desk.case(sold_product_id=str(left.sold_product_id))
    beside = await desk.agent.do("cases.context", case["id"])
    assert beside.entitlement.response_minutes == 30
    assert [row.serial_number for row in beside.installed] == ["R7-0002"]
    assert beside.sold_product.warranty_status == "active"


async def test_parts_and_pieces_come_with_the_product(desk: Desk) -> None:
    admin = desk.admin
    card = await admin.do("product_models.create", name="Card", code="C", kind="hardware")
    ink = await admin.do("product_models.create", name="Ink", code="I", kind="consumable")
    place = await admin.do(
        "locations.create", name="Site", account_id=str(desk.account["id"]), line1="1", city="B",
        country="DE",
    )  # fmt: skip
    left = await admin.do(
        "sold_products.provision", product_model_id=str(desk.model["id"]), quantity=3,
        account_id=str(desk.account["id"]), contract_id=str(desk.contract["id"]),
        pieces=[{"serial_number": "A"}, {"serial_number": "B", "location_id": str(place["id"])}],
        parts=[
            {"product_model_id": str(card["id"]), "parts": [{"product_model_id": str(ink["id"])}]}
        ],
    )  # fmt: skip
    rows = [await admin.read("sold_products", key) for key in left.sold_products]
    assert [(row["name"], row["parent_id"]) for row in rows] == [
        ("Fibre router R7", None), ("Card", rows[0]["id"]), ("Ink", rows[1]["id"]),
    ]  # fmt: skip
    assert {row["contract_id"] for row in rows} == {desk.contract["id"]}
    items = [await admin.read("install_base_items", key) for key in left.install_base_items]
    assert [(row["serial_number"], row["location_id"]) for row in items] == [
        ("A", None), ("B", place["id"]), (None, None),
    ]  # fmt: skip


async def test_a_sale_with_faults_leaves_nothing_and_names_them_all(desk: Desk) -> None:
    other = await desk.admin.do("product_models.create", name="O", code="O", kind="hardware")
    offering = await an_offering(desk)
    theirs = await desk.tenant.account("Theirs")
    place = await desk.admin.do(
        "locations.create", name="S", account_id=str(theirs["id"]), line1="1", city="B",
        country="DE",
    )  # fmt: skip
    before = await desk.admin.list("sold_products")
    with pytest.raises(Invalid) as refused:
        await desk.admin.do(
            "sold_products.provision", product_model_id=str(desk.model["id"]),
            account_id=str(desk.account["id"]),
            pieces=[{"quantity": 2}, {"location_id": str(place["id"])}],
            parts=[
                {"product_model_id": str(other["id"]), "service_offering_id": str(offering["id"])}
            ],
        )  # fmt: skip
    assert [fault.pointer for fault in refused.value.faults] == [
        "/pieces/0/quantity", "/pieces/1/location_id", "/parts/0/service_offering_id",
    ]  # fmt: skip
    assert await desk.admin.list("sold_products") == before
    assert await desk.admin.list("install_base_items") == []
    with pytest.raises(Forbidden):
        await desk.agent.do(
            "sold_products.provision", product_model_id=str(desk.model["id"]),
            account_id=str(desk.account["id"]),
        )  # fmt: skip


async def test_the_offering_chosen_entitles_and_another_takes_its_place(desk: Desk) -> None:
    gold, silver = await an_offering(desk), await an_offering(desk, "Silver care", tier="silver")
    choose = "sold_products.choose_offering"
    await desk.admin.do(
        choose, desk.router["id"], service_offering_id=str(gold["id"]), starts_on="2026-01-01"
    )
    case = await desk.stored(await desk.case())
    assert case["entitlement_explanation"][0]["scope"] == "sold_product"
    told = await desk.admin.do(
        choose, desk.router["id"], service_offering_id=str(silver["id"]), starts_on="2026-03-01"
    )
    assert told["service_offering_id"] == silver["id"]
    assert await yielded(desk, desk.router["id"]) == [
        ("gold", "cancelled", "2026-03-01"), ("silver", "active", "None"),
    ]  # fmt: skip
    await desk.admin.do(choose, desk.router["id"])
    rows = await yielded(desk, desk.router["id"])
    assert [state for _, state, _ in rows] == ["cancelled", "cancelled"]


async def test_offerings_of_other_models_and_retired_ones_are_refused(desk: Desk) -> None:
    other = await desk.admin.do("product_models.create", name="O", code="O", kind="hardware")
    foreign = await an_offering(desk, "Foreign", product_model_id=str(other["id"]))
    retired = await an_offering(desk, "Old", state="retired")
    choose = "sold_products.choose_offering"
    with pytest.raises(Invalid) as refused:
        await desk.admin.do(choose, desk.router["id"], service_offering_id=str(foreign["id"]))
    assert [fault.code for fault in refused.value.faults] == ["other_product"]
    with pytest.raises(OfferingNotActive):
        await desk.admin.do(choose, desk.router["id"], service_offering_id=str(retired["id"]))
    assert await yielded(desk, desk.router["id"]) == []
    assert [row["name"] for row in await desk.contact.list("service_offerings")] == [
        "Foreign", "Old",
    ]  # fmt: skip


async def test_support_ends_with_the_product(desk: Desk, world: World) -> None:
    gold = await an_offering(desk)
    await desk.admin.do(
        "sold_products.choose_offering", desk.router["id"], service_offering_id=str(gold["id"]),
        starts_on="2026-01-01",
    )  # fmt: skip
    await desk.admin.do("sold_products.end", desk.router["id"], on="2026-05-31")
    await world.work(desk.tenant)
    assert await yielded(desk, desk.router["id"]) == [("gold", "cancelled", "2026-05-31")]


async def test_beside_a_case_stands_where_how_many_are_installed_and_what_is_warranted(
    desk: Desk,
) -> None:
    admin, model = desk.admin, {"product_model_id": str(desk.model["id"])}
    await admin.do("product_warranties.create", name="Two years", months=24, **model)
    sites = [
        await admin.do(
            "locations.create", name=f"Site {city}", account_id=str(desk.account["id"]),
            line1="1", city=city, country="DE",
        )
        for city in ("Berlin", "Munich")
    ]  # fmt: skip
    left = await admin.do(
        "sold_products.provision", account_id=str(desk.account["id"]), quantity=100,
        purchased_on="2026-11-01",
        pieces=[{"name": "Service", "quantity": 60, "location_id": str(sites[0]["id"])}], **model,
    )  # fmt: skip
    await admin.do(
        "installed_products.create", sold_product_id=str(left.sold_product_id),
        install_base_item_id=str(left.install_base_items[0]), quantity=40,
        location_id=str(sites[1]["id"]),
    )  # fmt: skip
    case = await desk.case(sold_product_id=str(left.sold_product_id))
    for reader in (desk.agent, desk.contact):
        beside = await reader.do("cases.context", case["id"])
        assert [(each.location.city, each.quantity) for each in beside.places] == [
            ("Berlin", 60), ("Munich", 40),
        ]  # fmt: skip
        assert [(each.name, each.warranty_status) for each in beside.installed] == [
            ("Service", "active"),
        ]  # fmt: skip
        assert [(each.name, str(each.ends_on)) for each in beside.warranties] == [
            ("Two years", "2028-10-31"),
        ]  # fmt: skip
