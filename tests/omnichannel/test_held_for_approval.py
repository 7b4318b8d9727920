"""Work that waits for consent is offered to nobody; released it is queued at once."""

from typing import Any

import pytest

from backend.omnichannel.routing.resources import work_items
from tests.platform.consent import Desk, Member, people
from tests.service.test_fulfilling_requests import Shop
from tests.world import Actor, World


@pytest.fixture
async def desk(world: World) -> Desk:
    return Desk(world, await world.tenant())


@pytest.fixture
async def shop(world: World) -> Shop:
    return await Shop(world, await world.tenant()).open()


async def items(admin: Actor, case_id: Any) -> list[str]:
    """The states of a case's work in the queue."""
    rows = await admin.list(work_items.name, record_id=str(case_id))
    return [row["state"] for row in rows]


async def clocks(admin: Actor, case_id: Any) -> set[str]:
    return {row["state"] for row in await admin.list("task_slas", record_id=str(case_id))}


async def promise(admin: Actor) -> None:
    await admin.do("sla_definitions.create", name="All", kind="cases",
                   response_minutes=60, resolution_minutes=600)  # fmt: skip


async def wanting(shop: Shop) -> tuple[Actor, dict[str, Any], Any]:
    """A company's approver, a request that waits, and the question."""
    await promise(shop.admin)
    item = await shop.item(approval="purchase")
    boss = await shop.approver()
    request = await shop.asks(item, seats=2)
    await shop.work()
    boss = await shop.again(boss)
    (waiting,) = (await boss.do("approvals.waiting")).items
    return boss, request, waiting.request_id


async def test_a_request_is_queued_once_it_is_approved_and_its_clocks_stand_till_then(
    shop: Shop,
) -> None:
    boss, request, question = await wanting(shop)
    assert await items(shop.admin, request["case_id"]) == []
    assert (await shop.admin.read("cases", request["case_id"]))["held_since"] is not None
    assert await clocks(shop.admin, request["case_id"]) == {"paused"}
    await boss.do("approval_requests.approve", question)
    await shop.work()
    assert await items(shop.admin, request["case_id"]) == ["queued"]
    assert (await shop.admin.read("cases", request["case_id"]))["held_since"] is None
    assert await clocks(shop.admin, request["case_id"]) == {"running"}


async def test_a_rejected_request_is_never_queued_and_its_requester_reads_why(shop: Shop) -> None:
    boss, request, question = await wanting(shop)
    await boss.do("approval_requests.reject", question, reason="Too dear")
    await shop.work()
    assert await items(shop.admin, request["case_id"]) == []
    case = await shop.admin.read("cases", request["case_id"])
    assert (case["state"], case["held_since"]) == ("cancelled", None)
    maya = await shop.again(shop.maya)
    said = await maya.list("activity_entries", record_id=str(case["id"]), entry_type="comment")
    assert [entry["body"] for entry in said] == ["Too dear"]


async def test_a_question_that_was_taken_back_ends_the_request(shop: Shop) -> None:
    _, request, question = await wanting(shop)
    maya = await shop.again(shop.maya)
    await maya.do("approval_requests.recall", question, reason="Not needed")
    await shop.work()
    assert (await shop.request(request))["fulfilment"] == "cancelled"
    assert (await shop.admin.read("cases", request["case_id"]))["state"] == "cancelled"


async def test_a_rule_that_does_not_hold_work_lets_it_be_queued(shop: Shop) -> None:
    item = await shop.item(approval="purchase")
    await shop.approver()
    (rule,) = await shop.admin.list("approval_rules")
    await shop.admin.do("approval_rules.update", rule["id"], holds_work=False)
    request = await shop.asks(item, seats=2)
    await shop.work()
    assert await items(shop.admin, request["case_id"]) == ["queued"]
    assert (await shop.admin.read("cases", request["case_id"]))["held_since"] is None


async def test_changed_answers_that_need_no_consent_release_the_work(shop: Shop) -> None:
    item = await shop.item()
    await shop.approver()
    (rule,) = await shop.admin.list("approval_rules")
    await shop.admin.do(
        "approval_rules.update", rule["id"], condition="record.answers.seats > 10"
    )  # fmt: skip
    request = await shop.asks(item, seats=20, why="Growth")
    assert request["fulfilment"] == "awaiting_approval"
    maya = await shop.again(shop.maya)
    await maya.do("catalog_requests.change", request["id"], answers={"seats": 2})
    await shop.work()
    assert (await shop.request(request))["fulfilment"] == "fulfilling"
    assert await items(shop.admin, request["case_id"]) == ["queued"]


async def asked_as_it_is(desk: Desk, **values: Any) -> tuple[Member, dict[str, Any], Any]:
    """A case about which somebody asks, with its work in the queue already."""
    boss = await desk.member("Bea Boss")
    await desk.rule("any", {"approvers": [people(boss)]}, action="", **values)
    account = await desk.tenant.account()
    case = await desk.admin.do("cases.create", subject="New line", account_id=str(account["id"]))
    await desk.work()
    assert await items(desk.admin, case["id"]) == ["queued"]
    asked = await desk.admin.do(
        "approval_requests.create", kind="cases", record_id=str(case["id"])
    )  # fmt: skip
    await desk.work()
    return await desk.fresh(boss), case, asked["id"]


async def test_a_case_that_is_asked_about_leaves_the_queue_and_comes_back(desk: Desk) -> None:
    boss, case, question = await asked_as_it_is(desk)
    assert await items(desk.admin, case["id"]) == ["cancelled"]
    await boss.do("approval_requests.approve", question)
    await desk.work()
    assert await items(desk.admin, case["id"]) == ["queued"]


async def test_a_case_whose_consent_is_refused_ends_with_the_reason(desk: Desk) -> None:
    boss, case, question = await asked_as_it_is(desk)
    await boss.do("approval_requests.reject", question, reason="No budget")
    await desk.work()
    assert await desk.state(case) == "cancelled"
    assert await items(desk.admin, case["id"]) == ["cancelled"]


async def test_a_refusal_that_holds_no_work_leaves_the_case_as_it_is(desk: Desk) -> None:
    boss, case, question = await asked_as_it_is(desk, holds_work=False)
    assert await items(desk.admin, case["id"]) == ["queued"]
    await boss.do("approval_requests.reject", question, reason="No budget")
    await desk.work()
    assert (await desk.state(case), await items(desk.admin, case["id"])) == ("new", ["queued"])
