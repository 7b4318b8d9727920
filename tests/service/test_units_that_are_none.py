"""Numbers that are no units, and pools of somebody else: refused by name, nothing is changed."""

from typing import Any

import pytest

from tests.service.desk import Desk, a_desk
from tests.service.test_drawing_units import ledger, pool_of, stands

NO_UNITS = [
    "0", "-1", "0.001", "1000000.01", "1e30", "NaN", "Infinity", "-Infinity", "ten", "", None, True,
    [], {"amount": 1},
]  # fmt: skip


@pytest.mark.parametrize("quantity", NO_UNITS)
async def test_a_pool_of_no_units_is_refused(desk: Desk, quantity: Any) -> None:
    async with desk.admin.http() as client:
        answer = await client.post(
            "/api/v1/entitlement_pools",
            json={
                "name": "Calls", "account_id": str(desk.account["id"]), "unit": "case",
                "quantity": quantity, "starts_on": "2020-01-01",
            },
        )  # fmt: skip
    assert answer.status_code == 422, answer.text
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/quantity"]
    assert await desk.admin.list("entitlement_pools") == []


@pytest.mark.parametrize("amount", [*NO_UNITS[2:], "0", "-9.5"])
async def test_a_correction_by_no_units_is_refused(desk: Desk, amount: Any) -> None:
    pool = await pool_of(desk, "3")
    async with desk.admin.http() as client:
        answer = await client.post(
            f"/api/v1/entitlement_pools/{pool['id']}/adjust",
            json={"amount": amount, "reason": "Typo"},
        )
    assert answer.status_code == 422, answer.text
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/amount"]
    assert await ledger(desk, pool) == [("granted", 3, 3)]


@pytest.mark.parametrize("amount", NO_UNITS)
async def test_hours_that_are_none_are_not_taken(desk: Desk, amount: Any) -> None:
    pool = await pool_of(desk, "3", unit="hour")
    case = await desk.case()
    (use,) = await desk.admin.list("entitlement_uses", case_id=str(case["id"]))
    async with desk.admin.http() as client:
        answer = await client.post(
            f"/api/v1/entitlement_uses/{use['id']}/spend", json={"amount": amount}
        )
    assert answer.status_code == 422, answer.text
    assert await stands(desk, pool) == (2, 1)


async def test_units_of_another_customer_or_another_house_are_not_there(desk: Desk) -> None:
    other = await desk.tenant.account("Other")
    theirs = await desk.admin.do(
        "entitlement_pools.create", name="Theirs", account_id=str(other["id"]), unit="case",
        quantity="5", starts_on="2020-01-01",
    )  # fmt: skip
    neighbour = await a_desk(await desk.tenant.world.tenant("Neighbour"))
    foreign = await pool_of(neighbour, "5")
    async with desk.admin.http() as client:
        for pool in (theirs, foreign):
            answer = await client.patch(
                f"/api/v1/entitlements/{desk.entitlement['id']}", json={"pool_id": str(pool["id"])}
            )
            assert answer.status_code == 422, answer.text
            assert [each["pointer"] for each in answer.json()["errors"]] == ["/pool_id"]
        address = f"/api/v1/entitlement_pools/{foreign['id']}"
        assert (await client.get(address)).status_code == 404
        more = {"amount": "1", "reason": "x"}
        assert (await client.post(f"{address}/adjust", json=more)).status_code == 404
        listed = await client.get("/api/v1/entitlement_movements", params={"limit": "200"})
    assert {each["pool_id"] for each in listed.json()["data"]} == {str(theirs["id"])}
    assert (await desk.admin.read("entitlements", desk.entitlement["id"]))["pool_id"] is None
    assert await stands(neighbour, foreign) == (5, 0)


async def test_the_policies_are_told_over_http_and_a_refusal_leaves_nothing(desk: Desk) -> None:
    pool = await pool_of(desk, "1", policy="block", price=500)
    about = {"subject": "Dark", "sold_product_id": str(desk.router["id"])}
    async with desk.admin.http() as client:
        answers = {}
        for policy in ("block", "warn", "bill"):
            await client.patch(
                f"/api/v1/entitlements/{desk.entitlement['id']}",
                json={"channel_policy": policy, "exhausted_policy": policy},
            )
            answers[policy] = [
                await client.post("/api/v1/cases", json=about | {"channel": channel})
                for channel in ("phone", "phone", "chat")
            ]
    told = {
        policy: [
            (each.status_code, each.json().get("entitlement_status") or each.json()["type"])
            for each in found
        ]
        for policy, found in answers.items()
    }
    assert [status for status, _ in told["block"]] == [201, 409, 409]
    assert [word.rpartition("/")[2] for _, word in told["block"][1:]] == [
        "units-exhausted", "channel-not-covered",
    ]  # fmt: skip
    assert told["warn"] == told["bill"] == [(201, "exhausted")] * 3
    # Lines are of what the entitlement bills alone.
    lines = await desk.admin.list("billable_lines")
    assert sorted(line["reason"] for line in lines) == ["exhausted"] * 3 + ["uncovered_channel"]
    assert await stands(desk, pool) == (0, 1)
    assert len(await desk.admin.list("cases")) == 7
