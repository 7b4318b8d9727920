"""Of several entitlements the most specific holds, asked over HTTP, and the case explains why."""

from typing import Any

import httpx2

from tests.service.desk import Desk, same

ORDER = ("asset", "sold_product", "product_model", "contract", "account")


async def entitled(client: httpx2.AsyncClient, name: str, **values: Any) -> dict[str, Any]:
    body = {"name": name, "starts_on": "2021-01-01"} | values
    answer = await client.post("/api/v1/entitlements", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def opened(client: httpx2.AsyncClient, **about: Any) -> dict[str, Any]:
    answer = await client.post(
        "/api/v1/cases", json={"subject": "Dark", "channel": "phone"} | about
    )
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_the_most_specific_that_is_left_holds_and_each_is_explained(desk: Desk) -> None:
    account = str(desk.account["id"])
    asset = await desk.admin.do(
        "assets.create", name="The router itself", account_id=account,
        product_model_id=str(desk.model["id"]), sold_product_id=str(desk.router["id"]),
    )  # fmt: skip
    async with desk.admin.http() as client:
        hangs_on = {
            "asset": {"asset_id": str(asset["id"])},
            "sold_product": {"sold_product_id": str(desk.router["id"])},
            "product_model": {"product_model_id": str(desk.model["id"])},
            "account": {"account_id": account},
        }
        made = {
            scope: await entitled(client, scope, tier="standard", **hangs_on[scope])
            for scope in reversed(ORDER)
            if scope in hangs_on
        }
        made["contract"] = {"id": str(desk.entitlement["id"])}
        for number, scope in enumerate(ORDER):
            case = await opened(client, asset_id=str(asset["id"]))
            assert same(case["entitlement_id"], made[scope]["id"]), scope
            told = case["entitlement_explanation"]
            assert [each["scope"] for each in told] == list(ORDER)
            assert [each["verdict"] for each in told] == (
                ["not_active"] * number + ["chosen"] + ["less_specific"] * (len(ORDER) - number - 1)
            )
            address = f"/api/v1/entitlements/{made[scope]['id']}"
            ended = await client.patch(address, json={"state": "cancelled"})
            assert ended.status_code == 200
        nothing = await opened(client, asset_id=str(asset["id"]))
    assert (nothing["entitlement_status"], nothing["entitlement_id"]) == ("none", None)


async def test_ties_go_to_the_better_tier_then_to_the_earlier_start(desk: Desk) -> None:
    about = {"sold_product_id": str(desk.router["id"])}
    async with desk.admin.http() as client:
        names = {}
        for name, tier, start in (
            ("late gold", "gold", "2023-01-01"), ("early gold", "gold", "2022-01-01"),
            ("silver", "silver", "2020-01-01"), ("late platinum", "platinum", "2024-01-01"),
            ("to come", "platinum", "2099-01-01"),
        ):  # fmt: skip
            each = await entitled(client, name, tier=tier, **(about | {"starts_on": start}))
            names[each["id"]] = name
        won = []
        for _ in range(4):
            case = await opened(client, **about)
            won.append(names[case["entitlement_id"]])
            await client.patch(
                f"/api/v1/entitlements/{case['entitlement_id']}", json={"ends_on": "2024-06-30"}
            )
        told = (await opened(client, **about))["entitlement_explanation"]
    assert won == ["late platinum", "early gold", "late gold", "silver"]
    assert {each["name"]: each["verdict"] for each in told} == {
        "late platinum": "expired", "early gold": "expired", "late gold": "expired",
        "silver": "expired", "to come": "not_yet", "Gold, round the clock": "chosen",
    }  # fmt: skip
