"""What happens around a question while it waits: rules, records and people change, or go."""

from datetime import timedelta
from typing import Any

import pytest

from backend.platform.approvals.clocks import tick
from backend.platform.approvals.errors import ApprovalOver
from infra.kernel.errors import NotFound
from tests.platform.consent import RESOLVE, Desk, Member, people
from tests.world import World


@pytest.fixture
async def desk(world: World) -> Desk:
    return Desk(world, await world.tenant())


async def agree(desk: Desk, request: dict[str, Any], member: Member) -> str:
    await (await desk.fresh(member)).do("approval_requests.approve", request["id"])
    return str((await desk.request(request["id"]))["state"])


async def the_clock(desk: Desk) -> None:
    async with desk.world.services.system(desk.tenant.id, reason="test") as ctx:
        await tick(ctx)


async def test_a_changed_rule_leaves_open_questions_as_they_were_asked(desk: Desk) -> None:
    agent, boss, other = [await desk.member(n) for n in ("Agnes Agent", "Bea Boss", "Otto")]
    rule = await desk.rule("all", {"approvers": [people(boss)]}, condition="record.priority <= 4")
    case = await desk.case(agent)
    request = await desk.asked(agent, case)
    await desk.admin.do(
        "approval_rules.update", rule["id"], condition="record.priority <= 3",
        levels=[{"approvers": [people(other)]}],
    )  # fmt: skip
    await desk.work()
    assert await agree(desk, request, boss) == "approved"
    await desk.work()
    assert await desk.state(case) == "resolved"


@pytest.mark.parametrize("gone", ["off", "deleted"])
async def test_a_question_outlives_its_rule_and_its_consent_is_used_up(
    desk: Desk, gone: str
) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    rule = await desk.rule("all", {"approvers": [people(boss)]})
    case = await desk.case(agent)
    request = await desk.asked(agent, case)
    if gone == "off":
        await desk.admin.do("approval_rules.update", rule["id"], active=False)
    else:
        await desk.admin.do("approval_rules.delete", rule["id"])
    assert await agree(desk, request, boss) == "approved"
    await desk.work()
    assert await desk.state(case) == "resolved"
    assert (await desk.request(request["id"]))["performed_at"] is not None


async def test_a_new_rule_asks_nobody_about_what_is_asked_already(desk: Desk) -> None:
    agent, boss, legal = [await desk.member(n) for n in ("Agnes Agent", "Bea Boss", "Lou Legal")]
    await desk.rule("all", {"approvers": [people(boss)]})
    request = await desk.asked(agent, await desk.case(agent))
    await desk.rule("legal", {"approvers": [people(legal)]})
    assert await agree(desk, request, boss) == "approved"
    assert await desk.waiting(legal) == []


async def test_a_record_that_changed_is_asked_about_by_the_rules_as_they_are_now(
    desk: Desk,
) -> None:
    agent, boss, other = [await desk.member(n) for n in ("Agnes Agent", "Bea Boss", "Otto")]
    rule = await desk.rule("all", {"approvers": [people(boss)]}, condition="record.priority <= 4")
    case = await desk.case(agent, impact=3, urgency=3)
    request = await desk.asked(agent, case)
    await desk.admin.do(
        "approval_rules.update", rule["id"], levels=[{"approvers": [people(other)]}]
    )
    await desk.admin.do("cases.update", case["id"], priority=1)
    await desk.work()
    assert (await desk.request(request["id"]))["state"] == "stale"
    assert (len(await desk.waiting(boss)), len(await desk.waiting(other))) == (0, 1)


async def test_time_alone_makes_no_question_stale(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    until = desk.world.services.database.now() + timedelta(seconds=2)
    await desk.rule(
        "soon", {"approvers": [people(boss)]}, condition=f"now < timestamp('{until:%FT%T}Z')"
    )
    request = await desk.asked(agent, await desk.case(agent))
    await desk.sql("UPDATE approval_requests SET requested_at = requested_at WHERE tenant_id = $1")
    while desk.world.services.database.now() <= until:
        await desk.sql("SELECT pg_sleep(0.2) WHERE $1::uuid IS NOT NULL")
    assert await agree(desk, request, boss) == "approved"


async def test_what_is_asked_about_a_record_ends_with_the_record(desk: Desk) -> None:
    agent, boss, chief = [await desk.member(n) for n in ("Agnes Agent", "Bea Boss", "Cora Chief")]
    await desk.rule(
        "names", {"approvers": [people(boss)], "due_hours": 1, "escalate_to": [people(chief)]},
        resource="accounts", action="update",
    )  # fmt: skip
    account = await desk.tenant.account()
    told = await (await desk.fresh(agent)).do("accounts.update", account["id"], name="New name")
    request = await desk.request(told["approval_request_id"])
    await desk.admin.do("accounts.delete", account["id"])
    # Nobody is kept waiting by it, not even while the news is under way.
    await desk.sql("UPDATE approval_steps SET due_at = now() WHERE tenant_id = $1")
    await the_clock(desk)
    with pytest.raises((ApprovalOver, NotFound)):
        await agree(desk, request, boss)
    await desk.work()
    request = await desk.request(request["id"])
    assert request["state"] == "recalled"
    assert "no longer there" in request["reason"]
    assert await desk.waiting(boss) == []
    assert await desk.sql("SELECT 1 FROM approval_links WHERE tenant_id = $1") == []


async def test_one_question_that_cannot_be_counted_keeps_no_other_waiting(desk: Desk) -> None:
    agent, boss, chief = [await desk.member(n) for n in ("Agnes Agent", "Bea Boss", "Cora Chief")]
    await desk.rule("all", {"approvers": [people(boss)], "due_hours": 1,
                            "escalate_to": [people(chief)]})  # fmt: skip
    broken = await desk.asked(agent, await desk.case(agent))
    sound = await desk.asked(agent, await desk.case(agent))
    await desk.sql("UPDATE approval_steps SET due_at = now() WHERE tenant_id = $1")
    await desk.sql(
        "UPDATE approval_steps SET plan = '{}' WHERE tenant_id = $1 AND request_id = $2",
        broken["id"],
    )
    await the_clock(desk)
    assert "escalated" in await desk.history(sound)
    assert len(await desk.waiting(chief)) == 1


async def test_a_requester_who_left_has_nothing_done_for_them(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("all", {"approvers": [people(boss)]})
    case = await desk.case(agent)
    request = await desk.asked(agent, case)
    await desk.admin.do("users.suspend", str(agent.actor.caller.user_id))
    assert await agree(desk, request, boss) == "approved"
    await desk.work()
    request = await desk.request(request["id"])
    assert request["performed_at"] is None
    assert request["failure"]
    assert await desk.state(case) == "new"


async def test_a_manager_who_left_is_passed_over_for_the_one_above(desk: Desk) -> None:
    agent, lead, chief = [await desk.member(n) for n in ("Agnes Agent", "Lea Lead", "Cora Chief")]
    above = await desk.group("House", manager_id=str(chief.actor.caller.user_id))
    await desk.group(
        "Team", agent, parent_id=str(above["id"]), manager_id=str(lead.actor.caller.user_id)
    )
    await desk.rule("all", {"approvers": [{"who": "manager"}]})
    await desk.admin.do("users.suspend", str(lead.actor.caller.user_id))
    await desk.asked(agent, await desk.case(agent))
    assert len(await desk.waiting(chief)) == 1


async def test_whoever_asks_back_waits_for_the_answer_though_another_decides(desk: Desk) -> None:
    agent, one, two = [await desk.member(n) for n in ("Agnes Agent", "Ada One", "Ben Two")]
    await desk.rule("both", {"approvers": [people(one, two, need="all")], "due_hours": 8})
    request = await desk.asked(agent, await desk.case(agent))
    await (await desk.fresh(one)).do("approval_requests.ask", request["id"], question="Why?")
    assert await agree(desk, request, two) == "pending"
    assert (await desk.request(request["id"]))["waits_for_answer"] is True
    await (await desk.fresh(agent)).do("approval_requests.answer", request["id"], text="Because")
    (step,) = await desk.admin.list("approval_steps", request_id=str(request["id"]))
    assert (step["held_at"], step["due_at"] is not None) == (None, True)
    assert await agree(desk, request, one) == "approved"


async def test_whoever_asked_back_and_decides_before_the_answer_lets_the_clocks_go_on(
    desk: Desk,
) -> None:
    agent, one, two = [await desk.member(n) for n in ("Agnes Agent", "Ada One", "Ben Two")]
    await desk.rule("both", {"approvers": [people(one, two, need="all")], "due_hours": 8})
    request = await desk.asked(agent, await desk.case(agent))
    await (await desk.fresh(one)).do("approval_requests.ask", request["id"], question="Why?")
    assert await agree(desk, request, one) == "pending"
    assert (await desk.request(request["id"]))["waits_for_answer"] is False
    (step,) = await desk.admin.list("approval_steps", request_id=str(request["id"]))
    assert step["held_at"] is None, "nobody waits for an answer any more"
    assert await agree(desk, request, two) == "approved"


async def test_what_nobody_asked_is_not_answered(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("all", {"approvers": [people(boss)]})
    request = await desk.asked(agent, await desk.case(agent))
    before = await desk.history(request)
    with pytest.raises(ApprovalOver):
        await (await desk.fresh(agent)).do("approval_requests.answer", request["id"], text="So")
    assert await desk.history(request) == before


async def test_what_was_agreed_to_is_done_though_other_words_wait_by_now(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("all", {"approvers": [people(boss)]})
    case = await desk.case(agent)
    request = await desk.asked(agent, case)
    assert await agree(desk, request, boss) == "approved"
    other = await (await desk.fresh(agent)).do("cases.resolve", case["id"], resolution="Other")
    assert other["approval_request_id"] != request["id"]
    assert (other["state"], await desk.state(case)) == ("pending", "new")
    await desk.work()
    told = await desk.admin.read("cases", case["id"])
    assert (told["state"], told["resolution"]) == ("resolved", RESOLVE["resolution"])
    second = await desk.request(other["approval_request_id"])
    assert await agree(desk, second, boss) == "approved"
    await desk.work()
    first, second = await desk.request(request["id"]), await desk.request(second["id"])
    assert (first["performed_at"] is not None, first["failure"]) == (True, None)
    assert (second["performed_at"], "resolved" in second["failure"]) == (None, True)


async def test_a_record_that_changes_between_the_word_and_the_deed_is_asked_about_again(
    desk: Desk,
) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("all", {"approvers": [people(boss)]}, condition="record.priority <= 4")
    case = await desk.case(agent, impact=3, urgency=3)
    request = await desk.asked(agent, case)
    assert await agree(desk, request, boss) == "approved"
    await desk.admin.do("cases.update", case["id"], priority=1)
    await desk.work()
    assert await desk.state(case) == "new"
    first = await desk.request(request["id"])
    assert (first["state"], first["performed_at"]) == ("stale", None)
    assert len(await desk.waiting(boss)) == 1


async def test_where_a_changed_record_leaves_nobody_to_ask_the_question_ends(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("all", {"approvers": [people(boss)]}, condition="record.priority <= 3")
    await desk.rule("self", {"approvers": [people(agent)]}, condition="record.priority == 1",
                    position=200)  # fmt: skip
    case = await desk.case(agent, impact=2, urgency=2)
    request = await desk.asked(agent, case)
    await desk.admin.do("cases.update", case["id"], priority=1)
    await desk.work()
    request = await desk.request(request["id"])
    assert request["state"] == "rejected"
    assert "nobody is left to ask: self" in request["reason"]
    assert await desk.waiting(boss) == []
    assert await desk.state(case) == "new"
