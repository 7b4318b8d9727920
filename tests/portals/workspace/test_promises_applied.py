"""Promises of time on the pages: tried while they are written, applied to what runs already."""

import re

from tests.portals.workspace.furnishing import at_desk
from tests.portals.workspace.test_admin_forms import shown
from tests.world import World

NEW = "/admin/sla_definitions/new"
SCRIPT = {"X-Atrium-Fetch": "1"}


async def test_an_admin_defines_a_milestone_and_sees_how_its_rules_stand(world: World) -> None:
    tenant = await world.tenant()
    case = await tenant.admin.do("cases.create", subject="No light", priority=1)
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    await browser.get(NEW)
    form = shown(browser) | {
        "name": "On site", "milestones.0.target": "dispatch", "milestones.0.minutes": "60",
        "milestones.0.name": "On the way", "milestones.0.start_when": "task.priority == 1",
        "milestones.0.stop_when": "answered",
    }  # fmt: skip
    page = browser.page
    sample = {"do": "sample", "sample.record": case["number"]}
    await browser.post(NEW, form | sample, headers=SCRIPT)
    assert "On the way Running" in browser.text
    assert "Starts when task.priority == 1 Yes" in browser.text
    browser.page = page
    await browser.post(NEW, form | sample | {"sample.answered": "true"}, headers=SCRIPT)
    assert "On the way Ended" in browser.text
    browser.page = page
    await browser.post(NEW, form | {"do": "sample", "sample.record": "CS999"}, headers=SCRIPT)
    assert 'href="#sample.record"' in browser.page
    browser.page = page
    broken = form | {"milestones.0.start_when": "task.colour == 1"}
    await browser.post(NEW, broken | {"do": "sample"}, headers=SCRIPT)
    assert 'href="#milestones.0.start_when"' in browser.page
    assert await tenant.admin.list("sla_definitions") == []

    browser.page = page
    answer = await browser.post(NEW, form)
    assert answer.status_code == 303, browser.faults
    (made,) = await tenant.admin.list("sla_definitions")
    assert made["milestones"][0]["start_when"] == "task.priority == 1"
    urgent = await tenant.admin.do("cases.create", subject="Dark", priority=1)
    (clock,) = await tenant.admin.list("task_slas", record_id=str(urgent["id"]))
    assert (clock["target"], clock["state"]) == ("dispatch", "running")


async def test_a_changed_promise_leads_to_the_clocks_it_concerns_and_is_applied_there(
    world: World,
) -> None:
    tenant = await world.tenant()
    made = await tenant.admin.do("sla_definitions.create", name="All", resolution_minutes=240)
    cases = [await tenant.admin.do("cases.create", subject=f"Case {n}") for n in range(2)]
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    path = f"/admin/sla_definitions/{made['id']}"
    await browser.get(f"{path}/edit")
    answer = await browser.post(f"{path}/edit", shown(browser) | {"resolution_minutes": "480"})
    assert answer.headers["location"] == f"{path}?tab=running"
    await browser.follow(answer)
    assert "Saved. 2 clocks run by it as it was." in browser.text
    assert "Clocks concerned 2" in browser.text
    assert len(re.findall(r"Solution", browser.text)) >= 2
    before = {row["due_at"] for row in await tenant.admin.list("task_slas")}
    await browser.follow(await browser.post(f"{path}/previews/running/apply", {}))
    assert "2 clocks were changed." in browser.text
    rows = await tenant.admin.list("task_slas")
    assert {row["target_minutes"] for row in rows} == {480}
    assert {row["due_at"] for row in rows}.isdisjoint(before)
    for case in cases:
        (clock,) = await tenant.admin.list("task_slas", record_id=str(case["id"]))
        kept = await tenant.admin.read("cases", case["id"])
        assert kept["due_at"] == clock["due_at"]
    await browser.get(f"{path}/edit")
    answer = await browser.post(f"{path}/edit", shown(browser))
    assert answer.headers["location"] == path


async def test_an_agent_applies_nothing(world: World) -> None:
    tenant = await world.tenant()
    made = await tenant.admin.do("sla_definitions.create", name="All", resolution_minutes=240)
    await tenant.admin.do("cases.create", subject="A case")
    browser = await at_desk(await tenant.member("agent_b2b", name="Jonas"), tenant)
    await browser.get("/workspace")
    before = await tenant.admin.list("task_slas")
    path = f"/admin/sla_definitions/{made['id']}/previews/running/apply"
    assert (await browser.post(path, {})).status_code == 403
    assert await tenant.admin.list("task_slas") == before
