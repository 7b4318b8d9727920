"""Somebody who stands for another company or consumer asks in their name, on the same page."""

import pytest_asyncio

from tests.foundation.kin import Kin, kin
from tests.portals.browsing import browser_of
from tests.world import World

LABEL = "Who is it for?"


@pytest_asyncio.fixture
async def of(world: World) -> Kin:
    return await kin(world)


async def test_a_contact_says_for_which_company_a_case_is(of: Kin) -> None:
    tenant = of.desk.tenant
    partner = await of.partner_of(of.desk.account)
    home = await tenant.account("Lighthouse")
    await of.relate("Affiliate of", home, partner)
    carla = await tenant.contact(home, name="Carla")
    browser = await browser_of(carla, tenant)
    await browser.get("/cases/new")
    assert LABEL not in browser.text
    tie = await of.stands_for(carla, partner)
    await browser.get("/cases")
    await browser.get("/cases/new")
    assert LABEL in browser.text
    assert "Bay Integrators" in browser.text
    words = {"subject": "For them", "description": "No light."}
    answer = await browser.post("/cases/new", words | {"customer": f"accounts:{partner['id']}"})
    await browser.follow(answer)
    assert "We have it and write to you." in browser.text
    await browser.get("/cases/new")
    await browser.post("/cases/new", words | {"subject": "Mine", "customer": ""})
    cases = {row["subject"]: row for row in await of.admin.list("cases")}
    assert str(cases["For them"]["account_id"]) == str(partner["id"])
    assert cases["For them"]["contact_id"] is None
    assert str(cases["Mine"]["account_id"]) == str(home["id"])
    number = cases["For them"]["number"]
    assert (await browser.get(f"/cases/{number}")).status_code == 200
    said = await browser.post(f"/cases/{number}/comments", {"body": "One more thing"})
    assert said.status_code == 303

    await of.admin.do("contact_relationships.end", tie["id"])
    assert (await browser.get(f"/cases/{number}")).status_code == 404
    await browser.get("/cases/new")
    assert LABEL not in browser.text
    again = await browser.post("/cases/new", words | {"customer": f"accounts:{partner['id']}"})
    assert again.status_code == 422
    assert 'value="For them"' in browser.page
    assert len(await of.admin.list("cases")) == 2


async def test_a_representative_asks_for_another_consumer(of: Kin) -> None:
    noor, rami = await of.desk.tenant.consumer(), await of.desk.tenant.consumer(name="Rami")
    await of.admin.do(
        "consumer_relationships.create",
        consumer_id=str(noor.caller.attributes["consumer_id"]),
        representative_id=str(rami.caller.attributes["consumer_id"]),
        responsibility_id=await of.responsibility("authorized_representative"),
    )
    browser = await browser_of(rami, of.desk.tenant)
    await browser.get("/cases/new")
    assert "Noor Haddad" in browser.text
    noors = noor.caller.attributes["consumer_id"]
    await browser.post(
        "/cases/new",
        {"subject": "Her card", "description": "Lost", "customer": f"consumers:{noors}"},
    )
    await browser.get("/cases/new")
    (case,) = await noor.list("cases")
    assert (case["subject"], case["consumer_id"]) == ("Her card", noors)
    refused = await browser.post(
        "/cases/new", {"subject": "x", "description": "y", "customer": "accounts:nonsense"}
    )
    assert refused.status_code == 422
