"""Opening a case: who, what, and what is owed, verified at once."""

from datetime import datetime, timedelta

import pytest

from infra.kernel.errors import Invalid
from tests.service.desk import Desk, same


def moment(value: object) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


async def test_a_contact_opens_a_case_and_is_owed_what_the_contract_says(desk: Desk) -> None:
    told = await desk.case()
    assert told["number"].startswith("CS000")
    assert (told["state"], told["channel"], told["priority"]) == ("new", "portal", 3)
    assert told["entitlement_status"] == "verified"
    case = await desk.stored(told)
    assert same(case["account_id"], desk.account["id"])
    assert same(case["contact_id"], desk.contact_id)
    assert same(case["product_model_id"], desk.model["id"])
    assert same(case["contract_id"], desk.contract["id"])
    assert same(case["entitlement_id"], desk.entitlement["id"])
    assert case["customer_kind"] == "business"
    assert [each["verdict"] for each in case["entitlement_explanation"]] == ["chosen"]


async def test_both_clocks_run_by_the_entitlement_from_the_moment_of_opening(desk: Desk) -> None:
    told = await desk.case()
    clocks = await desk.clocks(told)
    opened = moment((await desk.stored(told))["opened_at"])
    assert {name: clock["state"] for name, clock in clocks.items()} == {
        "response": "running",
        "resolution": "running",
    }
    assert moment(clocks["response"]["due_at"]) == opened + timedelta(minutes=60)
    assert moment(clocks["response"]["warn_at"]) == opened + timedelta(minutes=45)
    assert moment(clocks["resolution"]["due_at"]) == opened + timedelta(minutes=480)
    assert moment(told["due_at"]) == opened + timedelta(minutes=480)


async def test_an_uncovered_channel_is_flagged_and_not_refused(desk: Desk) -> None:
    case = await desk.agent.do(
        "cases.create", subject="Walked in", channel="chat", contact_id=desk.contact_id,
        sold_product_id=str(desk.router["id"]),
    )  # fmt: skip
    assert case["entitlement_status"] == "uncovered_channel"
    assert same(case["entitlement_id"], desk.entitlement["id"])


async def test_an_expired_entitlement_is_told_and_promises_nothing(desk: Desk) -> None:
    await desk.admin.do("entitlements.update", desk.entitlement["id"], ends_on="2020-12-31")
    case = await desk.stored(await desk.case())
    assert (case["entitlement_status"], case["entitlement_id"]) == ("expired", None)
    assert case["entitlement_explanation"][0]["verdict"] == "expired"
    assert await desk.clocks(case) == {}


async def test_the_house_rule_by_priority_holds_without_an_entitlement(desk: Desk) -> None:
    for priority, minutes in ((1, 30), (3, 300)):
        await desk.admin.do(
            "sla_definitions.create", name=f"P{priority}", priority=priority,
            resolution_minutes=minutes,
        )  # fmt: skip
    account = await desk.tenant.account("Nobody's customer")
    case = await desk.agent.do(
        "cases.create", subject="Down", account_id=str(account["id"]), impact=1, urgency=1
    )
    assert (case["priority"], case["entitlement_status"]) == (1, "none")
    clocks = await desk.clocks(case)
    assert {name: clock["target_minutes"] for name, clock in clocks.items()} == {"resolution": 30}


async def test_a_consumers_case_is_their_own(desk: Desk) -> None:
    consumer = await desk.tenant.consumer()
    told = await consumer.do("cases.create", subject="Slow line", product_context={"page": "/r7"})
    case = await desk.stored(told)
    assert same(case["consumer_id"], consumer.caller.attributes["consumer_id"])
    assert (case["customer_kind"], case["account_id"]) == ("consumer", None)
    assert told["product_context"] == {"page": "/r7"}


async def test_a_customer_names_only_products_that_are_theirs(desk: Desk) -> None:
    other = await desk.tenant.contact()
    with pytest.raises(Invalid) as refused:
        await other.do("cases.create", subject="Mine?", sold_product_id=str(desk.router["id"]))
    assert [fault.pointer for fault in refused.value.faults] == ["/sold_product_id"]


async def test_a_customer_cannot_name_somebody_else_as_the_customer(desk: Desk) -> None:
    foreign = await desk.tenant.account("Foreign")
    with pytest.raises(Invalid) as refused:
        await desk.contact.do("cases.create", subject="x", account_id=str(foreign["id"]))
    assert [fault.pointer for fault in refused.value.faults] == ["/account_id"]
    with pytest.raises(Invalid) as refused:
        await desk.contact.do("cases.create", subject="x", state="closed")
    assert [fault.pointer for fault in refused.value.faults] == ["/state"]
    assert await desk.admin.list("cases") == []


async def test_every_contradiction_is_named_at_once(desk: Desk) -> None:
    stranger = await desk.tenant.account("Stranger")
    with pytest.raises(Invalid) as refused:
        await desk.agent.do(
            "cases.create", subject="x", account_id=str(stranger["id"]),
            contact_id=desk.contact_id, sold_product_id=str(desk.router["id"]),
        )  # fmt: skip
    pointers = [fault.pointer for fault in refused.value.faults]
    assert pointers == ["/contact_id", "/sold_product_id"]
    assert await desk.admin.list("cases") == []


async def test_a_draft_is_nobodys_work_until_it_is_submitted(desk: Desk) -> None:
    draft = await desk.case(draft=True)
    assert draft["state"] == "draft"
    assert await desk.clocks(draft) == {}
    await desk.contact.do("cases.update", draft["id"], subject="Better words")
    told = await desk.contact.do("cases.submit", draft["id"])
    assert (told["state"], told["subject"]) == ("new", "Better words")
    assert set(await desk.clocks(draft)) == {"response", "resolution"}


async def test_opening_tells_who_waits_for_work_once(desk: Desk) -> None:
    case = await desk.case()
    async with desk.tenant.world.services.database.transaction(desk.tenant.id) as connection:
        types = await connection.fetch(
            "SELECT type FROM events WHERE tenant_id = $1 AND record_id = $2 ORDER BY id",
            desk.tenant.id,
            case["id"],
        )
    assert sorted(row["type"] for row in types) == ["cases.created", "cases.opened"]
