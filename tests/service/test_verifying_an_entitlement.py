"""What a customer is owed is told before there is a case, with its reasons."""

from typing import Any

import pytest

from infra.kernel.errors import BadRequest
from tests.service.desk import Desk, same
from tests.world import Actor


async def ask(actor: Actor, **query: Any) -> dict[str, Any]:
    told = await actor.do("entitlements.verify", **query)
    found: dict[str, Any] = told.model_dump() if hasattr(told, "model_dump") else told
    return found


async def test_the_answer_is_what_a_case_would_get(desk: Desk) -> None:
    told = await ask(desk.agent, sold_product_id=str(desk.router["id"]), channel="email")
    case = await desk.stored(await desk.case())
    assert (told["status"], told["outcome"]) == ("verified", "covered")
    assert same(told["entitlement"]["id"], case["entitlement_id"])
    assert told["explanation"] == case["entitlement_explanation"]
    assert [(each["target"], each["minutes"]) for each in told["promises"]] == [
        ("response", 60),
        ("resolution", 480),
    ]


async def test_it_says_what_would_follow_and_what_would_help(desk: Desk) -> None:
    pool = await desk.admin.do(
        "entitlement_pools.create", name="Calls", account_id=str(desk.account["id"]),
        unit="case", quantity="1", starts_on="2020-01-01",
    )  # fmt: skip
    await desk.admin.do(
        "entitlements.update", desk.entitlement["id"], pool_id=str(pool["id"]),
        channel_policy="bill",
    )  # fmt: skip
    await desk.case()
    about = {"sold_product_id": str(desk.router["id"])}
    told = await ask(desk.agent, **about, channel="chat")
    assert told["outcome"] == "block"
    assert [(each["reason"], each["policy"]) for each in told["shortfalls"]] == [
        ("uncovered_channel", "bill"),
        ("exhausted", "block"),
    ]
    assert told["shortfalls"][0]["help"] == ["ask by email", "ask by phone", "ask by portal"]
    assert (told["units"]["remaining"], told["units"]["needed"]) == ("0.00", "1.00")
    assert len(await desk.admin.list("cases")) == 1


async def test_a_moment_before_the_entitlement_is_told_so(desk: Desk) -> None:
    told = await ask(desk.agent, sold_product_id=str(desk.router["id"]), at="2019-06-01T10:00:00Z")
    assert (told["status"], told["entitlement"]) == ("none", None)
    assert told["explanation"][0]["verdict"] == "not_yet"


async def test_a_customer_asks_for_the_own_and_hears_of_no_other(desk: Desk) -> None:
    other = await desk.tenant.account("Somebody else")
    secret = await desk.admin.do(
        "entitlements.create", name="Secret terms", account_id=str(other["id"]),
        product_model_id=str(desk.model["id"]), starts_on="2020-01-01",
    )  # fmt: skip
    told = await ask(desk.contact, sold_product_id=str(desk.router["id"]))
    assert (told["status"], told["outcome"]) == ("verified", "covered")
    assert same(told["entitlement"]["id"], desk.entitlement["id"])
    assert not [e for e in told["explanation"] if same(e["entitlement_id"], secret["id"])]
    with pytest.raises(BadRequest):
        await ask(desk.contact, account_id=str(other["id"]))


async def test_it_is_asked_over_http(desk: Desk) -> None:
    async with desk.admin.http() as client:
        answer = await client.get(
            "/api/v1/entitlements/verify",
            params={"account_id": str(desk.account["id"]), "channel": "phone"},
        )
        assert answer.status_code == 200, answer.text
        assert answer.json()["status"] == "none"
        refused = await client.get("/api/v1/entitlements/verify", params={"channel": "pigeon"})
    assert refused.status_code in {400, 422}
