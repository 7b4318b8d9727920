"""What goes wrong with consent has a name, and nothing of it is left half done."""

import asyncio
from typing import Any

import pytest

from backend.platform.approvals.clocks import tick
from backend.platform.approvals.errors import ApproverNoLonger
from backend.platform.approvals.links import bearer_of
from backend.platform.approvals.models import ApprovalLink
from backend.platform.approvals.resources import approval_links
from infra.kernel.errors import Invalid, Problem
from tests.platform.consent import Desk, people
from tests.portals.browsing import Browser
from tests.world import World


@pytest.fixture
async def desk(world: World) -> Desk:
    return Desk(world, await world.tenant())


async def nothing_is_left(desk: Desk, request: dict[str, Any]) -> None:
    """Nobody is asked any more, no link is good, and nobody reads because of it."""
    seats = await desk.admin.list("approvals", request_id=str(request["id"]))
    assert "open" not in {seat["state"] for seat in seats}
    steps = await desk.admin.list("approval_steps", request_id=str(request["id"]))
    assert {step["state"] for step in steps}.isdisjoint({"open", "waiting"})
    assert await desk.sql("SELECT 1 FROM approval_links WHERE tenant_id = $1") == []
    held = "SELECT 1 FROM held_responsibilities WHERE tenant_id = $1 AND source_id = ANY ($2)"
    assert await desk.sql(held, [seat["id"] for seat in seats]) == []


async def test_one_person_who_decides_on_the_page_and_by_the_link_at_once_is_heard_once(
    desk: Desk,
) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("all", {"approvers": [people(boss)]})
    request = await desk.asked(agent, await desk.case(agent))
    reader = Browser(desk.world, desk.tenant.slug)
    token = await desk.token_for(boss)
    await reader.get(f"/approve?token={token}")
    fresh = await desk.fresh(boss)
    outcomes = await asyncio.gather(
        fresh.do("approval_requests.approve", request["id"]),
        reader.post("/approve", {"token": token, "decision": "reject", "why": "No"}),
        return_exceptions=True,
    )
    decided = (await desk.request(request["id"]))["state"]
    page, link = outcomes
    if decided == "approved":
        assert not isinstance(page, BaseException)
        assert link.status_code in {404, 409}  # type: ignore[union-attr]
    else:
        assert isinstance(page, Problem)
        assert link.status_code == 200  # type: ignore[union-attr]
    history = await desk.history(request)
    assert len({"agreed", "refused"} & set(history)) == 1
    await nothing_is_left(desk, request)


async def test_whoever_lost_the_role_decides_no_longer_and_the_question_is_handed_on(
    desk: Desk,
) -> None:
    agent, boss = (
        await desk.member("Agnes Agent"),
        await desk.member("Bea Boss", "middle_office", "agent_b2b"),
    )
    other = await desk.member("Otto Other")
    await desk.rule("role", {"approvers": [{"who": "role", "name": "middle_office"}]})
    request = await desk.asked(agent, await desk.case(agent))
    token = await desk.token_for(boss)
    await desk.admin.do("profiles.revoke_role", boss.id, role="middle_office")
    with pytest.raises(ApproverNoLonger):
        await (await desk.fresh(boss)).do("approval_requests.approve", request["id"])
    assert (await Browser(desk.world, desk.tenant.slug).get(f"/approve?token={token}")
            ).status_code == 404  # fmt: skip
    assert (await desk.request(request["id"]))["state"] == "pending"
    await desk.admin.do(
        "approval_requests.reassign", request["id"], to_id=other.id, from_id=boss.id
    )  # fmt: skip
    await (await desk.fresh(other)).do("approval_requests.approve", request["id"])
    assert (await desk.request(request["id"]))["state"] == "approved"
    await nothing_is_left(desk, request)


async def test_whoever_left_the_group_decides_no_longer_on_the_page_either(desk: Desk) -> None:
    agent, boss, other = [await desk.member(n) for n in ("Agnes Agent", "Bea Boss", "Otto")]
    await desk.group("Finance", boss, other)
    await desk.rule("money", {"approvers": [{"who": "group", "name": "Finance"}]})
    request = await desk.asked(agent, await desk.case(agent))
    (membership,) = await desk.admin.list("group_members", user_id=str(boss.actor.caller.user_id))
    await desk.admin.do("group_members.delete", membership["id"])
    with pytest.raises(ApproverNoLonger):
        await (await desk.fresh(boss)).do("approval_requests.approve", request["id"])
    await (await desk.fresh(other)).do("approval_requests.approve", request["id"])
    assert (await desk.request(request["id"]))["state"] == "approved"


async def test_a_level_whose_people_are_gone_by_then_refuses_and_says_so(desk: Desk) -> None:
    agent, boss, chief = [await desk.member(n) for n in ("Agnes Agent", "Bea Boss", "Cora Chief")]
    await desk.rule(
        "two", {"approvers": [people(boss)]}, {"level": 2, "approvers": [people(chief)]}
    )
    case = await desk.case(agent)
    request = await desk.asked(agent, case)
    await desk.admin.do("users.suspend", str(chief.actor.caller.user_id))
    await (await desk.fresh(boss)).do("approval_requests.approve", request["id"])
    request = await desk.request(request["id"])
    assert request["state"] == "rejected"
    assert "nobody is left to ask" in request["reason"]
    told = await (await desk.fresh(agent)).list("notifications")
    assert any("nobody is left to ask" in note["body"] for note in told)
    assert await desk.state(case) == "new"
    await nothing_is_left(desk, request)


async def test_a_link_is_dead_at_the_very_instant_at_which_it_ends(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("all", {"approvers": [people(boss)]})
    await desk.asked(agent, await desk.case(agent))
    token = await desk.token_for(boss)
    async with desk.world.services.system(desk.tenant.id, reason="test") as ctx:
        assert (await bearer_of(ctx, token)).seat.approver_name == "Bea Boss"
        link: ApprovalLink = await ctx.every(approval_links).first()
        link.expires_at = ctx.now
        await ctx.save(link)
        await ctx.flush()
        with pytest.raises(Invalid):
            await bearer_of(ctx, token)


async def test_a_level_that_is_overdue_as_it_is_decided_ends_decided(desk: Desk) -> None:
    agent, boss, chief = [await desk.member(n) for n in ("Agnes Agent", "Bea Boss", "Cora Chief")]
    await desk.rule("all", {"approvers": [people(boss)], "due_hours": 4,
                            "escalate_to": [people(chief)]})  # fmt: skip
    request = await desk.asked(agent, await desk.case(agent))
    await desk.sql("UPDATE approval_steps SET due_at = now() WHERE tenant_id = $1")
    fresh = await desk.fresh(boss)

    async def clock() -> None:
        async with desk.world.services.system(desk.tenant.id, reason="test") as ctx:
            await tick(ctx)

    await asyncio.gather(clock(), fresh.do("approval_requests.approve", request["id"]))
    assert (await desk.request(request["id"]))["state"] == "approved"
    history = await desk.history(request)
    assert history.count("approved") == 1
    assert history.count("overdue") == history.count("escalated") <= 1
    await nothing_is_left(desk, request)
