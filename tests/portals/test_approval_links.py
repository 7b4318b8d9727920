"""The link of a letter in other hands: scanners, neighbours, latecomers, and colleagues."""

from typing import Any

import pytest

from tests.platform.consent import Desk, Member, people
from tests.portals.browsing import Browser
from tests.service.test_fulfilling_requests import Shop
from tests.world import World


@pytest.fixture
async def desk(world: World) -> Desk:
    return Desk(world, await world.tenant())


async def asked(desk: Desk) -> tuple[Member, Member, dict[str, Any]]:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("all", {"approvers": [people(boss)]})
    return agent, boss, await desk.asked(agent, await desk.case(agent))


def stranger(desk: Desk) -> Browser:
    return Browser(desk.world, desk.tenant.slug)


async def hand_on(desk: Desk, token: str, to: str) -> Any:
    reader = stranger(desk)
    await reader.get(f"/approve?token={token}")
    return await reader.post("/approve", {"token": token, "decision": "hand_on", "to": to,
                                          "why": "I am away"})  # fmt: skip


async def test_a_scanner_that_follows_the_link_in_every_way_decides_nothing(desk: Desk) -> None:
    _, boss, request = await asked(desk)
    token = await desk.token_for(boss)
    client = desk.world.http({"Host": f"{desk.tenant.slug}.localhost:8000"})
    for query in (f"token={token}", f"token={token}&decision=approve", f"token={token}&do=reject"):
        assert (await client.get(f"/approve?{query}")).status_code < 500
        assert (await client.head(f"/approve?{query}")).status_code < 500
        assert (await client.post(f"/approve?{query}")).status_code in range(400, 500)
    assert (await desk.request(request["id"]))["state"] == "pending"
    assert await desk.history(request) == ["requested"]


async def test_a_question_is_handed_on_behind_the_link(desk: Desk) -> None:
    _, boss, request = await asked(desk)
    other = await desk.member("Otto Other")
    token = await desk.token_for(boss)
    reader = stranger(desk)
    await reader.get(f"/approve?token={token}")
    assert "Hand it on" in reader.text
    assert "Otto Other" not in reader.text, "a link tells nobody who works here"
    answer = await hand_on(desk, token, other.email.upper())
    assert answer.status_code == 200, reader.text
    seats = await desk.admin.list("approvals", request_id=str(request["id"]))
    assert [(seat["approver_name"], seat["state"]) for seat in seats] == [
        ("Bea Boss", "moved"), ("Otto Other", "open"),
    ]  # fmt: skip
    (entry,) = await desk.admin.list("approval_entries", what="reassigned")
    assert (entry["by_name"], entry["for_name"], entry["text"]) == (
        "Bea Boss", "Otto Other", "I am away",
    )  # fmt: skip
    assert (await stranger(desk).get(f"/approve?token={token}")).status_code == 404
    assert (await hand_on(desk, token, boss.email)).status_code == 404
    theirs = await desk.token_for(other)
    reader = stranger(desk)
    await reader.get(f"/approve?token={theirs}")
    answer = await reader.post("/approve", {"token": theirs, "decision": "approve"})
    assert answer.status_code == 200
    assert (await desk.request(request["id"]))["state"] == "approved"


async def test_nobody_takes_over_who_could_not_decide(desk: Desk) -> None:
    agent, boss, request = await asked(desk)
    maya = await desk.tenant.contact(name="Maya")
    (outside,) = await desk.admin.list("users", id=str(maya.caller.user_id))
    left = await desk.member("Lea Left")
    await desk.admin.do("users.suspend", str(left.actor.caller.user_id))
    elsewhere = await Desk(desk.world, await desk.world.tenant()).member("Nora Neighbour")
    token = await desk.token_for(boss)
    for to in ("", "nobody@example.com", boss.email, agent.email, outside["email"], left.email,
               elsewhere.email, "x" * 400):  # fmt: skip
        answer = await hand_on(desk, token, to)
        assert answer.status_code == 422, to
    assert await desk.history(request) == ["requested"]
    assert (await stranger(desk).get(f"/approve?token={token}")).status_code == 200


async def test_a_companys_approver_hands_on_to_a_colleague_by_the_link(world: World) -> None:
    shop = await Shop(world, await world.tenant()).open()
    item = await shop.item(approval="purchase")
    boss = await shop.approver()
    desk = Desk(world, shop.tenant)
    request = await shop.asks(item, seats=2)
    other = await shop.tenant.contact(shop.company, name="Cleo")
    stranger_ = await shop.tenant.contact(name="Somebody Else")
    members = []
    for actor in (boss, other, stranger_):
        (user,) = await shop.admin.list("users", id=str(actor.caller.user_id))
        members.append(Member(actor, user["email"]))
    token = await desk.token_for(members[0])
    assert (await hand_on(desk, token, members[2].email)).status_code == 422
    assert (await hand_on(desk, token, members[1].email)).status_code == 200
    assert len(await desk.waiting(members[1])) == 1
    seen = await (await desk.fresh(members[1])).read("catalog_requests", request["id"])
    assert seen["answers"] == {"seats": 2}


async def test_a_link_used_twice_late_or_next_door_opens_nothing(desk: Desk) -> None:
    _, boss, request = await asked(desk)
    token = await desk.token_for(boss)
    other = Desk(desk.world, await desk.world.tenant())
    for verb, body in (
        ("respond", {"decision": "approve"}), ("hand_on", {"to": boss.email}), ("by_link", {}),
    ):  # fmt: skip
        client = desk.world.http({"Host": f"{other.tenant.slug}.localhost:8000"})
        answer = await client.post(
            f"/api/v1/approval_requests/{verb}", json={"token": token} | body
        )
        assert answer.status_code in {401, 422}, answer.text
    await desk.sql("UPDATE approval_links SET expires_at = now() WHERE tenant_id = $1")
    assert (await stranger(desk).get(f"/approve?token={token}")).status_code == 404
    assert (await hand_on(desk, token, boss.email)).status_code == 404
    assert (await desk.request(request["id"]))["state"] == "pending"
