"""What a case was owed as it opened holds to its end, and its units are counted exactly once,
whatever becomes of the case, its entitlement or the contract behind it."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from backend.foundation.contract_lines.renewing import turn_all
from backend.foundation.units.errors import UnitsExhausted
from backend.foundation.units.jobs import renew
from infra.kernel.errors import Problem
from tests.service.desk import Desk, same
from tests.service.test_drawing_units import end, ledger, pool_of, stands
from tests.world import Actor

TODAY = datetime.now(UTC).date()


async def merged(desk: Desk, into: dict[str, Any], other: dict[str, Any]) -> None:
    await desk.agent.do("cases.merge", into["id"], **{"from": [str(other["id"])]})


async def uses(desk: Desk, case: dict[str, Any]) -> list[str]:
    rows = await desk.admin.list("entitlement_uses", case_id=str(case["id"]), sort="created_at")
    return [row["state"] for row in rows]


async def opened_earlier(desk: Desk, case: dict[str, Any], days: int) -> None:
    """As if the case had been opened so many days ago."""
    async with desk.tenant.world.services.database.transaction(desk.tenant.id) as connection:
        await connection.execute(
            """UPDATE cases SET opened_at = opened_at - $3::interval
                WHERE tenant_id = $1 AND id = $2""",
            desk.tenant.id, UUID(str(case["id"])), timedelta(days=days),
        )  # fmt: skip


async def turn(desk: Desk) -> None:
    async with desk.tenant.world.services.system(desk.tenant.id, reason="test") as ctx:
        await turn_all(ctx)


async def test_a_case_that_has_used_its_unit_takes_no_other_after_a_merge_is_undone(
    desk: Desk,
) -> None:
    pool = await pool_of(desk, "5")
    first, second = await desk.case(), await desk.case()
    await end(desk, second)
    await desk.contact.do("cases.reopen", second["id"])
    await merged(desk, first, second)
    await desk.agent.do("cases.unmerge", second["id"])
    await desk.tenant.world.work(desk.tenant)
    assert await uses(desk, second) == ["used"]
    assert await stands(desk, pool) == (3, 1)


async def test_a_case_that_ends_right_after_a_merge_is_undone_holds_nothing_for_ever(
    desk: Desk,
) -> None:
    pool = await pool_of(desk, "5")
    first, second, third = [await desk.case() for _ in range(3)]
    for case in (second, third):
        await merged(desk, first, case)
    for case in (third, second):
        await desk.agent.do("cases.unmerge", case["id"])
    await end(desk, second)
    await desk.agent.do("cases.cancel", third["id"])
    await desk.tenant.world.work(desk.tenant)
    assert await stands(desk, pool) == (3, 1)
    assert (await uses(desk, second))[-1] == "used"
    assert (await uses(desk, third))[-1] == "released"


async def test_another_urgency_takes_nothing_from_a_case_whose_entitlement_has_ended(
    desk: Desk,
) -> None:
    pool = await pool_of(desk)
    case = await desk.case()
    await opened_earlier(desk, case, 3)
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    await desk.admin.do("entitlements.update", desk.entitlement["id"], ends_on=yesterday)
    changed = await desk.admin.do("cases.update", case["id"], priority=1)
    assert (changed["entitlement_status"], changed["entitlement_id"]) == (
        "verified", desk.entitlement["id"],
    )  # fmt: skip
    assert await stands(desk, pool) == (1, 1)
    clocks = await desk.clocks(case)
    assert {name: clock["state"] for name, clock in clocks.items()} == {
        "response": "running", "resolution": "running",
    }  # fmt: skip
    assert clocks["resolution"]["target_minutes"] == 480
    assert (await desk.case())["entitlement_status"] == "expired"


async def test_a_cancelled_entitlement_goes_on_for_the_cases_that_have_it(desk: Desk) -> None:
    case = await desk.case()
    await desk.admin.do("entitlements.update", desk.entitlement["id"], state="cancelled")
    changed = await desk.admin.do("cases.update", case["id"], priority=1)
    assert same(changed["entitlement_id"], desk.entitlement["id"])
    assert changed["entitlement_status"] == "verified"
    assert (await desk.case())["entitlement_status"] == "none"


async def test_a_renewed_contract_leaves_open_cases_what_they_were_promised(desk: Desk) -> None:
    pool = await pool_of(desk)
    case = await desk.case()
    await opened_earlier(desk, case, 3)
    await desk.admin.do(
        "service_contracts.update", desk.contract["id"],
        ends_on=(TODAY - timedelta(days=1)).isoformat(),
    )  # fmt: skip
    await desk.admin.do("service_contracts.renew", desk.contract["id"], months=12)
    await turn(desk)
    changed = await desk.admin.do("cases.update", case["id"], priority=1)
    assert same(changed["entitlement_id"], desk.entitlement["id"])
    assert await stands(desk, pool) == (1, 1)
    await end(desk, case)
    assert await stands(desk, pool) == (1, 0)


async def test_another_product_is_asked_about_as_of_the_day_the_case_was_opened(
    desk: Desk,
) -> None:
    other = await desk.admin.do(
        "sold_products.create", name="Other", account_id=str(desk.account["id"]),
        product_model_id=str(desk.model["id"]),
    )  # fmt: skip
    then = await desk.admin.do(
        "entitlements.create", name="Then", sold_product_id=str(other["id"]),
        starts_on="2020-01-01", ends_on=(TODAY - timedelta(days=1)).isoformat(),
    )  # fmt: skip
    old, new = await desk.case(), await desk.case()
    await opened_earlier(desk, old, 3)
    found = [
        (await desk.admin.do("cases.update", case["id"], sold_product_id=str(other["id"])))
        for case in (old, new)
    ]
    assert same(found[0]["entitlement_id"], then["id"])
    assert (found[1]["entitlement_status"], found[1]["entitlement_id"]) == ("expired", None)


async def test_a_product_is_covered_by_a_line_of_another_contract_than_it_came_with(
    desk: Desk,
) -> None:
    premium = await desk.admin.do(
        "service_contracts.create", name="Premium", account_id=str(desk.account["id"]),
        starts_on="2020-01-01",
    )  # fmt: skip
    line = await desk.admin.do(
        "contract_lines.create", contract_id=str(premium["id"]), name="Router cover",
        sold_product_id=str(desk.router["id"]), tier="platinum",
    )  # fmt: skip
    (owed,) = await desk.admin.list("entitlements", contract_line_id=str(line["id"]))
    case = await desk.stored(await desk.case())
    assert same(case["entitlement_id"], owed["id"])
    # Who names a contract wants just that one.
    named = await desk.admin.do(
        "cases.create", subject="Dark", sold_product_id=str(desk.router["id"]),
        contract_id=str(desk.contract["id"]),
    )  # fmt: skip
    assert named["entitlement_status"] == "verified"


async def test_what_was_owed_on_a_day_is_told_after_its_contract_has_ended(desk: Desk) -> None:
    await desk.admin.do("service_contracts.update", desk.contract["id"], ends_on="2024-12-31")
    told = await desk.agent.do(
        "entitlements.verify", sold_product_id=str(desk.router["id"]), at="2024-06-03T10:00:00Z"
    )
    assert told.status == "verified"
    told = await desk.agent.do("entitlements.verify", sold_product_id=str(desk.router["id"]))
    assert told.status == "expired"


async def test_units_are_drawn_from_the_first_day_of_their_pool_on(desk: Desk) -> None:
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    pool = await pool_of(desk, "3", starts_on=tomorrow)
    with pytest.raises(UnitsExhausted) as refused:
        await desk.case()
    assert refused.value.extra["help"][0] == f"wait for the units of {tomorrow}"
    assert await stands(desk, pool) == (3, 0)
    told = await desk.agent.do("entitlements.verify", sold_product_id=str(desk.router["id"]))
    assert (told.status, told.outcome) == ("exhausted", "block")


async def test_a_pool_is_filled_as_long_as_its_contract_is_in_force(desk: Desk) -> None:
    account, contract = str(desk.account["id"]), desk.contract["id"]
    pool = await desk.admin.do(
        "entitlement_pools.create", name="Calls", account_id=account, contract_id=str(contract),
        unit="case", quantity="2", starts_on="2020-01-01", renewal="month",
    )  # fmt: skip

    async def a_period_later() -> list[str]:
        async with desk.tenant.world.services.system(desk.tenant.id, reason="test") as ctx:
            await ctx.execute(
                """UPDATE entitlement_pools SET period_starts_on = '2020-01-01',
                     period_ends_on = '2020-01-31' WHERE tenant_id = $1 AND id = $2""",
                desk.tenant.id, UUID(str(pool["id"])),
            )  # fmt: skip
            await renew(ctx)
        return [kind for kind, *_ in await ledger(desk, pool)]

    assert await a_period_later() == ["granted", "expired", "granted"]
    await desk.admin.do("service_contracts.cancel", contract)
    assert await a_period_later() == ["granted", "expired", "granted"]


async def test_hours_beyond_the_pool_are_told_where_the_entitlement_only_warns(
    desk: Desk,
) -> None:
    pool = await pool_of(desk, "3", unit="hour", policy="warn")
    case = await desk.case()
    (use,) = await desk.admin.list("entitlement_uses", case_id=str(case["id"]))
    told = await desk.agent.do("entitlement_uses.spend", use["id"], amount="4.5")
    assert Decimal(str(told["amount"])) == 3
    assert await stands(desk, pool) == (0, 3)
    assert await desk.admin.list("billable_lines") == []


async def test_hours_are_told_while_the_case_is_closed_by_somebody_else(desk: Desk) -> None:
    pool = await pool_of(desk, "9", unit="hour")
    case = await desk.case()
    await desk.admin.do("cases.resolve", case["id"], resolution="Done")
    (use,) = await desk.admin.list("entitlement_uses", case_id=str(case["id"]))

    async def attempt(actor: Actor, verb: str, key: Any, **body: Any) -> int:
        try:
            await actor.do(verb, key, **body)
        except Problem as refused:
            return refused.status
        return 200

    told = await asyncio.gather(
        attempt(desk.admin, "cases.close", case["id"]),
        *(attempt(desk.agent, "entitlement_uses.spend", use["id"], amount=n) for n in ("2", "5")),
    )
    assert set(told) <= {200, 409}
    if told[0] == 409:
        await desk.admin.do("cases.close", case["id"])
    remaining, reserved = await stands(desk, pool)
    (use,) = await desk.admin.list("entitlement_uses", case_id=str(case["id"]))
    assert (reserved, use["state"]) == (0, "used")
    assert remaining == 9 - Decimal(str(use["amount"]))
    lines = await ledger(desk, pool)
    assert sum(amount for _, amount, _ in lines) == remaining
