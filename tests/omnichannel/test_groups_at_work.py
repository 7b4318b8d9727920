"""A case that is assigned to a group is work for the members of that group and for nobody else."""

from typing import Any

from tests.omnichannel.desk import Desk
from tests.world import Actor


async def a_group(desk: Desk, name: str, *members: Actor) -> dict[str, Any]:
    group: dict[str, Any] = await desk.tenant.admin.do("groups.create", name=name)
    for member in members:
        await join(desk, group, member)
    return group


async def join(desk: Desk, group: dict[str, Any], member: Actor) -> None:
    profile = await desk.tenant.admin.read("profiles", member.profile_id)
    await desk.tenant.admin.do(
        "group_members.create", group_id=str(group["id"]), user_id=str(profile["user_id"])
    )


async def test_a_case_of_a_group_goes_past_everybody_else(desk: Desk) -> None:
    idle = await desk.agent("Idle")
    member = await desk.agent("Member")
    claims = await a_group(desk, "Claims", member)
    first = await desk.case(assignment_group_id=str(claims["id"]))
    second = await desk.case(assignment_group_id=str(claims["id"]))
    free = await desk.case()

    await desk.work()

    for case in (first, second):
        item = await desk.item(case)
        assert (item["state"], item["offered_to_id"]) == ("offered", member.profile_id)
        assert item["assignment_group_id"] == claims["id"]
    assert (await desk.item(free))["offered_to_id"] == idle.profile_id
    told = await desk.tenant.admin.do("work_items.decision", (await desk.item(first))["id"])
    reasons = {one.profile_id: (one.outcome, one.removed_by) for one in told.candidates}
    assert reasons == {
        member.profile_id: ("chosen", None),
        idle.profile_id: ("removed", "group"),
    }
    assert await desk.ledger() == []


async def test_a_case_waits_until_somebody_of_its_group_is_there(desk: Desk) -> None:
    other = await desk.agent("Other")
    claims = await a_group(desk, "Claims")
    case = await desk.case(assignment_group_id=str(claims["id"]))
    await desk.work()
    waiting = await desk.item(case)
    assert (waiting["state"], waiting["offered_to_id"]) == ("queued", None)

    await join(desk, claims, other)
    await desk.work()

    item = await desk.item(case)
    assert (item["offered_to_id"], item["queued_at"]) == (other.profile_id, waiting["queued_at"])


async def test_an_offer_goes_back_when_the_case_is_given_to_a_group_of_others(desk: Desk) -> None:
    first = await desk.agent("First")
    case = await desk.case()
    await desk.work()
    before = await desk.item(case)
    assert before["offered_to_id"] == first.profile_id
    member = await desk.agent("Member")
    claims = await a_group(desk, "Claims", member)

    await desk.tenant.admin.do("cases.assign", case["id"], assignment_group_id=str(claims["id"]))
    await desk.work()

    after = await desk.item(case)
    assert (after["offered_to_id"], after["queued_at"]) == (member.profile_id, before["queued_at"])
    assert (await desk.presence(first))["used"] == 0
    assert await desk.ledger() == []
    await desk.tenant.admin.do("cases.assign", case["id"])
    await desk.work()
    assert (await desk.item(case))["assignment_group_id"] is None


async def test_a_group_that_is_not_in_use_gets_no_work(desk: Desk) -> None:
    member = await desk.agent("Member")
    claims = await a_group(desk, "Claims", member)
    await desk.tenant.admin.do("groups.update", claims["id"], active=False)
    case = await desk.case(assignment_group_id=str(claims["id"]))
    await desk.work()
    assert (await desk.item(case))["state"] == "queued"
    await desk.tenant.admin.do("groups.update", claims["id"], active=True)
    await desk.work()
    assert (await desk.item(case))["offered_to_id"] == member.profile_id
