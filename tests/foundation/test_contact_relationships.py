"""A contact belongs to one account and stands for others: who may be chosen, and what follows."""

from datetime import timedelta

import httpx2
import pytest
import pytest_asyncio

from infra.kernel.errors import Duplicate, Forbidden, Invalid, NotFound
from tests.foundation.kin import Kin, ids, kin
from tests.world import Actor, World


@pytest_asyncio.fixture
async def of(world: World) -> Kin:
    return await kin(world)


async def choice(phone: httpx2.AsyncClient, account_id: object, **query: str) -> list[str]:
    """The names of all who may be chosen, page by page."""
    found: list[str] = []
    after: dict[str, str] = {}
    while True:
        place = f"/api/v1/accounts/{account_id}/selectable_contacts"
        page = await phone.get(place, params={"limit": "2"} | query | after)
        assert page.status_code == 200, page.text
        found += [row["name"] for row in page.json()["data"]]
        if page.json()["next"] is None:
            return found
        after = {"after": page.json()["next"]}


async def a_family(of: Kin) -> dict[str, Actor]:
    """Contacts of the account itself, of its hierarchy, of related accounts, and of strangers."""
    tenant, own = of.desk.tenant, of.desk.account
    top = await tenant.account("Group", code="GROUP")
    await of.admin.do("accounts.update", own["id"], parent_id=str(top["id"]))
    sister = await tenant.account("Sister", parent_id=str(top["id"]))
    below = await tenant.account("Branch", parent_id=str(own["id"]))
    partner = await of.partner_of(own)
    affiliate = await tenant.account("Affiliate")
    await of.relate("Affiliate of", own, affiliate)
    past = await tenant.account("Was a partner", is_partner=True)
    over = await of.relate("Partner of", past, own)
    await of.admin.do("account_relationships.end", over["id"])
    sisters_partner = await of.partner_of(sister)
    stranger = await tenant.account("Stranger")
    like_the_group = await tenant.account("Looks like the group", code="GROUP2")
    homes = {
        "Top": top, "Sister": sister, "Below": below, "Partner": partner, "Affiliate": affiliate,
        "Past": past, "Sisters partner": sisters_partner, "Stranger": stranger,
        "Group2": like_the_group,
    }  # fmt: skip
    return {name: await tenant.contact(home, name=name) for name, home in homes.items()}


SELECTABLE = ["Affiliate", "Below", "Partner", "Sister", "Top"]


async def test_who_may_be_chosen_are_contacts_of_related_accounts_and_the_hierarchy(
    of: Kin,
) -> None:
    people = await a_family(of)
    manager = await of.http(await of.desk.tenant.member("service_manager"))
    own = of.desk.account["id"]
    assert await choice(manager, own) == SELECTABLE
    assert await choice(manager, own, q="part") == ["Partner"]
    top = people["Top"].caller.attributes["contact_id"]
    await of.admin.do("contacts.update", top, state="inactive")
    assert await choice(manager, own) == SELECTABLE[:-1]
    agent = await of.http(of.desk.agent)
    refused = await agent.get(f"/api/v1/accounts/{own}/selectable_contacts")
    assert refused.status_code == 403


async def test_nobody_else_can_be_chosen(of: Kin) -> None:
    people = await a_family(of) | {"Own": of.desk.contact}
    refused = []
    for name, person in people.items():
        if name in SELECTABLE:
            await of.stands_for(person, of.desk.account)
            continue
        with pytest.raises(Invalid) as fault:
            await of.stands_for(person, of.desk.account)
        refused.append((fault.value.faults[0].pointer, fault.value.faults[0].code))
    assert refused == [("/contact_id", "not_selectable")] * 5
    assert len(await of.admin.list("contact_relationships")) == len(SELECTABLE)
    assert len(
        await of.admin.list("held_responsibilities", source_kind="contact_relationships")
    ) == len(SELECTABLE)


async def test_a_contact_keeps_one_home_and_acts_for_a_further_account_in_the_portal(
    of: Kin,
) -> None:
    tenant = of.desk.tenant
    home = await of.partner_of(of.desk.account)
    other = await tenant.account("Lighthouse Group")
    await of.relate("Affiliate of", home, other)
    carla = await tenant.contact(other, name="Carla")
    phone = await of.http(carla)
    account_id = str(home["id"])
    place = "/api/v1/cases"
    before = await phone.post(place, json={"subject": "Early", "account_id": account_id})
    assert before.status_code == 422
    tie = await of.stands_for(carla, home)

    opened = await phone.post(place, json={"subject": "For them", "account_id": account_id})
    assert opened.status_code == 201, opened.text
    case = opened.json()
    assert (case["account_id"], case["contact_id"], case["channel"]) == (account_id, None, "portal")
    mine = await phone.post(place, json={"subject": "My own"})
    assert mine.json()["account_id"] == str(other["id"])
    assert ids(await phone.get(place)) == {case["id"], mine.json()["id"]}
    draft = await phone.post(
        place, json={"subject": "Draft", "account_id": account_id, "draft": True}
    )
    changed = await phone.patch(f"{place}/{draft.json()['id']}", json={"subject": "Better"})
    assert (changed.status_code, changed.json()["subject"]) == (200, "Better")
    closed = await phone.post(f"{place}/{case['id']}/cancel", json={})
    assert closed.status_code == 200, closed.text
    seen = await carla.read("contacts", carla.caller.attributes["contact_id"])
    assert str(seen["account_id"]) == str(other["id"])

    await of.admin.do("contact_relationships.end", tie["id"])
    assert ids(await phone.get(place)) == {mine.json()["id"]}
    for method, path, body in (
        ("GET", f"{place}/{case['id']}", None),
        ("PATCH", f"{place}/{draft.json()['id']}", {"subject": "Worse"}),
        ("POST", f"{place}/{case['id']}/comment", {"body": "Hm"}),
    ):
        answer = await phone.request(method, path, json=body)
        assert answer.status_code == 404, (path, answer.text)
    after = await phone.post(place, json={"subject": "Late", "account_id": account_id})
    assert after.status_code in {403, 422}
    assert (await of.admin.read("cases", draft.json()["id"]))["subject"] == "Better"


async def test_what_a_contact_chooses_says_for_whom_the_case_is(of: Kin) -> None:
    """In the portal one picks a product, and need not know which company is named beside it."""
    partner = await of.desk.tenant.account("Bay", is_partner=True)
    pia = await of.desk.tenant.contact(partner)
    router = {"subject": "No light", "sold_product_id": str(of.desk.router["id"])}
    phone = await of.http(pia)
    assert (await phone.post("/api/v1/cases", json=router)).status_code == 422
    await of.relate("Partner of", partner, of.desk.account)
    opened = await phone.post("/api/v1/cases", json=router)
    assert opened.status_code == 201, opened.text
    assert opened.json()["account_id"] == str(of.desk.account["id"])
    assert opened.json()["contact_id"] is None
    item = await of.admin.do(
        "install_base_items.create", name="Rack 4", sold_product_id=str(of.desk.router["id"])
    )
    again = await phone.post(
        "/api/v1/cases", json={"subject": "Rack", "install_base_item_id": str(item["id"])}
    )
    assert again.json()["account_id"] == str(of.desk.account["id"])
    plain = await phone.post("/api/v1/cases", json={"subject": "My own"})
    assert plain.json()["account_id"] == str(partner["id"])


async def test_a_contact_has_several_responsibilities_for_one_account(of: Kin) -> None:
    partner = await of.partner_of(of.desk.account)
    pia = await of.desk.tenant.contact(partner)
    first = await of.stands_for(pia, of.desk.account)
    await of.stands_for(pia, of.desk.account, "account_administrator")
    with pytest.raises(Duplicate):
        await of.stands_for(pia, of.desk.account)
    assert len(await pia.list("contact_relationships")) == 2
    await of.admin.do("contact_relationships.end", first["id"])
    again = await of.stands_for(pia, of.desk.account)
    assert again["id"] != first["id"]
    states = [row["state"] for row in await pia.list("contact_relationships")]
    assert sorted(states) == ["active", "active", "ended"]


async def test_every_fault_of_a_contact_relationship_is_named_at_once(of: Kin) -> None:
    stranger = await of.desk.tenant.contact()
    with pytest.raises(Invalid) as refused:
        await of.admin.do(
            "contact_relationships.create",
            contact_id=str(stranger.caller.attributes["contact_id"]),
            account_id=str(of.desk.account["id"]),
            responsibility_id=await of.responsibility("account_manager"),
            ends_on="2020-01-01",
        )
    assert [(f.pointer, f.code) for f in refused.value.faults] == [
        ("/ends_on", "past"),
        ("/responsibility_id", "wrong_kind"),
        ("/contact_id", "not_selectable"),
    ]
    assert await of.admin.list("contact_relationships") == []


async def test_a_relationship_ends_after_its_last_day(of: Kin) -> None:
    partner = await of.partner_of(of.desk.account)
    chosen = await of.desk.tenant.contact(partner)
    tie = await of.stands_for(chosen, of.desk.account)
    day = of.world.services.database.now().date()
    await of.admin.do("contact_relationships.update", tie["id"], ends_on=day.isoformat())
    async with of.world.services.system(of.desk.tenant.id, reason="test") as ctx:
        due = await ctx.fetchval(
            "SELECT run_at FROM jobs WHERE tenant_id = $1 AND name = 'relationships.end_on_date'",
            of.desk.tenant.id,
        )
        assert (due.date() - day).days == 1
        await ctx.execute(
            """UPDATE jobs SET run_at = now() - interval '1 minute'
                WHERE tenant_id = $1 AND name = 'relationships.end_on_date'""",
            of.desk.tenant.id,
        )
    await of.world.work(of.desk.tenant)
    assert (await of.admin.read("contact_relationships", tie["id"]))["state"] == "active"
    async with of.world.services.system(of.desk.tenant.id, reason="test") as ctx:
        await ctx.execute(
            "UPDATE contact_relationships SET ends_on = $2 WHERE tenant_id = $1",
            of.desk.tenant.id,
            day - timedelta(days=365),
        )
        ctx.enqueue(
            "relationships.end_on_date",
            {"collection": "contact_relationships", "record_id": str(tie["id"])},
        )
    await of.world.work(of.desk.tenant)
    assert (await of.admin.read("contact_relationships", tie["id"]))["state"] == "ended"
    held = await of.admin.list("held_responsibilities", source_kind="contact_relationships")
    assert held == []


async def test_service_managers_keep_relationships_and_agents_read_them(of: Kin) -> None:
    partner = await of.partner_of(of.desk.account)
    pia = await of.desk.tenant.contact(partner)
    manager = await of.desk.tenant.member("service_manager")
    made = await manager.do(
        "contact_relationships.create",
        contact_id=str(pia.caller.attributes["contact_id"]),
        account_id=str(of.desk.account["id"]),
        responsibility_id=await of.responsibility("account_representative"),
    )
    assert [row["id"] for row in await of.desk.agent.list("contact_relationships")] == [made["id"]]
    with pytest.raises(Forbidden):
        await of.desk.agent.do("contact_relationships.end", made["id"])
    with pytest.raises(Forbidden):
        await pia.do("contact_relationships.end", made["id"])
    boss = await of.desk.tenant.contact(of.desk.account, "customer_admin")
    assert [row["id"] for row in await boss.list("contact_relationships")] == [made["id"]]
    stranger = await of.desk.tenant.contact()
    assert await stranger.list("contact_relationships") == []
    with pytest.raises(NotFound):
        await stranger.read("contact_relationships", made["id"])
    await manager.do("contact_relationships.delete", made["id"])
    assert await of.admin.list("contact_relationships") == []
