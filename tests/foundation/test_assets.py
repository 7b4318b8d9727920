"""Assets: one supported thing each, whose contacts look after it, and who sees it."""

from dataclasses import dataclass
from typing import Any

import pytest

from backend.foundation.contacts.resources import contacts
from backend.platform.responsibilities.holding import hold
from infra.kernel.errors import Duplicate, Forbidden, Invalid, NotFound, StillReferenced
from tests.foundation.kin import Kin
from tests.security.neighbours import bearing
from tests.service.desk import Desk, a_desk, same
from tests.world import Actor, Tenant, World


@dataclass
class Shop:
    """A company with two routers that are assets, and two people who use them."""

    desk: Desk
    first: dict[str, Any]
    second: dict[str, Any]
    colleague: Actor

    @property
    def tenant(self) -> Tenant:
        return self.desk.tenant

    @property
    def contact(self) -> Actor:
        return self.desk.contact

    async def assign(self, asset: dict[str, Any], contact: Actor) -> dict[str, Any]:
        tie: dict[str, Any] = await self.tenant.admin.do(
            "asset_contacts.create", asset_id=str(asset["id"]), contact_id=contact_id(contact)
        )
        return tie

    async def narrow(self, *, by_contact: bool) -> None:
        """Set whether outside people see only the assets that they are contacts of."""
        told = await self.tenant.admin.http().patch(
            "/api/v1/settings", json={"assets_by_contact_only": by_contact}
        )
        assert told.status_code == 200

    async def now(self, actor: Actor) -> Actor:
        """The actor with what they may do by now."""
        return await self.tenant.world.actor(self.tenant, actor.profile_id)

    async def seen_by(self, actor: Actor) -> list[str]:
        return [row["name"] for row in await (await self.now(actor)).list("assets")]


def contact_id(actor: Actor) -> str:
    return str(actor.caller.attributes["contact_id"])


async def a_shop(world: World) -> Shop:
    desk = await a_desk(await world.tenant())
    made = [
        await desk.admin.do(
            "assets.create",
            name=name,
            account_id=str(desk.account["id"]),
            product_model_id=str(desk.model["id"]),
            serial_number=f"R7-{name}",
        )
        for name in ("Counter", "Office")
    ]
    colleague = await desk.tenant.contact(desk.account, name="Colleague")
    return Shop(desk, made[0], made[1], colleague)


async def test_what_an_asset_is_sold_and_installed_as_says_whose_it_is(world: World) -> None:
    desk = await a_desk(await world.tenant())
    item = await desk.admin.do(
        "install_base_items.create", name="In the cellar", sold_product_id=str(desk.router["id"])
    )
    asset = await desk.admin.do(
        "assets.create", name="Router", install_base_item_id=str(item["id"]), asset_tag="T-1"
    )
    assert same(asset["account_id"], desk.account["id"])
    assert same(asset["sold_product_id"], desk.router["id"])
    assert same(asset["product_model_id"], desk.model["id"])
    assert (asset["state"], asset["number"][:3]) == ("in_use", "AST")
    with pytest.raises(Duplicate):
        await desk.admin.do(
            "assets.create", name="Twin", sold_product_id=str(desk.router["id"]), asset_tag="T-1"
        )


async def test_an_asset_of_several_customers_or_products_is_refused(world: World) -> None:
    desk = await a_desk(await world.tenant())
    other = await desk.tenant.account("Other")
    model = await desk.admin.do("product_models.create", name="S", code="S", kind="software")
    site = await desk.admin.do(
        "locations.create",
        account_id=str(other["id"]),
        name="Site",
        line1="Road 1",
        city="Oslo",
        country="NO",
    )
    with pytest.raises(Invalid) as refused:
        await desk.admin.do(
            "assets.create",
            name="Mixed",
            account_id=str(other["id"]),
            product_model_id=str(model["id"]),
            sold_product_id=str(desk.router["id"]),
            location_id=str(site["id"]),
        )
    assert {fault.pointer for fault in refused.value.faults} == {
        "/sold_product_id",
        "/product_model_id",
    }
    with pytest.raises(Invalid) as refused:
        await desk.admin.do("assets.create", name="Nobody's")
    assert {fault.pointer for fault in refused.value.faults} == {
        "/account_id",
        "/product_model_id",
    }
    assert await desk.admin.list("assets") == []


async def test_everybody_of_the_account_sees_all_its_assets(world: World) -> None:
    shop = await a_shop(world)
    stranger = await shop.tenant.contact()
    await shop.assign(shop.first, shop.contact)
    for actor in (shop.contact, shop.colleague):
        assert await shop.seen_by(actor) == ["Counter", "Office"]
    assert await shop.seen_by(stranger) == []


async def test_with_the_setting_on_my_assets_are_those_i_am_a_contact_of(world: World) -> None:
    shop = await a_shop(world)
    admin = await shop.tenant.contact(shop.desk.account, "customer_admin", name="Boss")
    tie = await shop.assign(shop.first, shop.contact)
    await shop.narrow(by_contact=True)
    assert await shop.seen_by(shop.contact) == ["Counter"]
    assert await shop.seen_by(shop.colleague) == await shop.seen_by(admin) == []
    with pytest.raises(NotFound):
        await (await shop.now(shop.colleague)).read("assets", shop.first["id"])
    assert len(await shop.desk.agent.list("assets")) == 2
    await shop.tenant.admin.do("asset_contacts.delete", tie["id"])
    assert await shop.seen_by(shop.contact) == []
    await shop.narrow(by_contact=False)
    assert await shop.seen_by(shop.colleague) == ["Counter", "Office"]


async def test_the_setting_holds_for_whoever_is_signed_in_already(world: World) -> None:
    shop = await a_shop(world)
    await shop.assign(shop.first, shop.contact)
    http = await bearing(world, shop.contact)
    names = [row["name"] for row in (await http.get("/api/v1/assets")).json()["data"]]
    assert names == ["Counter", "Office"]
    await shop.narrow(by_contact=True)
    names = [row["name"] for row in (await http.get("/api/v1/assets")).json()["data"]]
    assert names == ["Counter"]
    assert (await http.get(f"/api/v1/assets/{shop.second['id']}")).status_code == 404
    told = await http.get("/api/v1/search", params={"q": "Office"})
    assert told.json()["data"] == []


async def test_the_setting_narrows_what_a_responsibility_on_the_account_gives(
    world: World,
) -> None:
    shop = await a_shop(world)
    outsider = await shop.tenant.contact(name="Representative")
    (given,) = await shop.tenant.admin.list("responsibilities", key="account_representative")
    async with world.services.system(shop.tenant.id, reason="test") as ctx:
        await hold(
            ctx,
            source=await ctx.find(contacts, contact_id(outsider)),
            responsibility_id=given["id"],
            holder_id=outsider.caller.attributes["contact_id"],
            anchor_kind="accounts",
            anchor_id=shop.desk.account["id"],
        )
    assert await shop.seen_by(outsider) == ["Counter", "Office"]
    await shop.narrow(by_contact=True)
    assert await shop.seen_by(outsider) == []


async def test_with_the_setting_on_a_new_case_names_only_assets_of_ones_own(
    world: World,
) -> None:
    shop = await a_shop(world)
    await shop.assign(shop.first, shop.contact)
    colleague = await shop.now(shop.colleague)
    case = await colleague.do("cases.create", subject="Dead", asset_id=str(shop.first["id"]))
    assert same(case["asset_id"], shop.first["id"])
    await shop.narrow(by_contact=True)
    colleague, contact = await shop.now(shop.colleague), await shop.now(shop.contact)
    with pytest.raises(Invalid) as refused:
        await colleague.do("cases.create", subject="Dead", asset_id=str(shop.first["id"]))
    assert [(f.pointer, f.code) for f in refused.value.faults] == [("/asset_id", "not_found")]
    with pytest.raises(Invalid):
        await contact.do("cases.create", subject="Dead", asset_id=str(shop.second["id"]))
    await contact.do("cases.create", subject="Dead again", asset_id=str(shop.first["id"]))
    cases = await shop.tenant.admin.list("cases", asset_id=str(shop.first["id"]))
    assert [row["subject"] for row in cases] == ["Dead again", "Dead"]


async def test_a_case_about_an_asset_knows_what_it_is_and_what_is_owed(world: World) -> None:
    desk = await a_desk(await world.tenant())
    asset = await desk.admin.do(
        "assets.create", name="Router", sold_product_id=str(desk.router["id"])
    )
    case = await desk.agent.do("cases.create", subject="Dead", asset_id=str(asset["id"]))
    assert same(case["account_id"], desk.account["id"])
    assert same(case["sold_product_id"], desk.router["id"])
    assert same(case["product_model_id"], desk.model["id"])
    assert same(case["contract_id"], desk.contract["id"])
    assert case["entitlement_status"] == "uncovered_channel"
    mine = await desk.contact.do("cases.create", subject="Dead", asset_id=str(asset["id"]))
    assert mine["entitlement_status"] == "verified"
    beside = await desk.agent.do("cases.context", case["id"])
    assert (beside.asset.name, beside.asset.state) == ("Router", "in_use")
    told = await desk.agent.do("cases.update", case["id"], asset_id=None)
    assert (told["asset_id"], told["sold_product_id"], told["contract_id"]) == (None, None, None)


async def test_a_case_and_its_asset_are_of_one_customer_and_one_product(world: World) -> None:
    shop = await a_shop(world)
    desk = shop.desk
    asset = await desk.admin.do(
        "assets.create", name="Router", sold_product_id=str(desk.router["id"])
    )
    other = await desk.tenant.account("Other")
    twin = await desk.admin.do(
        "sold_products.create",
        name="Twin",
        account_id=str(desk.account["id"]),
        product_model_id=str(desk.model["id"]),
    )
    for values, code in (
        ({"account_id": str(other["id"])}, "other_customer"),
        ({"sold_product_id": str(twin["id"])}, "other_product"),
    ):
        with pytest.raises(Invalid) as refused:
            await desk.admin.do("cases.create", subject="Dead", asset_id=str(asset["id"]), **values)
        assert ("/asset_id", code) in [(f.pointer, f.code) for f in refused.value.faults]
    assert await desk.admin.list("cases") == []


async def test_contacts_of_an_asset_are_people_of_its_account(world: World) -> None:
    shop = await a_shop(world)
    stranger = await shop.tenant.contact(name="Stranger")
    told = await shop.desk.agent.do("assets.selectable_contacts", shop.first["id"])
    assert {one.name for one in told.data} == {"Maya Lindqvist", "Colleague"}
    assert told.next is None
    page = await shop.desk.agent.do("assets.selectable_contacts", shop.first["id"], limit=1)
    rest = await shop.desk.agent.do(
        "assets.selectable_contacts", shop.first["id"], after=str(page.next)
    )
    assert [one.id for one in (*page.data, *rest.data)] == [one.id for one in told.data]
    with pytest.raises(Invalid) as refused:
        await shop.assign(shop.first, stranger)
    assert [(f.pointer, f.code) for f in refused.value.faults] == [
        ("/contact_id", "not_selectable")
    ]
    await shop.assign(shop.first, shop.colleague)
    with pytest.raises(Duplicate):
        await shop.assign(shop.first, shop.colleague)
    with pytest.raises(Forbidden):
        await shop.contact.do(
            "asset_contacts.create",
            asset_id=str(shop.first["id"]),
            contact_id=contact_id(shop.contact),
        )
    assert len(await shop.tenant.admin.list("asset_contacts")) == 1


async def test_a_customers_administrator_gives_assets_to_the_own_people(world: World) -> None:
    shop = await a_shop(world)
    boss = await shop.tenant.contact(shop.desk.account, "customer_admin", name="Boss")
    tie = await boss.do(
        "asset_contacts.create",
        asset_id=str(shop.first["id"]),
        contact_id=contact_id(shop.colleague),
    )
    elsewhere = await shop.tenant.contact(None, "customer_admin", name="Other boss")
    with pytest.raises(NotFound):
        await elsewhere.do("asset_contacts.delete", tie["id"])
    with pytest.raises(Invalid):
        await elsewhere.do(
            "asset_contacts.create",
            asset_id=str(shop.first["id"]),
            contact_id=contact_id(elsewhere),
        )
    await boss.do("asset_contacts.delete", tie["id"])
    assert await shop.tenant.admin.list("asset_contacts") == []


async def test_a_consumers_asset_is_theirs_and_has_no_contacts(world: World) -> None:
    shop = await a_shop(world)
    noor = await shop.tenant.consumer()
    asset = await shop.tenant.admin.do(
        "assets.create",
        name="At home",
        consumer_id=str(noor.caller.attributes["consumer_id"]),
        product_model_id=str(shop.desk.model["id"]),
    )
    await shop.narrow(by_contact=True)
    assert await shop.seen_by(noor) == ["At home"]
    with pytest.raises(Invalid):
        await shop.assign(asset, shop.contact)


async def test_an_asset_with_cases_stays_and_one_without_goes_with_its_ties(world: World) -> None:
    shop = await a_shop(world)
    await shop.assign(shop.first, shop.contact)
    await shop.assign(shop.second, shop.contact)
    await shop.contact.do("cases.create", subject="Dead", asset_id=str(shop.first["id"]))
    with pytest.raises(StillReferenced):
        await shop.tenant.admin.do("assets.delete", shop.first["id"])
    assert len(await shop.tenant.admin.list("asset_contacts")) == 2
    await shop.tenant.admin.do("assets.delete", shop.second["id"])
    assert [row["name"] for row in await shop.tenant.admin.list("assets")] == ["Counter"]
    assert len(await shop.tenant.admin.list("held_responsibilities")) == 1


async def test_partners_and_those_who_act_for_the_owner_may_be_contacts(world: World) -> None:
    shop = await a_shop(world)
    relations = Kin(world, shop.desk)
    partner = await relations.partner_of(shop.desk.account)
    engineer = await shop.tenant.contact(partner, name="Engineer")
    affiliate = await shop.tenant.account("Affiliate")
    await relations.relate("Affiliate of", affiliate, shop.desk.account)
    bookkeeper = await shop.tenant.contact(affiliate, name="Bookkeeper")
    keeper = await shop.tenant.contact(affiliate, name="Keeper")
    await relations.stands_for(keeper, shop.desk.account)
    told = await shop.desk.agent.do("assets.selectable_contacts", shop.first["id"])
    assert {one.name for one in told.data} == {
        "Maya Lindqvist",
        "Colleague",
        "Engineer",
        "Keeper",
    }
    with pytest.raises(Invalid):
        await shop.assign(shop.first, bookkeeper)
    for contact in (engineer, keeper):
        await shop.assign(shop.first, contact)
    assert await shop.seen_by(engineer) == ["Counter", "Office"], "all that the account has"
    await shop.narrow(by_contact=True)
    for contact in (engineer, keeper):
        assert await shop.seen_by(contact) == ["Counter"]
    assert await shop.seen_by(shop.contact) == []


async def test_an_asset_leaves_a_partner_who_parts_with_its_owner(world: World) -> None:
    shop = await a_shop(world)
    relations = Kin(world, shop.desk)
    partner = await shop.tenant.account("Bay", is_partner=True)
    related = await relations.relate("Partner of", partner, shop.desk.account)
    engineer = await shop.tenant.contact(partner, name="Engineer")
    branch = await shop.tenant.account("Branch", parent_id=str(shop.desk.account["id"]))
    keeper = await shop.tenant.contact(branch, name="Keeper")
    acting = await relations.stands_for(keeper, shop.desk.account)
    for contact in (engineer, keeper, shop.contact):
        await shop.assign(shop.first, contact)
    await shop.narrow(by_contact=True)
    await shop.tenant.admin.do("account_relationships.end", related["id"])
    await world.work(shop.tenant)
    assert await shop.seen_by(engineer) == []
    assert await shop.seen_by(keeper) == ["Counter"]
    await shop.tenant.admin.do("contact_relationships.delete", acting["id"])
    await world.work(shop.tenant)
    assert await shop.seen_by(keeper) == []
    assert await shop.seen_by(shop.contact) == ["Counter"]
    assert len(await shop.tenant.admin.list("asset_contacts")) == 1
