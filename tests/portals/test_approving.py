"""Approvals on pages: decided signed in, or once by the link of a letter."""

from typing import Any

import pytest

from tests.platform.consent import Desk, Member, people
from tests.portals.browsing import Browser, browser_of
from tests.world import World


@pytest.fixture
async def desk(world: World) -> Desk:
    return Desk(world, await world.tenant())


async def asked(desk: Desk, **values: Any) -> tuple[Member, Member, dict[str, Any], dict[str, Any]]:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("all", {"approvers": [people(boss)]}, **values)
    case = await desk.case(agent)
    return agent, boss, case, await desk.asked(agent, case)


def stranger(desk: Desk) -> Browser:
    return Browser(desk.world, desk.tenant.slug)


async def test_a_link_shows_at_first_and_decides_once(desk: Desk) -> None:
    _, boss, case, request = await asked(desk)
    token = await desk.token_for(boss)
    reader = stranger(desk)
    for _ in range(3):
        answer = await reader.get(f"/approve?token={token}")
        assert answer.status_code == 200
    assert case["number"] in reader.text
    assert (await desk.request(request["id"]))["state"] == "pending", "scanners decide nothing"
    answer = await reader.post("/approve", {"token": token, "decision": "reject", "why": ""})
    assert answer.status_code == 422
    answer = await reader.post("/approve", {"token": token, "decision": "approve"})
    assert answer.status_code == 200
    assert (await desk.request(request["id"]))["state"] == "approved"
    (entry,) = await desk.admin.list("approval_entries", what="agreed")
    assert entry["by_name"] == "Bea Boss"
    (seat,) = await desk.admin.list("approvals", request_id=str(request["id"]))
    assert seat["door"] == "link"
    assert (await reader.get(f"/approve?token={token}")).status_code == 404
    await desk.work()
    assert await desk.state(case) == "resolved"


async def test_a_link_is_dead_after_recall_and_after_its_bearer_has_left(desk: Desk) -> None:
    agent, boss, _, request = await asked(desk)
    token = await desk.token_for(boss)
    reader = stranger(desk)
    await reader.get(f"/approve?token={token}")
    await desk.admin.do("users.suspend", str(boss.actor.caller.user_id))
    answer = await reader.post("/approve", {"token": token, "decision": "approve"})
    assert answer.status_code == 404
    await desk.admin.do("users.resume", str(boss.actor.caller.user_id))
    assert (await reader.get(f"/approve?token={token}")).status_code == 200
    await (await desk.fresh(agent)).do("approval_requests.recall", request["id"])
    assert (await reader.get(f"/approve?token={token}")).status_code == 404
    assert (await desk.request(request["id"]))["state"] == "recalled"


async def test_a_link_of_another_tenant_or_a_changed_one_opens_nothing(desk: Desk) -> None:
    _, boss, _, request = await asked(desk)
    token = await desk.token_for(boss)
    other = Desk(desk.world, await desk.world.tenant())
    assert (await stranger(other).get(f"/approve?token={token}")).status_code == 404
    assert (await stranger(desk).get(f"/approve?token={token[:-2]}xx")).status_code == 404
    assert (await desk.request(request["id"]))["state"] == "pending"


async def test_a_link_for_a_group_is_dead_once_one_has_left_it(desk: Desk) -> None:
    agent, boss, other = [await desk.member(n) for n in ("Agnes Agent", "Bea Boss", "Otto")]
    await desk.group("Finance", boss, other)
    await desk.rule("money", {"approvers": [{"who": "group", "name": "Finance"}]})
    await desk.asked(agent, await desk.case(agent))
    token = await desk.token_for(boss)
    reader = stranger(desk)
    assert (await reader.get(f"/approve?token={token}")).status_code == 200
    (membership,) = await desk.admin.list("group_members", user_id=str(boss.actor.caller.user_id))
    await desk.admin.do("group_members.delete", membership["id"])
    assert (await reader.get(f"/approve?token={token}")).status_code == 404


async def test_the_desk_shows_what_waits_and_takes_the_decision(desk: Desk) -> None:
    agent, boss, case, request = await asked(desk)
    browser = await browser_of(boss.actor, desk.tenant)
    await browser.get("/approvals")
    assert case["number"] in browser.text
    path = f"/approvals/{request['number']}"
    await browser.get(path)
    assert "Who is asked" in browser.text
    answer = await browser.post(f"{path}/do/reject", {"why": ""})
    assert answer.status_code == 422
    answer = await browser.post(f"{path}/do/ask", {"why": "Which router?"})
    assert answer.headers["location"] == path
    await (await desk.fresh(agent)).do("approval_requests.answer", request["id"], text="The old")
    await browser.get(path)
    assert "Which router?" in browser.text
    assert "The old" in browser.text
    answer = await browser.post(f"{path}/do/approve", {"why": "Fine"})
    assert answer.headers["location"] == "/approvals"
    assert (await desk.request(request["id"]))["state"] == "approved"


async def test_a_verb_that_waits_is_said_so_on_the_case(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("all", {"approvers": [people(boss)]})
    case = await desk.case(agent)
    admin = await browser_of(desk.admin, desk.tenant)
    path = f"/workspace/cases/{case['number']}"
    await admin.get(path)
    answer = await admin.post(f"{path}/do/resolve", {"resolution": "Replaced"})
    assert answer.status_code == 303
    await admin.get(path)
    (request,) = await desk.admin.list("approval_requests")
    assert f"This needs approval and is done when it is given: {request['number']}" in admin.text
    assert f"/approvals/{request['number']}" in admin.page
    assert await desk.state(case) == "new"


async def test_what_was_asked_about_an_account_stands_beside_it(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    reader = await desk.member("Rita Reader", "case_viewer")
    await desk.rule("names", {"approvers": [people(boss)]}, resource="accounts", action="update")
    account = await desk.tenant.account()
    await (await desk.fresh(agent)).do("accounts.update", account["id"], name="Harbour Group")
    (request,) = await desk.admin.list("approval_requests")
    await (await desk.fresh(boss)).do("approval_requests.reject", request["id"], reason="Not yet")
    path = f"/workspace/customers/accounts/{account['id']}"
    browser = await browser_of(desk.admin, desk.tenant)
    await browser.get(path)
    assert f"/approvals/{request['number']}" in browser.page
    assert "Not yet" in browser.text
    other = await browser_of(reader.actor, desk.tenant)
    await other.get(path)
    assert "Not yet" in other.text, "whoever may read the account reads what became of it"
    assert f"/approvals/{request['number']}" not in other.page


async def test_a_deputy_is_named_and_dismissed_on_the_page(desk: Desk) -> None:
    boss, other = await desk.member("Bea Boss", "service_manager"), await desk.member("Otto Other")
    browser = await browser_of(boss.actor, desk.tenant)
    await browser.get("/approvals")
    form = {"deputy_id": other.id, "starts_on": "2026-01-01", "ends_on": "2099-01-01"}
    answer = await browser.post("/approvals/deputies", form | {"ends_on": ""})
    assert answer.status_code == 422
    assert await desk.admin.list("approval_deputies") == []
    await browser.post("/approvals/deputies", form)
    (row,) = await desk.admin.list("approval_deputies")
    assert (row["deputy_name"], row["active"]) == ("Otto Other", True)
    await browser.get("/approvals")
    assert "Otto Other decides for you" in browser.text
    await browser.post(f"/approvals/deputies/{row['id']}/end", {})
    assert await desk.admin.list("approval_deputies", active="true") == []


async def test_an_admin_foresees_whom_a_rule_would_ask(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    rule = await desk.rule("draft", {"approvers": [people(boss)]}, active=False)
    case = await desk.case(agent)
    told = await desk.admin.do("approval_rules.foresee", rule["id"], record_id=str(case["id"]))
    assert [person.name for person in told.steps[0].slots[0].people] == ["Bea Boss"]
    browser = await browser_of(desk.admin, desk.tenant)
    base = "/admin/approval_rules"
    for path in (base, f"{base}/new", f"{base}/{rule['id']}", f"{base}/{rule['id']}/edit"):
        assert (await browser.get(path)).status_code == 200, path
    assert await desk.admin.list("approval_requests") == []
