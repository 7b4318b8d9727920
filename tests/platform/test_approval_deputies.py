"""Handing on and standing in: each with a link of their own, good as long as they may decide."""

import re
from typing import Any

import pytest

from backend.platform.approvals.clocks import tick
from backend.platform.approvals.standing import turn
from infra.kernel.errors import Invalid
from tests.platform.consent import Desk, Member, people
from tests.portals.browsing import Browser
from tests.service.test_fulfilling_requests import Shop
from tests.world import Actor, World

YEARS = {"starts_at": "2020-01-01T00:00:00Z", "ends_at": "2999-01-01T00:00:00Z"}


@pytest.fixture
async def desk(world: World) -> Desk:
    return Desk(world, await world.tenant())


@pytest.fixture
async def shop(world: World) -> Shop:
    return await Shop(world, await world.tenant()).open()


async def letters(desk: Desk, email: str) -> list[str]:
    rows = await desk.sql(
        "SELECT text_body FROM outbound_mails WHERE tenant_id = $1 AND recipient = $2 "
        "AND kind = 'approvals' ORDER BY created_at, id",
        email,
    )
    return [row["text_body"] for row in rows]


def token_in(letter: str) -> str:
    found = re.search(r"/approve\?token=(\S+)", letter)
    assert found
    return found[1]


async def respond(desk: Desk, token: str, decision: str = "approve", why: str = "") -> int:
    """What the page answers to whoever holds the link."""
    reader = Browser(desk.world, desk.tenant.slug)
    looked = await reader.get(f"/approve?token={token}")
    if looked.status_code != 200:
        return looked.status_code
    form = {"token": token, "decision": decision, "why": why}
    return (await reader.post("/approve", form)).status_code


async def stand_in(desk: Desk, boss: Member, deputy: Member) -> dict[str, Any]:
    made: dict[str, Any] = await (await desk.fresh(boss)).do(
        "approval_deputies.create", deputy_id=deputy.id, **YEARS
    )
    return made


async def test_a_deputy_gets_a_link_of_their_own_that_says_for_whom(desk: Desk) -> None:
    agent, boss, deputy = [await desk.member(n) for n in ("Agnes Agent", "Bea Boss", "Dora")]
    await desk.rule("all", {"approvers": [people(boss)]})
    await stand_in(desk, boss, deputy)
    request = await desk.asked(agent, await desk.case(agent))
    (hers,), (other,) = await letters(desk, boss.email), await letters(desk, deputy.email)
    assert "You decide for Bea Boss, as their deputy." in other
    assert "as their deputy" not in hers
    assert token_in(hers) != token_in(other)
    assert await respond(desk, token_in(other)) == 200
    (seat,) = await desk.admin.list("approvals", request_id=str(request["id"]))
    assert (seat["state"], str(seat["decided_by_id"]), seat["door"]) == (
        "approved", deputy.id, "link",
    )  # fmt: skip
    (entry,) = await desk.admin.list("approval_entries", what="agreed")
    assert (entry["by_name"], entry["for_name"]) == ("Dora", "Bea Boss")
    for spent in (token_in(hers), token_in(other)):
        assert await respond(desk, spent) == 404


async def test_whoever_begins_to_stand_in_is_written_to_and_loses_the_link_with_the_time(
    desk: Desk,
) -> None:
    agent, boss, deputy = [await desk.member(n) for n in ("Agnes Agent", "Bea Boss", "Dora")]
    await desk.rule("all", {"approvers": [people(boss)]})
    request = await desk.asked(agent, await desk.case(agent))
    assert await letters(desk, deputy.email) == []
    standing = await stand_in(desk, boss, deputy)
    (letter,) = await letters(desk, deputy.email)
    await desk.sql(
        "UPDATE approval_deputies SET ends_at = now() WHERE tenant_id = $1 AND id = $2",
        standing["id"],
    )
    # The time is over, whether or not the clock has come round.
    assert await respond(desk, token_in(letter)) == 404
    async with desk.world.services.system(desk.tenant.id, reason="test") as ctx:
        await turn(ctx)
    assert await respond(desk, token_in(letter)) == 404
    assert (await desk.request(request["id"]))["state"] == "pending"
    (own,) = await letters(desk, boss.email)
    assert await respond(desk, token_in(own)) == 200


async def test_a_reminder_makes_the_links_before_it_worthless(desk: Desk) -> None:
    agent, boss, deputy = [await desk.member(n) for n in ("Agnes Agent", "Bea Boss", "Dora")]
    await desk.rule("all", {"approvers": [people(boss)], "remind_hours": 1})
    await stand_in(desk, boss, deputy)
    await desk.asked(agent, await desk.case(agent))
    await desk.sql("UPDATE approval_steps SET remind_at = now() WHERE tenant_id = $1")
    async with desk.world.services.system(desk.tenant.id, reason="test") as ctx:
        await tick(ctx)
    for email in (boss.email, deputy.email):
        first, second = await letters(desk, email)
        assert await respond(desk, token_in(first)) == 404
        reader = Browser(desk.world, desk.tenant.slug)
        await reader.get(f"/approve?token={token_in(second)}")
        assert ("You decide for Bea Boss." in reader.text) is (email == deputy.email)


async def test_a_requester_who_stands_in_gets_no_link_for_their_own_question(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("all", {"approvers": [people(boss)]})
    await stand_in(desk, boss, agent)
    await desk.asked(agent, await desk.case(agent))
    assert len(await letters(desk, boss.email)) == 1
    assert await letters(desk, agent.email) == []


async def test_deputies_of_each_other_decide_once_and_nothing_goes_round(desk: Desk) -> None:
    agent, one, two = [await desk.member(n) for n in ("Agnes Agent", "Bea Boss", "Cora Chief")]
    await desk.rule("all", {"approvers": [people(one, two, need="all")]})
    await stand_in(desk, one, two)
    await stand_in(desk, two, one)
    request = await desk.asked(agent, await desk.case(agent))
    assert [len(await letters(desk, each.email)) for each in (one, two)] == [2, 2]
    await (await desk.fresh(two)).do("approval_requests.approve", request["id"])
    assert (await desk.request(request["id"]))["state"] == "approved"
    seats = await desk.admin.list("approvals", request_id=str(request["id"]))
    assert {str(seat["decided_by_id"]) for seat in seats} == {two.id}
    (entry,) = await desk.admin.list("approval_entries", what="agreed")
    assert entry["for_name"] == "Bea Boss"


async def test_a_deputys_deputy_does_not_decide(desk: Desk) -> None:
    agent, boss, deputy, third = [
        await desk.member(n) for n in ("Agnes Agent", "Bea Boss", "Dora", "Tim")
    ]
    await desk.rule("all", {"approvers": [people(boss)]})
    await stand_in(desk, boss, deputy)
    await stand_in(desk, deputy, third)
    await desk.asked(agent, await desk.case(agent))
    assert await desk.waiting(deputy)
    assert await desk.waiting(third) == []
    assert await letters(desk, third.email) == []


# ── A company's own people ───────────────────────────────────────────────────────────────────


async def company(shop: Shop) -> tuple[Actor, Actor, dict[str, Any]]:
    """Its approver, a colleague, and a request that waits for consent."""
    item = await shop.item(approval="purchase")
    boss = await shop.approver()
    colleague = await shop.tenant.contact(shop.company, name="Cleo Colleague")
    await shop.asks(item, seats=20)
    (request,) = await shop.admin.list("approval_requests")
    return await shop.again(boss), colleague, request


async def test_a_companys_approver_hands_on_to_a_colleague(shop: Shop) -> None:
    boss, colleague, request = await company(shop)
    told = await boss.do("approvals.colleagues")
    assert [each.name for each in told.items] == ["Cleo Colleague", "Maya"]
    stranger = await shop.tenant.contact(await shop.tenant.account("Others"), name="Sam")
    with pytest.raises(Invalid):
        await boss.do("approval_requests.reassign", request["id"], to_id=str(stranger.profile_id))
    to = str(colleague.profile_id)
    await boss.do("approval_requests.reassign", request["id"], to_id=to, reason="Away")
    colleague = await shop.again(colleague)
    (waiting,) = (await colleague.do("approvals.waiting")).items
    assert (await boss.do("approvals.waiting")).count == 0
    await colleague.do("approval_requests.approve", waiting.request_id)
    assert (await shop.admin.read("approval_requests", request["id"]))["state"] == "approved"


async def test_a_companys_deputy_reads_and_decides_by_the_link(shop: Shop) -> None:
    boss, colleague, request = await company(shop)
    await boss.do("approval_deputies.create", deputy_id=str(colleague.profile_id), **YEARS)
    desk = Desk(shop.world, shop.tenant)
    (user,) = await shop.admin.list("users", id=str(colleague.caller.user_id))
    (letter,) = await letters(desk, user["email"])
    assert "Seats: 20" in letter
    assert await respond(desk, token_in(letter), "reject", "Too many") == 200
    told = await shop.admin.read("approval_requests", request["id"])
    assert (told["state"], told["reason"]) == ("rejected", "Too many")


async def test_who_was_never_asked_learns_of_no_colleagues(shop: Shop) -> None:
    await company(shop)
    maya = await shop.again(shop.maya)
    assert (await maya.do("approvals.colleagues")).items == []
