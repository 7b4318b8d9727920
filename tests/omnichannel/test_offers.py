"""Offers as agents meet them: who gets one, what they answer, what the queue remembers."""

from datetime import datetime, timedelta

import pytest

from infra.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from tests.omnichannel.desk import Desk


async def test_a_case_goes_past_agents_who_lack_the_skill_to_the_one_who_has_it(desk: Desk) -> None:
    beginner = await desk.agent("Bea", fiber=1)
    other = await desk.agent("Otto", billing=5)
    expert = await desk.agent("Ella", fiber=4)
    case = await desk.case(product_model_id=await desk.model("ONT-7", fiber=3))

    await desk.work()

    item = await desk.item(case)
    assert item["state"] == "offered"
    assert item["offered_to_id"] == expert.profile_id
    assert [row["id"] for row in await expert.list("work_items")] == [item["id"]]
    assert await beginner.list("work_items") == []
    assert await other.list("work_items") == []
    told = await desk.tenant.admin.do("work_items.decision", item["id"])
    reasons = {one.profile_id: (one.outcome, one.removed_by) for one in told.candidates}
    assert reasons == {
        expert.profile_id: ("chosen", None),
        beginner.profile_id: ("removed", "skills"),
        other.profile_id: ("removed", "skills"),
    }
    assert "fiber at level 3 (has 1)" in next(
        one.detail for one in told.candidates if one.profile_id == beginner.profile_id
    )


async def test_accepting_makes_the_case_the_agents_and_keeps_the_place(desk: Desk) -> None:
    agent = await desk.agent(capacity=2)
    case = await desk.case()
    await desk.work()
    item = await desk.item(case)

    accepted = await agent.do("work_items.accept", item["id"])

    assert accepted["state"] == "accepted"
    seen = await agent.read("cases", case["id"])
    assert (seen["state"], seen["assigned_to_id"]) == ("in_progress", agent.profile_id)
    await desk.work()
    assert (await desk.presence(agent))["used"] == 1
    assert await desk.ledger() == []


async def test_declined_work_goes_to_somebody_else_with_its_age(desk: Desk) -> None:
    first = await desk.agent("First")
    case = await desk.case()
    await desk.work()
    before = await desk.item(case)
    second = await desk.agent("Second")

    await first.do("work_items.decline", before["id"])
    await desk.work()

    after = await desk.item(case)
    assert after["offered_to_id"] == second.profile_id
    assert after["queued_at"] == before["queued_at"]
    assert after["declined_by_ids"] == [first.profile_id]
    assert (await desk.presence(first))["used"] == 0
    assert await desk.ledger() == []
    with pytest.raises(Conflict):
        await first.do("work_items.accept", before["id"])


async def test_an_offer_that_nobody_answers_goes_on_and_keeps_its_age(desk: Desk) -> None:
    silent = await desk.agent("Silent")
    case = await desk.case()
    await desk.work()
    before = await desk.item(case)
    other = await desk.agent("Other")
    await let_time_pass(desk, "offer_expires_at")

    await desk.work()

    after = await desk.item(case)
    assert after["offered_to_id"] == other.profile_id
    assert after["queued_at"] == before["queued_at"]
    assert (await desk.presence(silent))["used"] == 0
    types = {row["type"] for row in await desk.sql("SELECT type FROM events WHERE tenant_id = $1")}
    assert {"work_items.offered", "work_items.timed_out"} <= types


async def test_what_everybody_passed_on_is_offered_again_after_a_while(desk: Desk) -> None:
    agent = await desk.agent()
    case = await desk.case()
    await desk.work()
    item = await desk.item(case)
    await agent.do("work_items.decline", item["id"])
    await desk.work()
    waiting = await desk.item(case)
    assert (waiting["state"], waiting["waiting_reason"]) == ("queued", "declined_by_all")
    assert waiting["retry_at"] is not None

    await let_time_pass(desk, "retry_at")
    await desk.work()

    again = await desk.item(case)
    assert again["offered_to_id"] == agent.profile_id
    assert again["queued_at"] == item["queued_at"]


async def test_whoever_goes_away_gives_back_what_was_offered(desk: Desk) -> None:
    leaver = await desk.agent("Leaver")
    case = await desk.case()
    await desk.work()
    stayer = await desk.agent("Stayer")

    await leaver.do("agent_presence.set", state="away")
    await desk.work()

    item = await desk.item(case)
    assert item["offered_to_id"] == stayer.profile_id
    assert (await desk.presence(leaver))["used"] == 0


async def test_nobody_is_offered_a_case_that_they_may_not_see(desk: Desk) -> None:
    await desk.agent("For consumers", roles=("agent_b2c",))
    account = await desk.tenant.account()
    case = await desk.case(account_id=str(account["id"]))

    await desk.work()

    waiting = await desk.item(case)
    assert waiting["state"] == "queued"
    told = await desk.tenant.admin.do("work_items.decision", waiting["id"])
    assert [one.removed_by for one in told.candidates] == ["customers"]
    business = await desk.agent("For companies", roles=("agent_b2b",))
    await desk.work()
    assert (await desk.item(case))["offered_to_id"] == business.profile_id


async def test_a_resolved_case_frees_the_place_and_the_next_one_comes(desk: Desk) -> None:
    agent = await desk.agent(capacity=1)
    first = await desk.case("First")
    await desk.work()
    second = await desk.case("Second")
    await desk.work()
    item = await desk.item(first)
    await agent.do("work_items.accept", item["id"])
    await desk.work()
    assert (await desk.item(second))["state"] == "queued"

    await agent.do("cases.resolve", first["id"], resolution="Restarted it.")
    await desk.work()

    assert (await desk.item(first))["state"] == "completed"
    assert (await desk.item(second))["offered_to_id"] == agent.profile_id
    assert await desk.ledger() == []


async def test_a_reopened_case_waits_again_with_its_age(desk: Desk) -> None:
    agent = await desk.agent(capacity=1)
    case = await desk.case()
    await desk.work()
    before = await desk.item(case)
    await agent.do("work_items.accept", before["id"])
    await agent.do("cases.resolve", case["id"], resolution="Restarted it.")
    await desk.work()

    await desk.tenant.admin.do("cases.reopen", case["id"], reason="It is silent again.")
    await desk.work()

    after = await desk.item(case)
    assert (after["state"], after["queued_at"]) == ("offered", before["queued_at"])
    assert await desk.ledger() == []


async def test_a_manager_gives_a_case_by_name_and_it_counts(desk: Desk) -> None:
    offered = await desk.agent("Offered")
    named = await desk.agent("Named", state="away")
    case = await desk.case()
    await desk.work()
    assert (await desk.item(case))["offered_to_id"] == offered.profile_id

    await desk.tenant.admin.do("cases.assign", case["id"], assigned_to_id=str(named.profile_id))
    await desk.work()

    item = await desk.item(case)
    assert (item["state"], item["accepted_by_id"]) == ("accepted", named.profile_id)
    assert (await desk.presence(offered))["used"] == 0
    assert (await desk.presence(named))["used"] == 1
    assert await desk.ledger() == []


async def test_work_is_handed_on_by_the_skills_that_it_needs_now(desk: Desk) -> None:
    first = await desk.agent("First")
    case = await desk.case()
    await desk.work()
    item = await desk.item(case)
    await first.do("work_items.accept", item["id"])
    await desk.agent("Second")
    lawyer = await desk.agent("Lawyer", law=2)

    await first.do(
        "work_items.transfer",
        item["id"],
        skills_needed=[{"skill_id": await desk.skill("law"), "level": 2}],
    )
    await desk.work()

    after = await desk.item(case)
    assert after["offered_to_id"] == lawyer.profile_id
    assert after["queued_at"] == item["queued_at"]
    assert (await desk.tenant.admin.read("cases", case["id"]))["assigned_to_id"] is None
    assert await desk.ledger() == []


async def test_a_rule_asks_for_a_skill_by_category(desk: Desk) -> None:
    await desk.agent("Anybody")
    checker = await desk.agent("Checker", fraud=3)
    await desk.tenant.admin.do(
        "skill_rules.create", category="fraud", skill_id=await desk.skill("fraud"), level=2
    )

    case = await desk.case(category="fraud")
    await desk.work()

    assert (await desk.item(case))["offered_to_id"] == checker.profile_id


async def test_the_more_urgent_case_goes_first_and_then_the_older(desk: Desk) -> None:
    late = await desk.case("Third", priority=3)
    urgent = await desk.case("First", priority=1)
    middle = await desk.case("Second", priority=2)
    await desk.work()
    agent = await desk.agent(capacity=1)
    got = []
    for _ in range(3):
        await desk.work()
        (item,) = [i for i in await agent.list("work_items") if i["state"] == "offered"]
        got.append(item["record_id"])
        await agent.do("work_items.accept", item["id"])
        await agent.do("work_items.complete", item["id"])
    assert got == [urgent["id"], middle["id"], late["id"]]


async def test_an_agent_sets_only_their_own_presence_and_no_capacity(desk: Desk) -> None:
    agent, colleague = await desk.agent("Agent"), await desk.agent("Colleague")
    with pytest.raises((Forbidden, Invalid)):
        await agent.do("agent_presence.set", state="away", profile_id=str(colleague.profile_id))
    with pytest.raises(Forbidden):
        await agent.do("agent_presence.set", capacity=100)
    with pytest.raises(NotFound):
        await agent.read("agent_presence", (await desk.presence(colleague))["id"])
    assert (await desk.presence(colleague))["state"] == "available"
    assert (await desk.presence(agent))["capacity"] == 5


async def test_the_longest_idle_gets_the_next_and_a_newcomer_is_not_flooded(desk: Desk) -> None:
    first, second = await desk.agent("First"), await desk.agent("Second")
    cases = [await desk.case(f"Case {n}") for n in range(4)]
    await desk.work()
    newcomer = await desk.agent("Newcomer")
    cases += [await desk.case(f"Case {n}") for n in range(4, 7)]
    await desk.work()
    used = [(await desk.presence(agent))["used"] for agent in (first, second, newcomer)]
    assert sorted(used) == [1, 3, 3] or sorted(used) == [2, 2, 3]
    assert used[2] <= 2


async def let_time_pass(desk: Desk, column: str) -> None:
    """Move what a timer waits for into the past, and the timer with it."""
    past = datetime.now().astimezone() - timedelta(seconds=1)
    await desk.sql(
        f"""UPDATE work_items SET {column} = $2 WHERE tenant_id = $1 AND {column} IS NOT NULL
            RETURNING id""",
        past,
    )
    await desk.sql(
        """UPDATE jobs SET run_at = $2 WHERE tenant_id = $1 AND state = 'queued'
              AND name LIKE 'routing.%' RETURNING id""",
        past,
    )
