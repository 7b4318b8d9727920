"""Cases at the desk: merged, taken apart again, moved along; and what the customer sees of it."""

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


async def test_agent_moves_a_case_along_the_stages_of_its_type(world: World) -> None:
    desk = await a_desk(await world.tenant())
    stages = [
        {"key": "reported", "name": "Reported", "state": "new", "next": ["diagnosis"]},
        {"key": "diagnosis", "name": "Diagnosis", "state": "in_progress"},
    ]
    kind = await desk.admin.do(
        "case_types.create", key="repair", name="Repair", portal_visible=True, stages=stages
    )
    case = await desk.case(case_type_id=str(kind["id"]))
    browser = await at_desk(desk.agent, desk.tenant)
    await browser.get(f"/workspace/cases/{case['number']}")
    assert "Reported" in browser.text
    answer = await browser.post(f"/workspace/cases/{case['number']}/do/move", {"to": "diagnosis"})
    await browser.follow(answer)
    assert "Diagnosis" in browser.text
    assert "Move on" not in browser.text
    assert (await desk.stored(case))["state"] == "in_progress"
