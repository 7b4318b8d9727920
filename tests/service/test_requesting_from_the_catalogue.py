"""Choosing an item opens its case by itself; customers are offered what fits what they own."""

from typing import Any
from uuid import UUID

import pytest

from backend.foundation.catalog.errors import CategoryCycle, ItemNotPublished, ItemWasPublished
from infra.kernel.access import Caller
from infra.kernel.errors import Duplicate, Forbidden, Invalid, NotFound, StillReferenced
from infra.kernel.performing import perform
from tests.foundation.kin import kin
from tests.service.desk import Desk
from tests.service.test_knowledge import a_visitor
from tests.world import Actor, World

FORM = [
    {"name": "city", "label": "New city", "kind": "text", "required": True},
    {"name": "day", "label": "Day", "kind": "date"},
]


class Shop:
    """A catalogue for the desk's customers."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.admin = desk, desk.admin

    async def open(self) -> "Shop":
        self.catalog = await self.admin.do("catalogs.create", name="Services")
        self.category = await self.admin.do(
            "catalog_categories.create", catalog_id=str(self.catalog["id"]), name="Moves"
        )
        self.group = await self.admin.do("groups.create", name="Movers")
        return self

    async def item(
        self, name: str, *models: dict[str, Any], publish: bool = True, **values: Any
    ) -> dict[str, Any]:
        """An item for owners of these models, or for everyone."""
        base: dict[str, Any] = {"catalog_id": str(self.catalog["id"]), "name": name}
        made = await self.admin.do("catalog_items.create", **(base | values))
        for model in models:
            await self.admin.do(
                "product_catalog_items.create", catalog_item_id=str(made["id"]),
                product_model_id=str(model["id"]),
            )  # fmt: skip
        if publish:
            await self.admin.do("catalog_items.publish", made["id"])
        stored: dict[str, Any] = await self.admin.read("catalog_items", made["id"])
        return stored

    async def move(self) -> dict[str, Any]:
        """The move of a router, with a form and a way to go."""
        return await self.item(
            "Move the router", self.desk.model, form=FORM, case_category="moves",
            case_subcategory="routers", case_priority=2,
            category_id=str(self.category["id"]), assignment_group_id=str(self.group["id"]),
        )  # fmt: skip


async def a_shop(desk: Desk) -> Shop:
    return await Shop(desk).open()


async def names(reader: Actor, **query: str) -> list[str]:
    return [row["name"] for row in await reader.list("catalog_items", **query)]


async def test_choosing_an_item_opens_its_case_and_no_agent_reviews_it(
    desk: Desk, world: World
) -> None:
    shop = await a_shop(desk)
    item = await shop.move()
    made = await desk.contact.do(
        "catalog_items.request", item["id"], answers={"city": "Bonn", "day": "2026-12-01"},
        sold_product_id=str(desk.router["id"]), comment="In the morning, please.",
    )  # fmt: skip
    assert made["number"].startswith("RQ000")
    assert made["answers"] == {"city": "Bonn", "day": "2026-12-01"}
    case = await desk.admin.read("cases", made["case_id"])
    assert (case["number"], case["state"]) == (made["case_number"], "new")
    assert (case["subject"], case["category"], case["subcategory"], case["priority"]) == (
        "Move the router", "moves", "routers", 2,
    )  # fmt: skip
    assert (case["assignment_group_id"], case["sold_product_id"]) == (
        shop.group["id"], desk.router["id"],
    )  # fmt: skip
    assert case["description"] == "New city: Bonn\nDay: 2026-12-01\n\nIn the morning, please."
    assert (case["channel"], case["entitlement_status"]) == ("portal", "verified")
    assert set(await desk.clocks(case)) == {"response", "resolution"}
    # It waits in the queue of its channel like a case that an agent has looked at.
    await world.work(desk.tenant)
    (waiting,) = await desk.admin.list("work_items", record_id=str(case["id"]))
    assert (waiting["state"], waiting["priority"]) == ("queued", 2)
    assert [row["id"] for row in await desk.contact.list("catalog_requests")] == [made["id"]]
    assert [row["id"] for row in await desk.contact.list("cases")] == [case["id"]]
    stranger = await desk.tenant.contact()
    assert await stranger.list("catalog_requests") == []


async def test_asking_twice_with_one_key_opens_one_case(desk: Desk, world: World) -> None:
    item = await (await a_shop(desk)).move()

    async def ask(city: str) -> Any:
        return await perform(
            world.services, desk.contact.caller, "catalog_items.request", record_id=item["id"],
            body={"answers": {"city": city}}, idempotency_key="once",
        )  # fmt: skip

    first, second = await ask("Bonn"), await ask("Bonn")
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.content() == first.content()
    assert len(await desk.admin.list("cases")) == 1


async def test_the_one_product_in_question_need_not_be_named(desk: Desk) -> None:
    item = await (await a_shop(desk)).move()
    made = await desk.contact.do("catalog_items.request", item["id"], answers={"city": "Bonn"})
    assert made["sold_product_id"] == desk.router["id"]
    await desk.admin.do(
        "sold_products.create", name="Second", product_model_id=str(desk.model["id"]),
        account_id=str(desk.account["id"]),
    )  # fmt: skip
    with pytest.raises(Invalid) as refused:
        await desk.contact.do("catalog_items.request", item["id"], answers={})
    assert [(f.pointer, f.code) for f in refused.value.faults] == [
        ("/answers/city", "missing"), ("/sold_product_id", "missing"),
    ]  # fmt: skip
    assert len(await desk.admin.list("cases")) == 1


async def test_customers_request_for_products_they_own_only(desk: Desk) -> None:
    shop = await a_shop(desk)
    item, anything = await shop.move(), await shop.item("Call me back")
    other = await desk.tenant.account("Other")
    theirs = await desk.admin.do(
        "sold_products.create", name="Theirs", product_model_id=str(desk.model["id"]),
        account_id=str(other["id"]),
    )  # fmt: skip
    switch = await desk.admin.do("product_models.create", name="S", code="S", kind="hardware")
    unfit = await desk.admin.do(
        "sold_products.create", name="Switch", product_model_id=str(switch["id"]),
        account_id=str(desk.account["id"]),
    )  # fmt: skip
    for product, code in ((theirs, "not_found"), (unfit, "not_offered")):
        with pytest.raises(Invalid) as refused:
            await desk.contact.do(
                "catalog_items.request", item["id"], answers={"city": "Bonn"},
                sold_product_id=str(product["id"]),
            )  # fmt: skip
        assert [(f.pointer, f.code) for f in refused.value.faults] == [("/sold_product_id", code)]
    with pytest.raises(Invalid) as refused:
        await desk.contact.do("catalog_items.request", anything["id"], account_id=str(other["id"]))
    assert [(f.pointer, f.code) for f in refused.value.faults] == [("/account_id", "not_found")]
    stranger = await desk.tenant.contact(other)
    await desk.admin.do("sold_products.end", theirs["id"])
    with pytest.raises(NotFound):
        await stranger.do("catalog_items.request", item["id"], answers={"city": "Bonn"})
    assert await desk.admin.list("cases") == []
    assert (await stranger.do("catalog_items.request", anything["id"]))["sold_product_id"] is None


async def test_whoever_acts_for_another_account_is_offered_what_it_bought_and_asks_for_it(
    world: World,
) -> None:
    """And no longer than they act for it."""
    of = await kin(world)
    shop = await a_shop(of.desk)
    item = await shop.move()
    paula = await of.desk.tenant.contact(await of.desk.tenant.account("Affiliate"), name="Paula")
    home = paula.caller.attributes["account_id"]
    await of.relate("Affiliate of", of.desk.account, {"id": home})
    assert await names(paula) == []
    stands = await of.stands_for(paula, of.desk.account)
    phone = await of.http(paula)
    offered = await phone.get("/api/v1/catalog_items")
    assert [row["name"] for row in offered.json()["data"]] == ["Move the router"]
    place = f"/api/v1/catalog_items/{item['id']}/request"
    asked = await phone.post(place, json={"answers": {"city": "Bonn"}})
    assert asked.status_code == 200, asked.text
    case = await of.admin.read("cases", asked.json()["case_id"])
    assert (case["account_id"], case["sold_product_id"]) == (
        of.desk.account["id"], of.desk.router["id"],
    )  # fmt: skip
    assert (await phone.get("/api/v1/catalog_requests")).json()["data"] == [asked.json()]
    await of.admin.do("contact_relationships.end", stands["id"])
    assert (await phone.get("/api/v1/catalog_items")).json()["data"] == []
    assert (await phone.post(place, json={"answers": {"city": "Bonn"}})).status_code == 404
    assert len(await of.admin.list("cases")) == 1


async def test_who_sees_a_product_and_may_open_no_case_for_its_owner_asks_in_vain(
    world: World,
) -> None:
    of = await kin(world)
    item = await (await a_shop(of.desk)).move()
    paula = await of.desk.tenant.contact(await of.desk.tenant.account("Affiliate"), name="Paula")
    await of.relate("Affiliate of", of.desk.account, {"id": paula.caller.attributes["account_id"]})
    watching = await of.responsibility("product_follower")
    await of.admin.do(
        "access_configurations.create", key="watch_products", resource="sold_products",
        responsibility_id=watching, verbs=["read"], via="account",
    )  # fmt: skip
    await of.stands_for(paula, of.desk.account, "product_follower")
    phone = await of.http(paula)
    place = f"/api/v1/catalog_items/{item['id']}/request"
    refused = await phone.post(place, json={"answers": {"city": "Bonn"}})
    assert refused.status_code == 403, refused.text
    assert await of.admin.list("cases") == []


async def test_only_items_that_fit_what_was_bought_are_shown(desk: Desk, world: World) -> None:
    shop = await a_shop(desk)
    turbine = await desk.admin.do(
        "product_models.create", name="Turbine", code="T9", kind="hardware"
    )
    await shop.move()
    hidden = await shop.item("Oil the turbine", turbine)
    await shop.item("Call me back", audience="public")
    await shop.item("Draft", publish=False)
    await shop.item("Inside", audience="internal")
    await shop.item("Dealers", audience="partner")
    stranger, noor = await desk.tenant.contact(), await desk.tenant.consumer()
    dealer = await desk.tenant.account("Dealer", is_partner=True)
    partner = Actor(
        world,
        Caller(
            tenant_id=desk.tenant.id, audience="partner", roles=frozenset({"partner"}),
            attributes={"account_id": UUID(str(dealer["id"]))},
        ),
    )  # fmt: skip
    assert await names(desk.contact) == ["Call me back", "Move the router"]
    assert await names(stranger) == await names(noor) == ["Call me back"]
    assert await names(partner) == ["Call me back", "Dealers"]
    assert await names(a_visitor(world, desk.tenant)) == ["Call me back"]
    assert await names(desk.agent) == [
        "Call me back", "Dealers", "Inside", "Move the router", "Oil the turbine",
    ]  # fmt: skip
    assert await names(stranger, q="router") == []
    with pytest.raises(NotFound):
        await desk.contact.read("catalog_items", hidden["id"])
    with pytest.raises(Forbidden):
        await a_visitor(world, desk.tenant).do("catalog_items.request", hidden["id"])
    shown = await desk.contact.read(
        "catalog_items", (await desk.contact.list("catalog_items"))[1]["id"]
    )
    assert "assignment_group_id" not in shown
    links = await desk.contact.list("product_catalog_items")
    assert [row["product_model_id"] for row in links] == [desk.model["id"]]


async def test_what_can_be_requested_stands_on_the_products_page(desk: Desk) -> None:
    shop = await a_shop(desk)
    item = await shop.move()
    await shop.item("Call me back")
    told = await desk.contact.do("sold_products.requestable", desk.router["id"])
    assert [(each.id, each.name) for each in told.items] == [(item["id"], "Move the router")]
    stranger = await desk.tenant.contact()
    with pytest.raises(NotFound):
        await stranger.do("sold_products.requestable", desk.router["id"])


async def test_agents_request_for_the_customer_they_name(desk: Desk) -> None:
    shop = await a_shop(desk)
    item = await shop.move()
    made = await desk.agent.do(
        "catalog_items.request", item["id"], answers={"city": "Bonn"},
        contact_id=desk.contact_id, sold_product_id=str(desk.router["id"]),
    )  # fmt: skip
    case = await desk.admin.read("cases", made["case_id"])
    assert (str(case["contact_id"]), case["account_id"]) == (desk.contact_id, desk.account["id"])
    assert made["requested_by_id"] == desk.agent.profile_id
    with pytest.raises(Invalid) as refused:
        await desk.agent.do(
            "catalog_items.request", item["id"], answers={"city": "Bonn"},
            contact_id=str(UUID(int=7)), sold_product_id=str(desk.router["id"]),
        )  # fmt: skip
    assert [fault.pointer for fault in refused.value.faults] == ["/contact_id"]


async def test_a_link_gives_an_item_its_readers_and_the_last_one_gone_gives_all(
    desk: Desk,
) -> None:
    shop = await a_shop(desk)
    item = await shop.item("Move the router", desk.model)
    stranger = await desk.tenant.contact()
    assert (item["for_owners"], await names(stranger)) == (True, [])
    (link,) = await desk.admin.list("product_catalog_items")
    with pytest.raises(Duplicate):
        await desk.admin.do(
            "product_catalog_items.create", catalog_item_id=str(item["id"]),
            product_model_id=str(desk.model["id"]),
        )  # fmt: skip
    await desk.admin.do("product_catalog_items.delete", link["id"])
    assert await names(stranger) == ["Move the router"]


async def test_a_closed_catalogue_offers_nothing(desk: Desk) -> None:
    shop = await a_shop(desk)
    item = await shop.item("Call me back")
    await desk.admin.do("catalogs.update", shop.catalog["id"], active=False)
    assert await names(desk.contact) == []
    assert await desk.contact.list("catalogs") == []
    assert await desk.contact.list("catalog_categories") == []
    with pytest.raises(ItemNotPublished):
        await desk.admin.do("catalog_items.request", item["id"], contact_id=desk.contact_id)
    late = await shop.item("Published meanwhile")
    assert late["offered"] is False
    await desk.admin.do("catalogs.update", shop.catalog["id"], active=True)
    assert await names(desk.contact) == ["Call me back", "Published meanwhile"]
    await desk.admin.do("catalog_items.retire", item["id"])
    assert await names(desk.contact) == ["Published meanwhile"]
    with pytest.raises(ItemWasPublished):
        await desk.admin.do("catalog_items.delete", item["id"])


async def test_categories_nest_within_their_catalogue(desk: Desk) -> None:
    shop = await a_shop(desk)
    here = str(shop.catalog["id"])
    below = await desk.admin.do(
        "catalog_categories.create", catalog_id=here, name="Far moves",
        parent_id=str(shop.category["id"]),
    )  # fmt: skip
    with pytest.raises(CategoryCycle):
        await desk.admin.do(
            "catalog_categories.update", shop.category["id"], parent_id=str(below["id"])
        )
    elsewhere = await desk.admin.do("catalogs.create", name="Elsewhere")
    with pytest.raises(Invalid):
        await desk.admin.do(
            "catalog_categories.create", catalog_id=str(elsewhere["id"]), name="Stray",
            parent_id=str(shop.category["id"]),
        )  # fmt: skip
    with pytest.raises(Duplicate):
        await desk.admin.do("catalog_categories.create", catalog_id=here, name="Moves")
    with pytest.raises(StillReferenced):
        await desk.admin.do("catalog_categories.delete", shop.category["id"])
    seen = await desk.contact.list("catalog_categories", parent_id=str(shop.category["id"]))
    assert [row["name"] for row in seen] == ["Far moves"]


async def test_a_form_with_faults_is_not_kept(desk: Desk) -> None:
    shop = await a_shop(desk)
    with pytest.raises(Invalid) as refused:
        await shop.item("Odd", form=[{"name": "a", "label": "A", "kind": "choice"}])
    assert [fault.pointer for fault in refused.value.faults] == ["/form/0/choices"]
    assert await desk.admin.list("catalog_items") == []
