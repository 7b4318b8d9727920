"""Whatever becomes of cases, in whatever order and at the same moment: the ledger of their units
adds up, every open case has its own and no ended one holds any."""

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.kernel.errors import Conflict, Invalid
from tests.service.desk import Desk, a_desk
from tests.service.test_drawing_units import pool_of
from tests.world import World

VERBS = (
    "open", "open", "draft", "submit", "start", "finish", "close", "reopen", "cancel", "duplicate",
    "unmark", "merge", "unmerge", "switch", "hurry", "adjust", "raise_price",
)  # fmt: skip
AT_ONCE = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 4)), min_size=1, max_size=3)
ENDED = {"closed", "cancelled"}
LIVE = {"new", "in_progress", "waiting_customer", "waiting_internal", "resolved"}


@dataclass
class Counter:
    """Cases that draw from the pools of two products of one customer."""

    desk: Desk
    router: str
    other: str
    pools: list[str]
    cases: list[Any] = field(default_factory=list)

    async def happen(self, verb: str, number: int) -> None:
        try:
            if verb in {"open", "draft"} or not self.cases:
                self.cases.append((await self.desk.case(draft=verb == "draft"))["id"])
            else:
                await getattr(self, verb)(self.cases[number % len(self.cases)])
        except (Conflict, Invalid):
            return  # refused, or somebody else was quicker: nothing happened

    async def submit(self, case: Any) -> None:
        await self.desk.contact.do("cases.submit", case)

    async def start(self, case: Any) -> None:
        await self.desk.agent.do("cases.start", case)

    async def finish(self, case: Any) -> None:
        await self.desk.agent.do("cases.resolve", case, resolution="Done")

    async def close(self, case: Any) -> None:
        await self.desk.agent.do("cases.close", case)

    async def reopen(self, case: Any) -> None:
        await self.desk.agent.do("cases.reopen", case)

    async def cancel(self, case: Any) -> None:
        await self.desk.agent.do("cases.cancel", case)

    async def duplicate(self, case: Any) -> None:
        await self.desk.agent.do("cases.mark_duplicate", case, of=str(self.cases[0]))

    async def unmark(self, case: Any) -> None:
        await self.desk.agent.do("cases.unmark_duplicate", case)

    async def merge(self, case: Any) -> None:
        others = [str(each) for each in self.cases if each != case][-2:]
        if others:
            await self.desk.agent.do("cases.merge", case, **{"from": others})

    async def unmerge(self, case: Any) -> None:
        await self.desk.agent.do("cases.unmerge", case)

    async def switch(self, case: Any) -> None:
        row = await self.desk.admin.read("cases", case)
        to = self.router if str(row["sold_product_id"]) == self.other else self.other
        await self.desk.agent.do("cases.update", case, sold_product_id=to)

    async def hurry(self, case: Any) -> None:
        await self.desk.agent.do("cases.update", case, priority=1)

    async def adjust(self, _: Any) -> None:
        await self.desk.admin.do(
            "entitlement_pools.adjust", self.pools[0], amount="-1.5", reason="Count"
        )

    async def raise_price(self, _: Any) -> None:
        await self.desk.admin.do(
            "entitlements.update", self.desk.entitlement["id"], units_per_case="1.25"
        )

    async def adds_up(self) -> None:
        """Every pool by its ledger, by what cases hold, and by what they have used."""
        admin = self.desk.admin
        uses = await admin.list("entitlement_uses", limit="200")
        for key in self.pools:
            pool = await admin.read("entitlement_pools", key)
            lines = await admin.list("entitlement_movements", pool_id=key, limit="200")
            assert sum(Decimal(line["amount"]) for line in lines) == pool["remaining"] >= 0
            assert sum(Decimal(line["reserved_change"]) for line in lines) == pool["reserved"] >= 0
            mine = [use for use in uses if str(use["pool_id"]) == key]
            assert sum_of(mine, "reserved") == pool["reserved"]
            given_ = [x for x in lines if x["kind"] in {"granted", "adjusted", "expired"}]
            assert sum(Decimal(x["amount"]) for x in given_) == (
                pool["remaining"] + pool["reserved"] + sum_of(mine, "used")
            )
        for row in await admin.list("cases", limit="200"):
            self.has_its_own(row, [u for u in uses if u["case_id"] == row["id"]])

    def has_its_own(self, case: dict[str, Any], uses: list[dict[str, Any]]) -> None:
        """An open case holds or has used units of its pool once, unless it is told exhausted."""
        state = "merged" if case["merged_into_id"] else case["state"]
        held = [use for use in uses if use["state"] == "reserved"]
        if state in {"merged", "draft"} or state in ENDED:
            assert held == [], (state, uses)
        if state in LIVE and case["entitlement_status"] != "exhausted":
            now = [u for u in uses if u["state"] != "released"]
            assert len({u["pool_id"] for u in now}) == len(now), uses
            assert case["entitlement_id"] in {u["entitlement_id"] for u in now}, (state, uses)
            assert len(held) <= 1


def sum_of(uses: list[dict[str, Any]], state: str) -> Decimal:
    return sum((Decimal(u["amount"]) for u in uses if u["state"] == state), Decimal(0))


async def a_counter(world: World, quantity: int, policy: str) -> Counter:
    desk = await a_desk(await world.tenant())
    first = await pool_of(desk, str(quantity), policy=policy, price=500)
    account = str(desk.account["id"])
    second = await desk.admin.do(
        "entitlement_pools.create", name="Own", account_id=account, unit="case", quantity="2",
        starts_on="2020-01-01",
    )  # fmt: skip
    other = await desk.admin.do(
        "sold_products.create", name="Other", account_id=account,
        product_model_id=str(desk.model["id"]),
    )  # fmt: skip
    await desk.admin.do(
        "entitlements.create", name="Own", sold_product_id=str(other["id"]),
        pool_id=str(second["id"]), starts_on="2020-01-01",
    )  # fmt: skip
    return Counter(
        desk, str(desk.router["id"]), str(other["id"]), [str(first["id"]), str(second["id"])]
    )


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    quantity=st.integers(2, 6),
    policy=st.sampled_from(["block", "warn", "bill"]),
    history=st.lists(AT_ONCE, min_size=4, max_size=12),
)
async def test_units_are_counted_exactly_once_whatever_happens_to_cases(
    world: World, quantity: int, policy: str, history: list[list[tuple[str, int]]]
) -> None:
    counter = await a_counter(world, quantity, policy)
    for together in history:
        await asyncio.gather(*(counter.happen(verb, number) for verb, number in together))
        if any(verb == "unmerge" for verb, _ in together):
            await world.work(counter.desk.tenant)
        await counter.adds_up()
