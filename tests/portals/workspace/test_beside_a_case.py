"""What an agent does with a case beside talking: tasks, escalation, macros, and the clocks."""

import re

from tests.portals.workspace.furnishing import a_desk, at_desk
from tests.world import World


async def test_agent_gives_out_a_task_escalates_watches_and_sees_how_a_clock_adds_up(
    world: World,
) -> None:
    desk = await a_desk(world)
    browser = await at_desk(desk.jonas, desk.tenant)
    case = desk.cases["drops"]
    await browser.get(f"/workspace/cases/{desk.number}")
    assert f"/workspace/cases/{desk.number}/people?tab=work" in browser.page
    path = f"/workspace/cases/{desk.number}/people"
    await browser.get(f"{path}?tab=work")
    answer = await browser.post(f"{path}/panels/tasks", {"subject": "Measure the line"})
    assert answer.status_code == 303, browser.faults
    await browser.follow(answer)
    assert "Measure the line" in browser.text
    (task,) = await desk.tenant.admin.list("case_tasks", case_id=str(case["id"]))
    await browser.get(f"/workspace/work/case_tasks/{task['id']}")
    assert "Measure the line" in browser.text

    await browser.get(f"{path}?tab=work")
    refused = await browser.post(f"{path}/do/escalate", {"level": "1"})
    assert refused.status_code == 422
    assert browser.faults
    answer = await browser.post(f"{path}/do/escalate", {"reason": "The line is down again"})
    assert answer.status_code == 303, browser.faults
    await browser.get(f"{path}?tab=work")
    assert "The line is down again" in browser.text
    answer = await browser.post(f"{path}/do/watch", {})
    assert answer.status_code == 303, browser.faults
    await browser.get(f"{path}?tab=work")
    assert "Nobody watches it." not in browser.text

    clock = re.search(r'href="(/workspace/work/task_slas/[0-9a-f-]{36})"', browser.page)
    assert clock, browser.text
    await browser.get(f"{clock[1]}?tab=breakdown")
    assert "Working time" in browser.text
    assert "Promised" in browser.text


async def test_page_of_what_is_done_by_itself_shows_on_which_records(world: World) -> None:
    desk = await a_desk(world)
    admin = desk.tenant.admin
    automation = await admin.do(
        "automations.create", key="seen", name="Seen", event_types=["cases.escalated"],
        active=True, steps=[{"do": "act", "action": "cases.note", "body": {"body": "Seen"}}],
    )  # fmt: skip
    promise = await admin.do(
        "sla_definitions.create", name="Calls", milestones=[{"target": "called", "minutes": 60}]
    )
    case = await admin.do("cases.create", subject="The roof leaks")
    await admin.do("cases.escalate", case["id"], reason="It rains")
    await desk.tenant.world.work(desk.tenant, rounds=60)
    browser = await at_desk(await desk.tenant.member("admin", name="Ada Admin"), desk.tenant)
    for path in (f"automations/{automation['id']}", f"sla_definitions/{promise['id']}"):
        answer = await browser.get(f"/admin/{path}")
        assert (answer.status_code, "The roof leaks" in browser.text) == (200, True), path
    (run,) = await admin.list("automation_runs", automation_id=str(automation["id"]))
    await browser.get(f"/admin/automation_runs/{run['id']}")
    assert "1. Add a note: Done" in browser.text


async def test_macro_is_applied_from_the_case(world: World) -> None:
    desk = await a_desk(world)
    macro = await desk.tenant.admin.do(
        "macros.create", name="Measure", steps=[{"verb": "note", "values": {"body": "Measure it"}}]
    )
    browser = await at_desk(desk.jonas, desk.tenant)
    path = f"/workspace/cases/{desk.number}/people"
    await browser.get(path)
    assert "Measure" in browser.text
    answer = await browser.post(f"{path}/do/apply_macro", {"macro_id": str(macro["id"])})
    assert answer.status_code == 303, browser.faults
    await browser.get(f"/workspace/cases/{desk.number}")
    assert "Measure it" in browser.text
