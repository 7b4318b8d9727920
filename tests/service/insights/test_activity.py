"""What agents did: told to those who lead, of the cases that they may see."""

import pytest

from backend.service.insights.activity import Activity, Done
from infra.kernel.errors import BadRequest, Forbidden
from tests.service.desk import Desk
from tests.service.insights.counting import execute
from tests.world import Actor


async def done(actor: Actor, **question: str) -> dict[str | None, Done]:
    told: Activity = await actor.do("insights.activity", **question)
    return {row.value: row for row in told.rows}


async def test_a_manager_sees_what_each_agent_wrote_resolved_and_took_up_again(desk: Desk) -> None:
    other = await desk.tenant.member("agent_b2b", name="Otto")
    case, second = await desk.case(), await desk.case()
    await desk.agent.do("cases.comment", case["id"], body="Try the other socket")
    await desk.agent.do("cases.note", case["id"], body="Sounds like the power supply")
    await desk.contact.do("cases.comment", case["id"], body="It is still dark")
    await desk.agent.do("cases.resolve", case["id"], resolution="Changed the fuse")
    await other.do("cases.reopen", case["id"])
    await other.do("cases.comment", second["id"], body="On my way")
    rows = await done(desk.admin)
    assert set(rows) == {str(desk.agent.profile_id), str(other.profile_id)}
    mine, theirs = rows[str(desk.agent.profile_id)], rows[str(other.profile_id)]
    assert (mine.name, mine.replies, mine.notes) == ("Agnes Agent", 1, 1)
    assert (mine.resolved, mine.reopened) == (1, 0)
    assert (theirs.replies, theirs.resolved, theirs.reopened) == (1, 0, 1)
    assert set(await done(desk.admin, agent=str(other.profile_id))) == {str(other.profile_id)}
    by_channel = await done(desk.admin, by="channel")
    assert {key: row.replies for key, row in by_channel.items()} == {"portal": 2}
    assert await done(desk.admin, channel="phone") == {}
    await execute(
        desk.tenant,
        "UPDATE activity_entries SET at = at - interval '40 days' WHERE tenant_id = $1",
    )
    assert await done(desk.admin) == {}


async def test_work_that_was_handled_is_told_with_the_time_it_took(desk: Desk) -> None:
    case = await desk.case()
    queue = await desk.admin.do("queues.create", name="Phones", channel="phone")
    await execute(
        desk.tenant,
        """INSERT INTO work_items (tenant_id, id, kind, record_id, queue_id, channel, title,
             customer_kind, rank, state, queued_at, accepted_by_id, accepted_at, finished_at,
             created_at, updated_at)
           SELECT $1, gen_random_uuid(), 'cases', $2, $3, 'phone', 'No light', 'business', 1, state,
                  now(), $4, now() - seconds * interval '1 second', now(), now(), now()
             FROM (VALUES ('completed', 600)) v (state, seconds)""",
        case["id"], queue["id"], desk.agent.profile_id,
    )  # fmt: skip
    row = (await done(desk.admin))[str(desk.agent.profile_id)]
    assert (row.handled, row.handle_seconds) == (1, 600)
    assert (await done(desk.admin, by="channel"))["phone"].handled == 1


async def test_a_leader_sees_what_was_done_on_the_cases_of_the_own_groups(desk: Desk) -> None:
    lead = await desk.tenant.member("team_lead", name="Lea")
    group = await desk.admin.do("groups.create", name="Second line")
    await desk.admin.do(
        "group_members.create", group_id=str(group["id"]), user_id=str(lead.caller.user_id)
    )
    lead = await desk.tenant.world.actor(desk.tenant, lead.profile_id)
    for number in range(2):
        case = await desk.case()
        await desk.agent.do("cases.comment", case["id"], body="We look into it")
        if number == 0:
            await desk.agent.do("cases.assign", case["id"], assignment_group_id=str(group["id"]))
    (row,) = (await done(lead)).values()
    assert (row.replies, row.handled) == (1, None)
    (row,) = (await done(desk.admin)).values()
    assert row.replies == 2
    assert set(await done(desk.admin, group="none", by="channel")) == {"portal"}
    with pytest.raises(BadRequest):
        await done(lead, group="none")


async def test_activity_is_for_those_who_read_figures_and_of_a_quarter_at_the_most(
    desk: Desk,
) -> None:
    with pytest.raises(Forbidden):
        await done(desk.agent)
    with pytest.raises(BadRequest) as refused:
        await done(desk.admin, span="365d")
    assert [fault.pointer for fault in refused.value.faults] == ["first"]
