"""Merging cases at the desk, and what the customer sees of it."""

from tests.portals.browsing import browser_of
from tests.portals.workspace.furnishing import at_desk
from tests.service.desk import a_desk
from tests.world import World


async def test_agent_merges_two_cases_and_takes_it_back(world: World) -> None:
    desk = await a_desk(await world.tenant())
    first, second = await desk.case(), await desk.case(subject="Router is dark")
    browser = await at_desk(desk.agent, desk.tenant)
    await browser.get(f"/workspace/cases/{first['number']}")
    assert f"/workspace/cases/{first['number']}/merge" in browser.page
    await browser.get(f"/workspace/cases/{first['number']}/merge")
    assert second["number"] in browser.text
    answer = await browser.post(
        f"/workspace/cases/{first['number']}/merge", {"case": str(second["id"])}
    )
    await browser.follow(answer)
    assert "They are one case now." in browser.text
    await browser.get(f"/workspace/cases/{second['number']}")
    assert f"goes on in {first['number']}" in browser.text
    assert "Resolve" not in browser.text
    portal = await browser_of(desk.contact, desk.tenant)
    await portal.get(f"/cases/{second['number']}")
    assert f"We go on with it in {first['number']}" in portal.text
    answer = await browser.post(f"/workspace/cases/{second['number']}/do/unmerge", {})
    await browser.follow(answer)
    assert "goes on in" not in browser.text
    assert (await desk.stored(second))["state"] == "new"
