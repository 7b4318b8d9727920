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


async def test_agent_marks_a_likely_duplicate_and_takes_it_back(world: World) -> None:
    desk = await a_desk(await world.tenant())
    first, second = await desk.case(), await desk.case(subject="No light on the router again")
    elsewhere = await desk.agent.do("cases.create", subject="Outage in Leith")
    browser = await at_desk(desk.agent, desk.tenant)
    await browser.get(f"/workspace/cases/{second['number']}")
    path = f"/workspace/cases/{second['number']}/duplicate"
    assert f'href="{path}"' in browser.page
    await browser.get(path)
    assert first["number"] in browser.text
    assert elsewhere["number"] not in browser.text
    await browser.get(f"{path}?q=Leith")
    assert elsewhere["number"] in browser.text
    refused = await browser.post(path, {"of": str(second["id"])})
    assert (refused.status_code, browser.faults) == (422, ["A case is no duplicate of itself"])
    assert (await desk.stored(second))["state"] == "new"
    await browser.follow(await browser.post(path, {"of": str(first["id"])}))
    assert f"It is a duplicate of {first['number']}" in browser.text
    assert "This was reported before" in browser.text
    await browser.get(f"/workspace/cases/{first['number']}/people?tab=ties")
    assert second["number"] in browser.text
    portal = await browser_of(desk.contact, desk.tenant)
    portal.http.cookies.set("locale", "de")
    await portal.get(f"/cases/{second['number']}")
    assert "Dies wurde schon gemeldet und wird dort bearbeitet." in portal.text
    await browser.get(f"/workspace/cases/{second['number']}")
    answer = await browser.post(f"/workspace/cases/{second['number']}/do/unmark_duplicate", {})
    await browser.follow(answer)
    assert "It is a duplicate of" not in browser.text
    assert (await desk.stored(second))["duplicate_of_id"] is None


async def test_agent_sees_what_a_macro_would_do_and_then_does_it(world: World) -> None:
    desk = await a_desk(await world.tenant())
    group = await desk.admin.do("groups.create", name="Second line")
    macro = await desk.admin.do(
        "macros.create", name="Hand up",
        steps=[{"verb": "note", "values": {"body": "Measured twice"}},
               {"verb": "assign", "values": {"assignment_group_id": str(group["id"])}},
               {"verb": "close", "values": {}}],
    )  # fmt: skip
    case = await desk.case()
    browser = await at_desk(desk.agent, desk.tenant)
    browser.http.cookies.set("locale", "de")
    await browser.get(f"/workspace/cases/{case['number']}/people?tab=work&do=apply_macro")
    assert f'<option value="{macro["id"]}">Hand up' in browser.page
    path = f"/workspace/cases/{case['number']}/people/do/apply_macro"
    answer = await browser.post(path, {"macro_id": str(macro["id"]), "do": "preview"})
    assert answer.status_code == 200
    for words in (
        "Was es bewirken würde", "Measured twice", "Second line",
        "Dieser Fall ist zurzeit nicht gelöst.", "Darum würde nichts davon getan.",
    ):  # fmt: skip
        assert words in browser.text, words
    assert (await desk.stored(case))["assignment_group_id"] is None
    refused = await browser.post(path, {"macro_id": str(macro["id"])})
    assert refused.status_code == 409
    steps = [{"verb": "note", "values": {"body": "Measured twice"}}]
    await desk.admin.do("macros.update", macro["id"], steps=steps)
    await browser.post(path, {"macro_id": str(macro["id"]), "do": "preview"})
    assert "Danach: Neu" in browser.text
    answer = await browser.post(path, {"macro_id": str(macro["id"])})
    assert answer.headers["location"] == f"/workspace/cases/{case['number']}"
    notes = [e["body"] for e in await desk.stream(case) if e["entry_type"] == "note"]
    assert notes == ["Measured twice"]


async def test_agent_escalates_sees_it_and_takes_it_back(world: World) -> None:
    desk = await a_desk(await world.tenant())
    case = await desk.case()
    browser = await at_desk(desk.agent, desk.tenant)
    path = f"/workspace/cases/{case['number']}"
    await browser.get(path)
    await browser.follow(await browser.post(f"{path}/do/escalate", {"reason": "Nobody comes"}))
    assert "(level 1): Nobody comes" in browser.text
    assert "Escalated. Nobody comes" in browser.text
    browser.http.cookies.set("locale", "de")
    await browser.get(path)
    assert "Eskaliert. Nobody comes" in browser.text
    await browser.follow(await browser.post(f"{path}/do/deescalate", {}))
    assert "Nobody comes" in browser.text  # the note stays
    assert 'id="escalation"' not in browser.page
    assert (await desk.stored(case))["escalated_at"] is None


async def test_agent_hands_a_case_to_a_colleague_who_also_watches_it(world: World) -> None:
    desk = await a_desk(await world.tenant())
    colleague = await desk.tenant.member("agent_b2b", name="Nina Berg")
    group = str((await desk.admin.do("groups.create", name="Second line"))["id"])
    case = await desk.case()
    await desk.agent.do("cases.assign", case["id"], assignment_group_id=group)
    browser = await at_desk(desk.agent, desk.tenant)
    path = f"/workspace/cases/{case['number']}"
    await browser.get(f"{path}/people?tab=work&do=assign")
    assert f'<option value="{group}" selected>Second line' in browser.page
    several = await browser.post(f"{path}/people/do/assign", {"assigned_to_id": "Nina Berg"})
    assert (several.status_code, browser.faults) == (422, ["Several are called that: choose one"])
    nina = str(colleague.profile_id)
    assert f'<option value="{nina}">Nina Berg · B2B service agent' in browser.page
    answer = await browser.post(f"{path}/people/do/assign", {"assigned_to_id": nina})
    await browser.follow(answer)
    assert "Nina Berg has it" in browser.text
    await browser.follow(await browser.post(f"{path}/do/watch", {}))
    assert "Stop watching" in browser.text
    await browser.get(f"{path}/people?tab=work")
    answer = await browser.post(f"{path}/people/panels/watchers", {"profile_id": nina})
    await browser.follow(answer)
    watchers = await desk.admin.list("case_watchers", case_id=str(case["id"]))
    assert {str(each["profile_id"]) for each in watchers} == {
        str(desk.agent.profile_id), str(colleague.profile_id),
    }  # fmt: skip
    await browser.get(path)
    await browser.follow(await browser.post(f"{path}/do/unwatch", {}))
    watchers = await desk.admin.list("case_watchers", case_id=str(case["id"]))
    assert [str(each["profile_id"]) for each in watchers] == [str(colleague.profile_id)]


async def test_verbs_that_the_type_forbids_are_not_offered(world: World) -> None:
    desk = await a_desk(await world.tenant())
    kind = await desk.admin.do(
        "case_types.create", key="repair", name="Repair", portal_visible=True,
        verbs={"resolve": ["in_progress"], "close": [], "reopen": []},
    )  # fmt: skip
    case = await desk.case(case_type_id=str(kind["id"]))
    browser = await at_desk(desk.agent, desk.tenant)
    path = f"/workspace/cases/{case['number']}"
    await browser.get(path)
    assert f'action="{path}/do/resolve"' not in browser.page
    assert "Then resolve with this answer" not in browser.text
    await browser.follow(await browser.post(f"{path}/do/assign_to_me", {}))
    await browser.follow(await browser.post(f"{path}/do/resolve", {"resolution": "New router"}))
    for verb in ("close", "reopen"):
        assert f'action="{path}/do/{verb}"' not in browser.page


async def test_a_task_is_given_out_held_handed_on_and_done(world: World) -> None:
    desk = await a_desk(await world.tenant())
    colleague = await desk.tenant.member("agent_b2b", name="Nina Berg")
    case = await desk.case()
    browser = await at_desk(desk.agent, desk.tenant)
    path = f"/workspace/cases/{case['number']}/people"
    await browser.get(f"{path}?tab=work")
    asked = {"subject": "Measure the line", "assigned_to_id": str(colleague.profile_id)}
    await browser.follow(await browser.post(f"{path}/panels/tasks", asked))
    assert "Measure the line" in browser.text
    (task,) = await desk.admin.list("case_tasks", case_id=str(case["id"]))
    assert f'action="/workspace/work/case_tasks/{task["id"]}/edit"' in browser.page
    for verb, state in (("wait", "waiting"), ("start", "in_progress"), ("complete", "done")):
        answer = await browser.post(f"{path}/panels/tasks/{task['id']}/{verb}", {})
        await browser.follow(answer)
        assert (await desk.admin.read("case_tasks", task["id"]))["state"] == state
    assert f'/case_tasks/{task["id"]}/edit"' not in browser.page


async def test_a_case_is_opened_below_another(world: World) -> None:
    desk = await a_desk(await world.tenant())
    case = await desk.case()
    browser = await at_desk(desk.agent, desk.tenant)
    await browser.get(f"/workspace/cases/{case['number']}/people")
    assert "Authorized representative (Contact)" in browser.text
    await browser.get(f"/workspace/cases/{case['number']}/people?tab=ties")
    path = f"/workspace/cases/new?parent_id={case['id']}"
    assert f'href="{path}"' in browser.page
    await browser.get(path)
    assert f"{case['number']} · No light on the router" in browser.page
    form = {"subject": "The cable", "parent_id": case["number"], "channel": "phone"}
    await browser.follow(await browser.post("/workspace/cases/new", form))
    assert f"It belongs to {case['number']}" in browser.text
    await browser.get(f"/workspace/cases/{case['number']}")
    assert "Also the cases below it" in browser.text
    whole = {"resolution": "New cable", "with_children": "true"}
    await browser.follow(await browser.post(f"/workspace/cases/{case['number']}/do/resolve", whole))
    (below,) = await desk.admin.list("cases", parent_id=str(case["id"]))
    assert (below["state"], below["resolution"]) == ("resolved", "New cable")
