"""Consent: verbs wait for it, people give it, and the verb is done once."""

import asyncio
from typing import Any

import pytest

from backend.platform.approvals.clocks import tick
from backend.platform.approvals.errors import (
    ApprovalDecided,
    ApprovalOver,
    ApprovalPending,
    NobodyToAsk,
    NotAsked,
    OwnRequest,
)
from backend.platform.approvals.standing import turn
from infra.kernel.errors import Forbidden, Invalid, NotFound
from tests.platform.consent import RESOLVE, Desk, people
from tests.world import World


@pytest.fixture
async def desk(world: World) -> Desk:
    return Desk(world, await world.tenant())


async def test_a_verb_waits_and_is_done_as_the_requester_once_agreed(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("urgent", {"approvers": [people(boss)]}, condition="record.priority <= 4")
    case = await desk.case(agent)
    request = await desk.asked(agent, case)
    assert (request["state"], request["action"]) == ("pending", "resolve")
    assert "body" not in request, "its summary tells it, with the access of whoever reads"
    assert await desk.state(case) == "new", "nothing happened yet"
    assert await desk.waiting(boss) == [f"{case['number']} The line is dead"]

    await (await desk.fresh(boss)).do("approval_requests.approve", request["id"], comment="Fine")
    await desk.work()
    told = await desk.admin.read("cases", case["id"])
    assert (told["state"], told["resolution"]) == ("resolved", RESOLVE["resolution"])
    request = await desk.request(request["id"])
    assert (request["state"], request["performed_at"] is not None) == ("approved", True)
    assert await desk.history(request) == ["requested", "agreed", "approved", "performed"]
    rows = await desk.admin.list("audit_entries", record_id=str(case["id"]), action="cases.resolve")
    assert rows
    assert {row["actor"]["profile_id"] for row in rows} == {agent.id}


async def test_a_verb_that_no_rule_is_about_runs_at_once(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("urgent", {"approvers": [people(boss)]}, condition="record.priority == 1")
    case = await desk.case(agent, impact=3, urgency=3)
    await (await desk.fresh(agent)).do("cases.resolve", case["id"], **RESOLVE)
    assert await desk.state(case) == "resolved"
    assert await desk.admin.list("approval_requests") == []


async def test_a_refusal_needs_a_reason_and_leaves_everything_as_it_was(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("all", {"approvers": [people(boss)]})
    case = await desk.case(agent)
    request = await desk.asked(agent, case)
    boss = await desk.fresh(boss)
    with pytest.raises(Invalid):
        await boss.do("approval_requests.reject", request["id"], reason="")
    assert (await desk.request(request["id"]))["state"] == "pending"
    await boss.do("approval_requests.reject", request["id"], reason="Not yet")
    await desk.work()
    request = await desk.request(request["id"])
    assert (request["state"], request["reason"]) == ("rejected", "Not yet")
    assert await desk.state(case) == "new"


async def test_what_would_be_refused_anyway_is_refused_and_nobody_is_asked(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    case = await desk.case(agent)
    await desk.admin.do("cases.cancel", case["id"])
    await desk.rule("all", {"approvers": [people(boss)]})
    with pytest.raises(Exception, match="cancelled"):
        await (await desk.fresh(agent)).do("cases.resolve", case["id"], **RESOLVE)
    assert await desk.admin.list("approval_requests") == []


async def test_levels_run_in_order_and_all_matching_rules_add_up(desk: Desk) -> None:
    agent = await desk.member("Agnes Agent")
    lead, legal, chief = [await desk.member(n) for n in ("Lea Lead", "Lou Legal", "Cora Chief")]
    await desk.rule(
        "commercial", {"level": 1, "approvers": [people(lead)]},
        {"level": 2, "approvers": [people(chief)]}, position=1,
    )  # fmt: skip
    await desk.rule("legal", {"level": 1, "approvers": [people(legal)]}, position=2)
    case = await desk.case(agent)
    preview = await (await desk.fresh(agent)).do(
        "approvals.preview", kind="cases", record_id=str(case["id"]), action="resolve"
    )
    assert [(s.level, s.rule, [p.name for p in s.slots[0].people]) for s in preview.steps] == [
        (1, "commercial", ["Lea Lead"]),
        (1, "legal", ["Lou Legal"]),
        (2, "commercial", ["Cora Chief"]),
    ]
    assert await desk.admin.list("approval_requests") == [], "looking ahead asks nobody"
    request = await desk.asked(agent, case)
    assert (await desk.waiting(chief), len(await desk.waiting(legal))) == ([], 1)
    await (await desk.fresh(legal)).do("approval_requests.approve", request["id"])
    assert await desk.waiting(chief) == []
    await (await desk.fresh(lead)).do("approval_requests.approve", request["id"])
    assert len(await desk.waiting(chief)) == 1
    with pytest.raises(ApprovalDecided):
        await (await desk.fresh(lead)).do("approval_requests.reject", request["id"], reason="Oh")
    await (await desk.fresh(chief)).do("approval_requests.approve", request["id"])
    await desk.work()
    assert await desk.state(case) == "resolved"


@pytest.mark.parametrize(
    ("need", "decisions", "state"),
    [
        ("any", ["approve"], "approved"),
        ("any", ["reject"], "rejected"),
        ("all", ["approve", "approve"], "pending"),
        ("all", ["approve", "approve", "approve"], "approved"),
        ("all", ["approve", "reject"], "rejected"),
        (2, ["reject", "approve"], "pending"),
        (2, ["reject", "approve", "approve"], "approved"),
        (2, ["reject", "reject"], "rejected"),
    ],
)
async def test_a_group_answers_by_any_all_or_some_of_it(
    desk: Desk, need: Any, decisions: list[str], state: str
) -> None:
    agent = await desk.member("Agnes Agent")
    members = [await desk.member(name) for name in ("Ada", "Ben", "Cy")]
    await desk.group("Finance", *members, agent)
    await desk.rule("money", {"approvers": [{"who": "group", "name": "finance", "need": need}]})
    request = await desk.asked(agent, await desk.case(agent))
    assert await desk.waiting(agent) == [], "who asks is not asked"
    for member, decision in zip(members, decisions, strict=False):
        body = {"reason": "No"} if decision == "reject" else {}
        await (await desk.fresh(member)).do(f"approval_requests.{decision}", request["id"], **body)
    assert (await desk.request(request["id"]))["state"] == state


async def test_nobody_agrees_to_their_own_request_unless_the_matrix_says_so(desk: Desk) -> None:
    agent = await desk.member("Agnes Agent")
    rule = await desk.rule("self", {"approvers": [people(agent)]})
    case = await desk.case(agent)
    with pytest.raises(NobodyToAsk):
        await (await desk.fresh(agent)).do("cases.resolve", case["id"], **RESOLVE)
    assert await desk.admin.list("approval_requests") == []
    await desk.admin.do("approval_rules.update", rule["id"], allows_own=True)
    request = await desk.asked(agent, case)
    await (await desk.fresh(agent)).do("approval_requests.approve", request["id"])
    await desk.work()
    assert await desk.state(case) == "resolved"


async def test_being_somebodys_deputy_does_not_let_one_agree_to_ones_own(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("all", {"approvers": [people(boss)]})
    await boss.do(
        "approval_deputies.create", deputy_id=agent.id, starts_at="2020-01-01T00:00:00Z",
        ends_at="2099-01-01T00:00:00Z",
    )  # fmt: skip
    request = await desk.asked(agent, await desk.case(agent))
    with pytest.raises(OwnRequest):
        await (await desk.fresh(agent)).do("approval_requests.approve", request["id"])
    assert (await desk.request(request["id"]))["state"] == "pending"


async def test_the_same_answer_twice_is_one_and_another_is_refused(desk: Desk) -> None:
    agent, boss, other = [await desk.member(n) for n in ("Agnes Agent", "Bea Boss", "Otto")]
    await desk.rule("both", {"approvers": [people(boss, other, need="all")]})
    request = await desk.asked(agent, await desk.case(agent))
    boss = await desk.fresh(boss)
    await boss.do("approval_requests.approve", request["id"])
    before = await desk.history(request)
    await boss.do("approval_requests.approve", request["id"])
    assert await desk.history(request) == before
    with pytest.raises(ApprovalDecided):
        await boss.do("approval_requests.reject", request["id"], reason="Changed my mind")
    await (await desk.fresh(other)).do("approval_requests.approve", request["id"])
    await boss.do("approval_requests.approve", request["id"])
    with pytest.raises((ApprovalDecided, ApprovalOver)):
        await boss.do("approval_requests.reject", request["id"], reason="Changed my mind")
    assert (await desk.request(request["id"]))["state"] == "approved"


async def test_approvers_read_the_record_while_they_are_asked_and_no_longer(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Mia Middle", "middle_office")
    await desk.rule("all", {"approvers": [people(boss)]})
    case = await desk.case(agent)
    with pytest.raises((NotFound, Forbidden)):
        await boss.read("cases", case["id"])
    request = await desk.asked(agent, case)
    assert (await (await desk.fresh(boss)).read("cases", case["id"]))["id"] == case["id"]
    await (await desk.fresh(boss)).do("approval_requests.approve", request["id"])
    with pytest.raises((NotFound, Forbidden)):
        await (await desk.fresh(boss)).read("cases", case["id"])
    assert (await (await desk.fresh(boss)).read("approval_requests", request["id"]))["state"] == (
        "approved"
    )
    stranger = await desk.member("Sam Stranger", "middle_office")
    with pytest.raises(NotFound):
        await stranger.read("approval_requests", request["id"])
    with pytest.raises(NotFound):
        await stranger.do("approval_requests.approve", request["id"])


async def test_those_told_for_information_read_and_never_block(desk: Desk) -> None:
    agent, boss, told = [await desk.member(n) for n in ("Agnes Agent", "Bea Boss", "Finn Fyi")]
    await desk.rule("all", {"approvers": [people(boss)]}, fyi=[people(told)])
    case = await desk.case(agent)
    request = await desk.asked(agent, case)
    assert await desk.waiting(told) == []
    assert (await (await desk.fresh(told)).read("cases", case["id"]))["id"] == case["id"]
    with pytest.raises(NotAsked):
        await (await desk.fresh(told)).do("approval_requests.approve", request["id"])
    await (await desk.fresh(boss)).do("approval_requests.approve", request["id"])
    assert (await desk.request(request["id"]))["state"] == "approved"
    heard = await (await desk.fresh(told)).list("notifications", topic="approvals")
    assert [row["title"][:20] for row in heard] == ["For your information"]


async def test_a_changed_record_asks_again_only_the_levels_that_looked_at_it(desk: Desk) -> None:
    agent, lead, money = [await desk.member(n) for n in ("Agnes Agent", "Lea Lead", "Mona Money")]
    await desk.rule(
        "urgent", {"level": 1, "approvers": [people(lead)]}, condition="record.priority <= 3"
    )
    await desk.rule(
        "billing", {"level": 1, "approvers": [people(money)]},
        {"level": 2, "approvers": [people(money)]},
        condition="record.category == 'billing'", position=200,
    )  # fmt: skip
    case = await desk.case(agent, category="billing", impact=2, urgency=2)
    request = await desk.asked(agent, case)
    for member in (lead, money):
        await (await desk.fresh(member)).do("approval_requests.approve", request["id"])
    assert (await desk.request(request["id"]))["state"] == "pending", "level 2 is left"
    await desk.admin.do("cases.update", case["id"], description="More words")
    await desk.work()
    assert (await desk.request(request["id"]))["state"] == "pending", "nobody looked at that"
    await desk.admin.do("cases.update", case["id"], priority=1)
    await desk.work()
    assert (await desk.request(request["id"]))["state"] == "stale"
    (again,) = await desk.admin.list("approval_requests", state="pending")
    assert again["follows_id"] == request["id"]
    assert len(await desk.waiting(lead)) == 1
    assert await desk.waiting(money) == [], "what they agreed to is still as it was"
    await (await desk.fresh(lead)).do("approval_requests.approve", again["id"])
    await (await desk.fresh(money)).do("approval_requests.approve", again["id"])
    await desk.work()
    assert await desk.state(case) == "resolved"


async def test_consent_holds_for_the_words_it_was_given_for(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("all", {"approvers": [people(boss)]})
    case = await desk.case(agent)
    request = await desk.asked(agent, case)
    agent = await desk.fresh(agent)
    told = await agent.do("cases.resolve", case["id"], **RESOLVE)
    assert told["approval_request_id"] == request["id"], "asked twice, asked once"
    with pytest.raises(ApprovalPending):
        await agent.do("cases.resolve", case["id"], resolution="Something else")
    assert len(await desk.admin.list("approval_requests")) == 1


async def test_two_who_decide_at_once_let_the_verb_happen_once(desk: Desk) -> None:
    agent = await desk.member("Agnes Agent")
    members = [await desk.member(name) for name in ("Ada", "Ben", "Cy", "Di")]
    await desk.group("Finance", *members)
    await desk.rule("money", {"approvers": [{"who": "group", "name": "Finance", "need": 2}]})
    case = await desk.case(agent)
    request = await desk.asked(agent, case)
    ready = [await desk.fresh(member) for member in members]
    outcomes = await asyncio.gather(
        *(each.do("approval_requests.approve", request["id"]) for each in ready),
        return_exceptions=True,
    )
    assert sum(isinstance(each, ApprovalOver) for each in outcomes) == 2
    agent = await desk.fresh(agent)
    works = [desk.work() for _ in range(2)]
    tries = [agent.do("cases.resolve", case["id"], **RESOLVE) for _ in range(3)]
    await asyncio.gather(*works, *tries, return_exceptions=True)
    rows = await desk.sql(
        "SELECT 1 FROM events WHERE tenant_id = $1 AND type = 'cases.resolved' AND record_id = $2",
        case["id"],
    )
    assert len(rows) == 1
    assert (await desk.history(request)).count("performed") == 1
    assert await desk.admin.list("approval_requests", state="pending") == []


async def test_what_cannot_be_done_any_more_is_told_and_not_done(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("all", {"approvers": [people(boss)]})
    case = await desk.case(agent)
    request = await desk.asked(agent, case)
    await desk.admin.do("cases.cancel", case["id"])
    await (await desk.fresh(boss)).do("approval_requests.approve", request["id"])
    await desk.work()
    request = await desk.request(request["id"])
    assert request["performed_at"] is None
    assert "cancelled" in request["failure"]
    assert await desk.state(case) == "cancelled"


async def test_a_recalled_question_can_be_decided_no_more(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("all", {"approvers": [people(boss)]})
    case = await desk.case(agent)
    request = await desk.asked(agent, case)
    with pytest.raises(NotFound):
        await (await desk.fresh(boss)).do("approval_requests.recall", request["id"])
    await (await desk.fresh(agent)).do("approval_requests.recall", request["id"], reason="Wrong")
    with pytest.raises(ApprovalOver):
        await (await desk.fresh(boss)).do("approval_requests.approve", request["id"])
    await desk.work()
    assert await desk.state(case) == "new"
    assert await desk.waiting(boss) == []


async def test_a_question_is_handed_on_and_the_first_is_let_go(desk: Desk) -> None:
    agent, boss, other = [
        await desk.member("Agnes Agent"),
        await desk.member("Mia Middle", "middle_office"),
        await desk.member("Otto Other", "middle_office"),
    ]
    await desk.rule("all", {"approvers": [people(boss)]})
    case = await desk.case(agent)
    request = await desk.asked(agent, case)
    boss = await desk.fresh(boss)
    with pytest.raises(Invalid):
        await boss.do("approval_requests.reassign", request["id"], to_id=agent.id)
    await boss.do("approval_requests.reassign", request["id"], to_id=other.id, reason="Leave")
    with pytest.raises((NotFound, Forbidden)):
        await (await desk.fresh(boss)).read("cases", case["id"])
    with pytest.raises(NotAsked):
        await (await desk.fresh(boss)).do("approval_requests.approve", request["id"])
    await (await desk.fresh(other)).do("approval_requests.approve", request["id"])
    await desk.work()
    assert await desk.state(case) == "resolved"


async def test_a_deputy_decides_in_the_time_and_both_are_named(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    deputy = await desk.member("Dora Deputy", "middle_office")
    await desk.rule("all", {"approvers": [people(boss)]})
    case = await desk.case(agent)
    request = await desk.asked(agent, case)
    with pytest.raises(NotFound):
        await deputy.do("approval_requests.approve", request["id"])
    made = await boss.do(
        "approval_deputies.create", deputy_id=deputy.id, starts_at="2020-01-01T00:00:00Z",
        ends_at="2099-01-01T00:00:00Z", reason="On leave",
    )  # fmt: skip
    deputy = await desk.fresh(deputy)
    assert (await deputy.read("cases", case["id"]))["id"] == case["id"]
    assert len(await desk.waiting(deputy)) == 1
    await boss.do("approval_deputies.end", made["id"])
    with pytest.raises((NotFound, Forbidden)):
        await (await desk.fresh(deputy)).read("cases", case["id"])
    assert await desk.waiting(deputy) == []
    await boss.do(
        "approval_deputies.create", deputy_id=deputy.id, starts_at="2030-01-01T00:00:00Z",
        ends_at="2099-01-01T00:00:00Z",
    )  # fmt: skip
    await desk.sql("UPDATE approval_deputies SET starts_at = '2019-01-01' WHERE tenant_id = $1 "
                   "AND starts_at > now()")  # fmt: skip
    async with desk.world.services.system(desk.tenant.id, reason="test") as ctx:
        await turn(ctx)
    await (await desk.fresh(deputy)).do("approval_requests.approve", request["id"])
    (entry,) = await desk.admin.list("approval_entries", what="agreed")
    assert (entry["by_name"], entry["for_name"]) == ("Dora Deputy", "Bea Boss")
    (seat,) = await desk.admin.list("approvals", state="approved")
    assert (seat["approver_name"], str(seat["decided_by_id"])) == ("Bea Boss", deputy.id)


async def test_asking_back_stops_the_clock_until_it_is_answered(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("all", {"approvers": [people(boss)], "due_hours": 4})
    request = await desk.asked(agent, await desk.case(agent))
    boss = await desk.fresh(boss)
    await boss.do("approval_requests.ask", request["id"], question="Which router?")
    assert (await desk.request(request["id"]))["waits_for_answer"] is True
    await desk.sql("UPDATE approval_steps SET held_at = held_at - interval '3 hours', "
                   "due_at = due_at - interval '9 hours' WHERE tenant_id = $1")  # fmt: skip
    await _tick(desk)
    (step,) = await desk.admin.list("approval_steps", request_id=str(request["id"]))
    assert step["overdue_at"] is None
    await (await desk.fresh(agent)).do("approval_requests.answer", request["id"], text="The old")
    (step,) = await desk.admin.list("approval_steps", request_id=str(request["id"]))
    assert step["held_at"] is None
    await boss.do("approval_requests.approve", request["id"])
    assert await desk.history(request) == [
        "requested", "asked_back", "answered", "agreed", "approved",
    ]  # fmt: skip


async def _tick(desk: Desk) -> None:
    async with desk.world.services.system(desk.tenant.id, reason="test") as ctx:
        await tick(ctx)


async def test_an_overdue_level_asks_those_above_whose_word_stands(desk: Desk) -> None:
    agent, boss, chief = [await desk.member(n) for n in ("Agnes Agent", "Bea Boss", "Cora Chief")]
    await desk.rule(
        "all",
        {"approvers": [people(boss)], "due_hours": 4, "remind_hours": 2,
         "escalate_to": [people(chief)]},
    )  # fmt: skip
    case = await desk.case(agent)
    request = await desk.asked(agent, case)
    await _tick(desk)
    assert await desk.waiting(chief) == []
    await desk.sql("UPDATE approval_steps SET due_at = due_at - interval '5 hours', "
                   "remind_at = remind_at - interval '5 hours' WHERE tenant_id = $1")  # fmt: skip
    await _tick(desk)
    await _tick(desk)
    assert await desk.history(request) == ["requested", "reminded", "overdue", "escalated"]
    assert len(await desk.waiting(chief)) == 1
    rows = await desk.sql("SELECT type FROM events WHERE tenant_id = $1 AND "
                          "type = 'approval_requests.overdue'")  # fmt: skip
    assert len(rows) == 1
    await (await desk.fresh(chief)).do("approval_requests.approve", request["id"])
    await desk.work()
    assert await desk.state(case) == "resolved"


async def test_the_nearest_manager_above_the_requester_is_asked(desk: Desk) -> None:
    agent, lead, chief = [await desk.member(n) for n in ("Agnes Agent", "Lea Lead", "Cora Chief")]
    top = await desk.group("Service", manager_id=str(chief.actor.caller.user_id))
    await desk.group("First line", agent, lead, parent_id=str(top["id"]),
                     manager_id=str(lead.actor.caller.user_id))  # fmt: skip
    await desk.rule("all", {"approvers": [{"who": "manager"}]})
    await desk.asked(agent, await desk.case(agent))
    assert (len(await desk.waiting(lead)), len(await desk.waiting(chief))) == (1, 0)
    await desk.asked(lead, await desk.case(lead))
    assert (len(await desk.waiting(lead)), len(await desk.waiting(chief))) == (1, 1)


async def test_a_rule_is_checked_whole_before_it_is_kept(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        await desk.rule(
            "wrong",
            {"approvers": [{"who": "group", "name": "Nobody"}, {"who": "record", "via": "account"}],
             "escalate_to": [{"who": "manager"}]},
            action="fly", condition="record.nothing > 1", pins=["nowhere"],
        )  # fmt: skip
    assert sorted(fault.pointer for fault in refused.value.faults) == [
        "/action", "/condition", "/levels/0/approvers/0/name", "/levels/0/approvers/1/via",
        "/levels/0/due_hours", "/pins/0",
    ]  # fmt: skip
    assert await desk.admin.list("approval_rules") == []


async def test_a_condition_that_cannot_be_told_asks_rather_than_lets_pass(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule(
        "odd", {"approvers": [people(boss)]}, condition="record.product_context.size > 3"
    )
    request = await desk.asked(agent, await desk.case(agent))
    (step,) = await desk.admin.list("approval_steps", request_id=str(request["id"]))
    assert step["why"].startswith("cannot be told")


async def test_a_record_as_it_is_can_be_asked_about(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("plain", {"approvers": [people(boss)]}, action="")
    case = await desk.case(agent)
    agent = await desk.fresh(agent)
    made = await agent.do(
        "approval_requests.create", kind="cases", record_id=str(case["id"]), note="Goodwill"
    )
    assert (made["state"], made["note"]) == ("pending", "Goodwill")
    with pytest.raises(Invalid):
        await agent.do("approval_requests.create", kind="cases", record_id=str(made["id"]))
    await (await desk.fresh(boss)).do("approval_requests.approve", made["id"])
    assert (await desk.request(made["id"]))["state"] == "approved"


async def test_another_tenant_sees_none_of_it(desk: Desk, world: World) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("all", {"approvers": [people(boss)]})
    request = await desk.asked(agent, await desk.case(agent))
    other = await world.tenant()
    for name in ("approval_requests", "approval_steps", "approvals", "approval_entries"):
        assert await other.admin.list(name) == []
    with pytest.raises(NotFound):
        await other.admin.do("approval_requests.recall", request["id"])
