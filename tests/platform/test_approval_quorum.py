"""So many as a rule says must agree: handing on lowers that no more than leaving does."""

from typing import Any

import pytest

from infra.kernel.errors import Invalid
from tests.platform.consent import Desk, Member, people
from tests.world import World


@pytest.fixture
async def desk(world: World) -> Desk:
    return Desk(world, await world.tenant())


async def agree(desk: Desk, request: dict[str, Any], member: Member) -> str:
    await (await desk.fresh(member)).do("approval_requests.approve", request["id"])
    return str((await desk.request(request["id"]))["state"])


async def hand_on(desk: Desk, request: dict[str, Any], one: Member, other: Member) -> None:
    await (await desk.fresh(one)).do("approval_requests.reassign", request["id"], to_id=other.id)


@pytest.mark.parametrize("need", ["all", 2])
async def test_both_must_agree_still_where_both_handed_on(desk: Desk, need: Any) -> None:
    agent, one, two, three, four = [
        await desk.member(n) for n in ("Agnes Agent", "Ada", "Ben", "Cy", "Di")
    ]
    await desk.rule("both", {"approvers": [people(one, two, need=need)]})
    request = await desk.asked(agent, await desk.case(agent))
    await hand_on(desk, request, one, three)
    await hand_on(desk, request, two, four)
    assert await agree(desk, request, three) == "pending"
    assert await agree(desk, request, four) == "approved"


async def test_one_who_took_over_does_not_agree_for_all(desk: Desk) -> None:
    agent, one, two, three = [await desk.member(n) for n in ("Agnes Agent", "Ada", "Ben", "Cy")]
    await desk.rule("both", {"approvers": [people(one, two, need="all")]})
    request = await desk.asked(agent, await desk.case(agent))
    await hand_on(desk, request, two, three)
    assert await agree(desk, request, three) == "pending"
    assert await agree(desk, request, one) == "approved"


async def test_what_is_handed_round_comes_back_and_is_decided_once(desk: Desk) -> None:
    agent, one, two, three = [await desk.member(n) for n in ("Agnes Agent", "Ada", "Ben", "Cy")]
    await desk.rule("all", {"approvers": [people(one)]})
    request = await desk.asked(agent, await desk.case(agent))
    for giving, taking in ((one, two), (two, three), (three, one)):
        await hand_on(desk, request, giving, taking)
    seats = await desk.admin.list("approvals", request_id=str(request["id"]))
    assert sorted(seat["state"] for seat in seats) == ["moved", "moved", "moved", "open"]
    assert [len(await desk.waiting(each)) for each in (one, two, three)] == [1, 0, 0]
    assert await agree(desk, request, one) == "approved"


async def test_a_later_level_for_which_too_few_are_left_is_not_agreed_to_by_fewer(
    desk: Desk,
) -> None:
    agent, lead, one, two = [await desk.member(n) for n in ("Agnes Agent", "Lea", "Ada", "Ben")]
    await desk.group("Board", one, two)
    board = {"who": "group", "name": "Board", "need": 2}
    await desk.rule("two", {"approvers": [people(lead)]}, {"level": 2, "approvers": [board]})
    case = await desk.case(agent)
    request = await desk.asked(agent, case)
    await desk.admin.do("users.suspend", str(two.actor.caller.user_id))
    assert await agree(desk, request, lead) == "rejected"
    assert "group Board" in (await desk.request(request["id"]))["reason"]
    assert await desk.waiting(one) == []
    assert await desk.state(case) == "new"


async def test_where_too_few_are_left_those_above_are_asked_at_once(desk: Desk) -> None:
    agent, lead, one, two, chief = [
        await desk.member(n) for n in ("Agnes Agent", "Lea", "Ada", "Ben", "Cora")
    ]
    await desk.group("Board", one, two)
    board = {"who": "group", "name": "Board", "need": 2}
    await desk.rule(
        "two", {"approvers": [people(lead)]},
        {"level": 2, "approvers": [board], "due_hours": 4, "escalate_to": [people(chief)]},
    )  # fmt: skip
    request = await desk.asked(agent, await desk.case(agent))
    await desk.admin.do("users.suspend", str(two.actor.caller.user_id))
    assert await agree(desk, request, lead) == "pending"
    assert (len(await desk.waiting(chief)), await desk.waiting(one)) == (1, [])
    assert await agree(desk, request, chief) == "approved"


async def test_who_left_the_house_is_followed_by_staff_only(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("all", {"approvers": [people(boss)]})
    case = await desk.case(agent)
    request = await desk.asked(agent, case)
    await desk.admin.do("users.suspend", str(boss.actor.caller.user_id))
    stranger = await desk.tenant.contact(name="Maya")
    with pytest.raises(Invalid) as refused:
        await desk.admin.do(
            "approval_requests.reassign", request["id"], from_id=boss.id,
            to_id=str(stranger.profile_id),
        )  # fmt: skip
    assert [(f.pointer, f.code) for f in refused.value.faults] == [("/to_id", "wrong_kind")]
    held = "SELECT 1 FROM held_responsibilities WHERE tenant_id = $1 AND holder_id = $2"
    assert await desk.sql(held, stranger.profile_id) == []
