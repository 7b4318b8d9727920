"""Row 50: more cases than units are opened at the same moment."""

import asyncio
from decimal import Decimal

from infra.kernel.errors import Problem
from tests.service.desk import a_desk
from tests.world import World


async def test_50_of_a_hundred_opens_on_ten_units_exactly_ten_win(world: World) -> None:
    desk = await a_desk(await world.tenant())
    pool = await desk.admin.do(
        "entitlement_pools.create", name="Calls", account_id=str(desk.account["id"]),
        unit="case", quantity="10", starts_on="2020-01-01",
    )  # fmt: skip
    await desk.admin.do("entitlements.update", desk.entitlement["id"], pool_id=str(pool["id"]))
    barrier = asyncio.Barrier(100)

    async def open_one(number: int) -> int:
        await barrier.wait()
        try:
            await desk.case(subject=f"Call {number}")
        except Problem as refused:
            return refused.status
        return 201

    told = await asyncio.gather(*(open_one(number) for number in range(100)))

    assert sorted(told) == [201] * 10 + [409] * 90
    row = await desk.admin.read("entitlement_pools", pool["id"])
    assert (row["remaining"], row["reserved"]) == (0, 10)
    moved = await desk.admin.list("entitlement_movements", limit="200")
    assert len(moved) == 11
    assert sum(Decimal(line["amount"]) for line in moved) == 0
    uses = await desk.admin.list("entitlement_uses", limit="200")
    cases = await desk.admin.list("cases", limit="200")
    assert {str(use["case_id"]) for use in uses} == {str(case["id"]) for case in cases}
    assert len(cases) == 10
