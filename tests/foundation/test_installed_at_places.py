"""One product, several items, several places; trees that move and end as a whole."""

import asyncio
from typing import Any

import pytest

from backend.foundation.installed.errors import (
    InstalledItemCycle,
    MoreInstalledThanSold,
    ProductHasEnded,
)
from infra.kernel.errors import Duplicate, Invalid
from tests.world import Tenant, World


class Estate:
    """A company with two sites and a hundred seats of a program."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.admin = tenant.admin

    async def furnish(self) -> "Estate":
        self.account = await self.tenant.account()
        self.model = await self.admin.do(
            "product_models.create", name="Practice suite", code="PS", kind="software"
        )
        self.berlin, self.munich = await self.site("Berlin"), await self.site("Munich")
        self.seats = await self.sold(name="Seats", quantity=100)
        return self

    async def site(self, city: str, account: dict[str, Any] | None = None) -> dict[str, Any]:
        owner = account or self.account
        made: dict[str, Any] = await self.admin.do(
            "locations.create", name=city, account_id=str(owner["id"]), line1="1 Main Street",
            city=city, country="DE",
        )  # fmt: skip
        return made

    async def sold(self, **values: Any) -> dict[str, Any]:
        base = {"product_model_id": str(self.model["id"]), "account_id": str(self.account["id"])}
        made: dict[str, Any] = await self.admin.do("sold_products.create", **(base | values))
        return made

    async def item(self, product: dict[str, Any], **values: Any) -> dict[str, Any]:
        made: dict[str, Any] = await self.admin.do(
            "install_base_items.create",
            **({"name": "Service", "sold_product_id": str(product["id"])} | values),
        )
        return made

    async def places(self, product: dict[str, Any]) -> list[tuple[Any, int]]:
        rows = await self.admin.list("installed_products", sold_product_id=str(product["id"]))
        names = {self.berlin["id"]: "Berlin", self.munich["id"]: "Munich"}
        return [(names.get(row["location_id"]), row["quantity"]) for row in rows]


async def an_estate(world: World) -> Estate:
    return await Estate(await world.tenant()).furnish()


async def put(
    estate: Estate, item: dict[str, Any], place: dict[str, Any], quantity: int
) -> dict[str, Any]:
    made: dict[str, Any] = await estate.admin.do(
        "installed_products.create", sold_product_id=str(estate.seats["id"]),
        install_base_item_id=str(item["id"]), location_id=str(place["id"]), quantity=quantity,
    )  # fmt: skip
    return made


async def test_one_product_is_installed_at_several_places_so_many_at_each(world: World) -> None:
    estate = await an_estate(world)
    item = await estate.item(estate.seats, location_id=str(estate.berlin["id"]), quantity=60)
    assert await estate.places(estate.seats) == [("Berlin", 60)]
    await put(estate, item, estate.munich, 30)
    assert await estate.places(estate.seats) == [("Berlin", 60), ("Munich", 30)]
    with pytest.raises(Duplicate):
        await put(estate, item, estate.munich, 1)
    maya, stranger = await estate.tenant.contact(estate.account), await estate.tenant.contact()
    assert [row["quantity"] for row in await maya.list("installed_products")] == [60, 30]
    assert await stranger.list("installed_products") == []


async def test_no_more_is_installed_than_was_sold(world: World) -> None:
    estate = await an_estate(world)
    item = await estate.item(estate.seats, location_id=str(estate.berlin["id"]), quantity=60)
    with pytest.raises(MoreInstalledThanSold):
        await put(estate, item, estate.munich, 41)
    row = await put(estate, item, estate.munich, 40)
    with pytest.raises(MoreInstalledThanSold):
        await estate.admin.do("installed_products.update", row["id"], quantity=41)
    with pytest.raises(MoreInstalledThanSold):
        await estate.admin.do("sold_products.update", estate.seats["id"], quantity=99)
    with pytest.raises(MoreInstalledThanSold):
        await estate.item(estate.seats, quantity=101)
    assert await estate.places(estate.seats) == [("Berlin", 60), ("Munich", 40)]
    # Another item stands for the same seats anew: a second instance of the program.
    await estate.item(estate.seats, quantity=100)


async def test_an_item_that_moves_takes_its_place_along(world: World) -> None:
    estate = await an_estate(world)
    item = await estate.item(estate.seats, location_id=str(estate.berlin["id"]), quantity=60)
    await put(estate, item, estate.munich, 40)
    await estate.admin.do(
        "install_base_items.update", item["id"], location_id=str(estate.munich["id"])
    )
    assert await estate.places(estate.seats) == [("Munich", 100)]


async def test_places_and_items_belong_to_the_owner_of_the_product(world: World) -> None:
    estate = await an_estate(world)
    other = await estate.tenant.account("Other")
    theirs = await estate.sold(name="Theirs", account_id=str(other["id"]))
    their_item, their_site = await estate.item(theirs), await estate.site("Bonn", other)
    with pytest.raises(Invalid) as refused:
        await put(estate, their_item, their_site, 1)
    assert [fault.pointer for fault in refused.value.faults] == [
        "/install_base_item_id", "/location_id",
    ]  # fmt: skip
    with pytest.raises(Invalid) as refused:
        await estate.item(estate.seats, parent_id=str(their_item["id"]))
    assert [fault.pointer for fault in refused.value.faults] == ["/parent_id"]
    assert await estate.places(estate.seats) == []


async def test_installed_items_are_trees(world: World) -> None:
    estate = await an_estate(world)
    rack = await estate.item(estate.seats)
    blade = await estate.item(estate.seats, parent_id=str(rack["id"]))
    with pytest.raises(InstalledItemCycle):
        await estate.admin.do("install_base_items.update", rack["id"], parent_id=str(blade["id"]))
    assert [r["id"] for r in await estate.admin.list(
        "install_base_items", parent_id=str(rack["id"])
    )] == [blade["id"]]  # fmt: skip


async def test_a_tree_of_products_moves_as_a_whole(world: World) -> None:
    estate = await an_estate(world)
    whole = await estate.sold(name="Line", location_id=str(estate.berlin["id"]))
    part = await estate.sold(name="Router", parent_id=str(whole["id"]))
    deep = await estate.sold(name="Card", parent_id=str(part["id"]))
    item = await estate.item(deep, location_id=str(estate.berlin["id"]))
    beside = await estate.sold(name="Beside", location_id=str(estate.berlin["id"]))
    moved = await estate.admin.do(
        "sold_products.relocate", whole["id"], location_id=str(estate.munich["id"])
    )
    assert moved.sold_products == [whole["id"], part["id"], deep["id"]]
    assert moved.install_base_items == [item["id"]]
    at = {
        row["name"]: row["location_id"]
        for row in await estate.admin.list("sold_products")
        if row["name"] != "Seats"
    }
    munich = estate.munich["id"]
    assert at == {
        "Line": munich, "Router": munich, "Card": munich, "Beside": beside["location_id"],
    }  # fmt: skip
    assert await estate.places(deep) == [("Munich", 1)]
    foreign = await estate.site("Bonn", await estate.tenant.account("Other"))
    with pytest.raises(Invalid):
        await estate.admin.do("sold_products.relocate", whole["id"], location_id=str(foreign["id"]))
    assert (await estate.admin.read("sold_products", deep["id"]))["location_id"] == munich


async def test_a_tree_of_products_ends_as_a_whole(world: World) -> None:
    estate = await an_estate(world)
    whole = await estate.sold(name="Line")
    part = await estate.sold(name="Router", parent_id=str(whole["id"]))
    item = await estate.item(part)
    await estate.admin.do("sold_products.end", whole["id"], on="2026-03-31")
    ended = [await estate.admin.read("sold_products", row["id"]) for row in (whole, part)]
    assert [(row["state"], str(row["ended_on"])) for row in ended] == [("ended", "2026-03-31")] * 2
    assert (await estate.admin.read("install_base_items", item["id"]))["state"] == "removed"
    assert (await estate.admin.read("sold_products", estate.seats["id"]))["state"] == "active"
    with pytest.raises(ProductHasEnded):
        await estate.admin.do("sold_products.end", whole["id"])
    with pytest.raises(ProductHasEnded):
        await estate.item(part)


async def test_the_last_ones_are_placed_once_whoever_is_quicker(world: World) -> None:
    estate = await an_estate(world)
    item = await estate.item(estate.seats, location_id=str(estate.berlin["id"]), quantity=40)
    bonn = await estate.site("Bonn")
    done = await asyncio.gather(
        put(estate, item, estate.munich, 60),
        put(estate, item, bonn, 60),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in done) == ["MoreInstalledThanSold", "dict"]
    assert sum(quantity for _, quantity in await estate.places(estate.seats)) == 100


@pytest.mark.parametrize(
    ("kind", "good", "bad", "pointers"),
    [
        (
            "financial_account",
            {"account_type": "savings", "currency": "EUR", "interest_percent": "2.5"},
            {"account_type": "piggy", "colour": "pink"},
            ["/extension/account_type", "/extension/currency", "/extension/colour"],
        ),
        (
            "network_service",
            {"service_type": "broadband", "download_mbps": 1000, "telephone_numbers": ["+49 30"]},
            {"service_type": "broadband", "download_mbps": 0},
            ["/extension/download_mbps"],
        ),
        (
            "equipment",
            {"part_number": "T-9", "commissioned_on": "2026-02-01"},
            {"commissioned_on": "soon"},
            ["/extension/commissioned_on"],
        ),
    ],
)
async def test_industries_have_typed_data_of_their_own(
    world: World, kind: str, good: dict[str, Any], bad: dict[str, Any], pointers: list[str]
) -> None:
    estate = await an_estate(world)
    with pytest.raises(Invalid) as refused:
        await estate.sold(name="Plain", extension=good)
    assert [fault.code for fault in refused.value.faults] == ["not_extended"]
    await estate.admin.do("product_models.update", estate.model["id"], extension_kind=kind)
    sold = await estate.sold(name="Extended", extension=good)
    stored = await estate.admin.read("sold_products", sold["id"])
    assert {name: stored["extension"][name] for name in good} == good
    with pytest.raises(Invalid) as refused:
        await estate.item(sold, extension=bad)
    assert sorted(fault.pointer for fault in refused.value.faults) == sorted(pointers)
