"""Rules that ask by themselves when a record is opened or changes, and through automations."""

from typing import Any

import pytest

from backend.platform.approvals.errors import ApprovalPending
from infra.kernel.errors import Invalid
from tests.platform.consent import Desk, people
from tests.world import World


@pytest.fixture
async def desk(world: World) -> Desk:
    return Desk(world, await world.tenant())


async def questions(desk: Desk) -> list[tuple[str, str]]:
    rows = await desk.admin.list("approval_requests", sort="requested_at")
    return [(row["requester_name"], row["state"]) for row in rows]


async def opened(desk: Desk, agent: Any, **values: Any) -> dict[str, Any]:
    account = await desk.tenant.account()
    case: dict[str, Any] = await (await desk.fresh(agent)).do(
        "cases.create",
        **({"subject": "The line is dead", "account_id": str(account["id"])} | values),
    )
    await desk.work()
    return case


async def by_itself(desk: Desk, *levels: dict[str, Any], **values: Any) -> dict[str, Any]:
    return await desk.rule("dear", *levels, **({"action": "", "occasion": "on_opening"} | values))


async def test_an_opened_case_is_asked_about_and_waits(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await by_itself(desk, {"approvers": [people(boss)]}, condition="record.priority == 1")
    await opened(desk, agent, impact=3, urgency=3)
    assert await questions(desk) == []
    case = await opened(desk, agent, impact=1, urgency=1)
    assert await questions(desk) == [("Agnes Agent", "pending")]
    assert (await desk.admin.read("cases", case["id"]))["held_since"] is not None
    (request,) = await desk.admin.list("approval_requests")
    await (await desk.fresh(boss)).do("approval_requests.approve", request["id"])
    await desk.work()
    assert (await desk.admin.read("cases", case["id"]))["held_since"] is None
    await desk.admin.do("cases.update", case["id"], description="More words")
    await desk.work()
    assert await questions(desk) == [("Agnes Agent", "approved")]


async def test_a_draft_is_asked_about_once_it_is_sent(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await by_itself(desk, {"approvers": [people(boss)]})
    case = await opened(desk, agent, draft=True)
    assert await questions(desk) == []
    await (await desk.fresh(agent)).do("cases.submit", case["id"])
    await desk.work()
    assert await questions(desk) == [("Agnes Agent", "pending")]


async def test_a_rule_for_opening_asks_about_no_later_change(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await by_itself(desk, {"approvers": [people(boss)]}, condition="record.priority == 1")
    case = await opened(desk, agent, impact=3, urgency=3)
    await desk.admin.do("cases.update", case["id"], priority=1)
    await desk.work()
    assert await questions(desk) == []


async def test_a_rule_for_changes_asks_again_for_what_is_new_only(desk: Desk) -> None:
    agent, boss, chief = [await desk.member(n) for n in ("Agnes Agent", "Bea Boss", "Cora Chief")]
    await by_itself(
        desk, {"approvers": [people(boss)]}, condition="record.category == 'billing'",
        occasion="on_change", holds_work=False,
    )  # fmt: skip
    await desk.rule(
        "urgent", {"level": 2, "approvers": [people(chief)]}, action="", occasion="by_hand",
        condition="record.priority == 1", holds_work=False, position=200,
    )  # fmt: skip
    case = await opened(desk, agent, impact=3, urgency=3)
    assert await questions(desk) == []
    agnes = await desk.fresh(agent)
    await agnes.do("cases.update", case["id"], category="billing")
    await desk.work()
    (first,) = await desk.admin.list("approval_requests")
    await (await desk.fresh(boss)).do("approval_requests.approve", first["id"])
    await desk.work()
    await agnes.do("cases.update", case["id"], priority=1)
    await desk.work()
    assert await desk.waiting(boss) == [], "what they agreed to is still as it was"
    assert len(await desk.waiting(chief)) == 1, "all that apply add up"
    await agnes.do("cases.update", case["id"], subject="The line is quite dead")
    await desk.work()
    assert len(await desk.admin.list("approval_requests")) == 2


async def test_what_was_refused_is_asked_again_only_once_it_is_another(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await by_itself(desk, {"approvers": [people(boss)]}, condition="record.priority <= 2",
                    occasion="on_change", holds_work=False)  # fmt: skip
    case = await opened(desk, agent, impact=1, urgency=1)
    (request,) = await desk.admin.list("approval_requests")
    await (await desk.fresh(boss)).do("approval_requests.reject", request["id"], reason="No")
    await desk.work()
    agnes = await desk.fresh(agent)
    await agnes.do("cases.update", case["id"], description="Please")
    await desk.work()
    assert await questions(desk) == [("Agnes Agent", "rejected")]
    await agnes.do("cases.update", case["id"], priority=2)
    await desk.work()
    assert await questions(desk) == [("Agnes Agent", "rejected"), ("Agnes Agent", "pending")]


async def test_the_end_that_a_refusal_brings_asks_nothing_anew(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await by_itself(desk, {"approvers": [people(boss)]}, condition="record.state != 'closed'",
                    occasion="on_change")  # fmt: skip
    case = await opened(desk, agent)
    (request,) = await desk.admin.list("approval_requests")
    client = await desk.world.session(desk.tenant, boss.actor)
    answer = await client.post(
        f"/api/v1/approval_requests/{request['id']}/reject", json={"reason": "No"}
    )
    assert answer.status_code == 200, answer.text
    await desk.work()
    assert await desk.state(case) == "cancelled"
    assert await questions(desk) == [("Agnes Agent", "rejected")]


async def test_where_nobody_did_it_the_rules_author_asks(desk: Desk) -> None:
    boss = await desk.member("Bea Boss")
    await by_itself(desk, {"approvers": [people(boss)]})
    account = await desk.tenant.account()
    async with desk.world.services.system(desk.tenant.id, reason="test") as ctx:
        await desk.world.services.registry.actions["cases.create"].function(
            ctx, subject="By itself", account_id=account["id"]
        )
    await desk.work()
    (request,) = await desk.admin.list("approval_requests")
    assert request["requested_by_id"] == desk.admin.profile_id


async def test_where_nobody_could_approve_the_author_is_told(desk: Desk) -> None:
    agent = await desk.member("Agnes Agent")
    await by_itself(desk, {"approvers": [people(agent)]})
    case = await opened(desk, agent)
    assert await questions(desk) == []
    told = await desk.admin.list("notifications", topic="approvals")
    assert [row["record_id"] for row in told] == [case["id"]]
    assert "nobody who could approve" in told[0]["title"]


async def test_a_verb_is_no_occasion(desk: Desk) -> None:
    boss = await desk.member("Bea Boss")
    with pytest.raises(Invalid) as refused:
        await desk.rule("odd", {"approvers": [people(boss)]}, occasion="on_change")
    assert [fault.pointer for fault in refused.value.faults] == ["/occasion"]
    with pytest.raises(Invalid):
        await desk.rule("odd", {"approvers": [people(boss)]}, action="", occasion="sometimes")
    assert await desk.admin.list("approval_rules") == []


async def test_other_kinds_of_records_are_asked_about_as_well(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await by_itself(desk, {"approvers": [people(boss)]}, resource="accounts",
                    condition="record.name.startsWith('Big')", occasion="on_change")  # fmt: skip
    account = await desk.tenant.account("Small")
    await desk.work()
    await (await desk.fresh(agent)).do("accounts.update", account["id"], name="Big now")
    await desk.work()
    assert await questions(desk) == [("Agnes Agent", "pending")]
    other = Desk(desk.world, await desk.world.tenant())
    await other.tenant.account("Big elsewhere")
    await other.work()
    assert await questions(other) == []


async def test_an_automation_asks_where_a_rule_wants_it_and_fails_nowhere_else(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await by_itself(desk, {"approvers": [people(boss)]}, occasion="by_hand",
                    condition="record.priority == 1")  # fmt: skip
    await desk.admin.do(
        "automations.create", key="ask", name="Ask", active=True, event_types=["cases.opened"],
        steps=[{"do": "act", "action": "approvals.request", "body": {
            "kind": "cases", "record_id": "{{ record.id }}", "note": "Look at {{ record.number }}",
        }}],
    )  # fmt: skip
    await opened(desk, agent, impact=3, urgency=3)
    assert await questions(desk) == []
    case = await opened(desk, agent, impact=1, urgency=1)
    (request,) = await desk.admin.list("approval_requests")
    assert request["note"] == f"Look at {case['number']}"
    assert {run["state"] for run in await desk.admin.list("automation_runs")} == {"done"}


async def test_asked_twice_is_asked_once(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await by_itself(desk, {"approvers": [people(boss)]}, occasion="by_hand")
    case = await opened(desk, agent)
    agnes, about = await desk.fresh(agent), {"kind": "cases", "record_id": str(case["id"])}
    first = await agnes.do("approvals.request", **about)
    second = await agnes.do("approvals.request", **about)
    assert (first.wanted, first.state) == (True, "pending")
    assert second == first
    with pytest.raises(ApprovalPending):
        await agnes.do("approval_requests.create", **about)
    await (await desk.fresh(boss)).do("approval_requests.approve", first.approval_request_id)
    third = await agnes.do("approvals.request", **about)
    assert (third.number, third.state) == (first.number, "approved")


async def test_looking_ahead_tells_which_rules_ask_by_themselves(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    first = {"approvers": [people(boss)]}
    rule = await by_itself(desk, first, first | {"level": 2}, active=False)
    case = await desk.case(agent)
    told = await desk.admin.do("approval_rules.foresee", rule["id"], record_id=str(case["id"]))
    assert [(step.level, step.slots[0].people[0].name) for step in told.steps] == [
        (1, "Bea Boss"), (2, "Bea Boss"),
    ]  # fmt: skip
    assert [(each.key, each.occasion) for each in told.rules] == [("dear", "on_opening")]
    assert await questions(desk) == []
