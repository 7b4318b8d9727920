"""Cases draw units: reserved as they open, used as they close, given back when withdrawn."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from backend.foundation.entitlements.errors import ChannelNotCovered, OutsideSupportHours
from backend.foundation.units.errors import LineSettled, UnitsExhausted, UseOver
from backend.foundation.units.jobs import renew
from infra.kernel.errors import Forbidden, Invalid
from tests.service.desk import Desk, same


async def pool_of(desk: Desk, quantity: str = "2", **values: Any) -> dict[str, Any]:
    """Units for the desk's customer, from which its entitlement draws."""
    terms = {name: values.pop(name) for name in ("policy", "price") if name in values}
    given = {
        "name": "Calls", "account_id": str(desk.account["id"]), "unit": "case",
        "quantity": quantity, "starts_on": "2020-01-01",
    }  # fmt: skip
    pool: dict[str, Any] = await desk.admin.do("entitlement_pools.create", **(given | values))
    changes: dict[str, Any] = {"pool_id": str(pool["id"])}
    if "policy" in terms:
        changes["exhausted_policy"] = terms["policy"]
    if "price" in terms:
        changes |= {"price_minor": terms["price"], "price_currency": "EUR"}
    await desk.admin.do("entitlements.update", desk.entitlement["id"], **changes)
    return pool


async def stands(desk: Desk, pool: dict[str, Any]) -> tuple[Decimal, Decimal]:
    row = await desk.admin.read("entitlement_pools", pool["id"])
    return Decimal(row["remaining"]), Decimal(row["reserved"])


async def ledger(desk: Desk, pool: dict[str, Any]) -> list[tuple[str, Decimal, Decimal]]:
    rows = await desk.admin.list(
        "entitlement_movements", pool_id=str(pool["id"]), sort="created_at"
    )
    rows.sort(key=lambda row: row["position"])
    return [(r["kind"], Decimal(r["amount"]), Decimal(r["remaining"])) for r in rows]


async def end(desk: Desk, case: dict[str, Any]) -> None:
    await desk.admin.do("cases.resolve", case["id"], resolution="Done")
    await desk.admin.do("cases.close", case["id"])


async def test_a_unit_is_reserved_at_opening_and_used_at_closing(desk: Desk) -> None:
    pool = await pool_of(desk)
    case = await desk.case()
    assert case["entitlement_status"] == "verified"
    assert await stands(desk, pool) == (1, 1)
    await end(desk, case)
    assert await stands(desk, pool) == (1, 0)
    assert await ledger(desk, pool) == [("granted", 2, 2), ("reserved", -1, 1), ("used", 0, 1)]
    (use,) = await desk.admin.list("entitlement_uses", case_id=str(case["id"]))
    assert (use["state"], Decimal(use["amount"])) == ("used", 1)


async def test_a_cancelled_case_gives_its_unit_back(desk: Desk) -> None:
    pool = await pool_of(desk)
    case = await desk.case()
    await desk.contact.do("cases.cancel", case["id"])
    assert await stands(desk, pool) == (2, 0)
    assert [kind for kind, *_ in await ledger(desk, pool)] == ["granted", "reserved", "released"]


async def test_a_reopened_case_takes_no_second_unit(desk: Desk) -> None:
    pool = await pool_of(desk)
    case = await desk.case()
    await end(desk, case)
    await desk.contact.do("cases.reopen", case["id"])
    await end(desk, case)
    assert await stands(desk, pool) == (1, 0)


async def test_a_draft_takes_its_unit_when_it_is_sent(desk: Desk) -> None:
    pool = await pool_of(desk)
    draft = await desk.case(draft=True)
    assert await stands(desk, pool) == (2, 0)
    await desk.contact.do("cases.submit", draft["id"])
    assert await stands(desk, pool) == (1, 1)


async def test_without_units_a_case_is_refused_and_told_what_would_help(desk: Desk) -> None:
    pool = await pool_of(desk, "1", renewal="month", starts_on="2026-01-15")
    await desk.case()
    before = len(await desk.admin.list("cases"))
    with pytest.raises(UnitsExhausted) as refused:
        await desk.case()
    told = refused.value.extra
    row = await desk.admin.read("entitlement_pools", pool["id"])
    assert told["renews_on"] > str(row["period_ends_on"])
    assert (told["unit"], told["needed"]) == ("case", "1.00")
    assert told["help"][0] == f"wait for the units of {told['renews_on']}"
    assert len(await desk.admin.list("cases")) == before
    assert await stands(desk, pool) == (0, 1)


async def test_without_units_a_case_is_flagged_where_the_entitlement_only_warns(
    desk: Desk,
) -> None:
    pool = await pool_of(desk, "1", policy="warn")
    await desk.case()
    second = await desk.case()
    assert second["entitlement_status"] == "exhausted"
    assert await desk.clocks(second) != {}
    assert await stands(desk, pool) == (0, 1)
    changed = await desk.admin.do("cases.update", second["id"], priority=1)
    assert changed["entitlement_status"] == "exhausted"
    assert await desk.admin.list("billable_lines") == []


async def test_without_units_a_case_is_billed_and_let_off_when_it_is_withdrawn(
    desk: Desk,
) -> None:
    await pool_of(desk, "1", policy="bill", price=9_950)
    await desk.case()
    second = await desk.case()
    (line,) = await desk.admin.list("billable_lines")
    assert same(line["case_id"], second["id"])
    assert same(line["account_id"], desk.account["id"])
    assert (line["reason"], line["unit"], Decimal(line["quantity"])) == ("exhausted", "case", 1)
    assert (line["amount_minor"], line["currency"], line["state"]) == (9_950, "EUR", "open")
    await desk.contact.do("cases.cancel", second["id"])
    (line,) = await desk.admin.list("billable_lines")
    assert line["state"] == "waived"
    with pytest.raises(LineSettled):
        await desk.admin.do("billable_lines.bill", line["id"])


async def test_another_product_gives_the_unit_back_and_draws_from_its_own(desk: Desk) -> None:
    pool = await pool_of(desk)
    own = await desk.admin.do(
        "entitlement_pools.create", name="Own", account_id=str(desk.account["id"]), unit="case",
        quantity="5", starts_on="2020-01-01",
    )  # fmt: skip
    other = await desk.admin.do(
        "sold_products.create", name="Other", account_id=str(desk.account["id"]),
        product_model_id=str(desk.model["id"]),
    )  # fmt: skip
    await desk.admin.do(
        "entitlements.create", name="Own", sold_product_id=str(other["id"]),
        pool_id=str(own["id"]), starts_on="2020-01-01",
    )  # fmt: skip
    case = await desk.case()
    await desk.admin.do("cases.update", case["id"], sold_product_id=str(other["id"]))
    assert (await stands(desk, pool), await stands(desk, own)) == ((2, 0), (4, 1))
    await desk.admin.do(
        "cases.update", case["id"], sold_product_id=str(desk.router["id"]),
    )  # fmt: skip
    assert (await stands(desk, pool), await stands(desk, own)) == ((1, 1), (5, 0))


async def test_hours_are_counted_as_they_were_taken_and_the_rest_is_billed(desk: Desk) -> None:
    pool = await pool_of(desk, "3", unit="hour", policy="bill", price=12_000)
    case = await desk.case()
    (use,) = await desk.admin.list("entitlement_uses", case_id=str(case["id"]))
    await desk.agent.do("entitlement_uses.spend", use["id"], amount="2.5")
    assert await stands(desk, pool) == (Decimal("0.5"), Decimal("2.5"))
    await desk.agent.do("entitlement_uses.spend", use["id"], amount="4.25")
    (line,) = await desk.admin.list("billable_lines")
    assert (Decimal(line["quantity"]), line["amount_minor"]) == (Decimal("1.25"), 15_000)
    await desk.agent.do("entitlement_uses.spend", use["id"], amount="0.75")
    assert await stands(desk, pool) == (Decimal("2.25"), Decimal("0.75"))
    (line,) = await desk.admin.list("billable_lines")
    assert line["state"] == "waived"
    await end(desk, case)
    assert await stands(desk, pool) == (Decimal("2.25"), 0)
    with pytest.raises(UseOver):
        await desk.agent.do("entitlement_uses.spend", use["id"], amount="1")


async def test_a_correction_is_kept_with_its_reason_and_never_below_nothing(desk: Desk) -> None:
    pool = await pool_of(desk)
    await desk.admin.do("entitlement_pools.adjust", pool["id"], amount="3", reason="Goodwill")
    with pytest.raises(Invalid):
        await desk.admin.do("entitlement_pools.adjust", pool["id"], amount="-6", reason="Typo")
    assert await stands(desk, pool) == (5, 0)
    rows = await desk.admin.list("entitlement_movements", pool_id=str(pool["id"]), kind="adjusted")
    assert [(row["reason"], row["remaining"]) for row in rows] == [("Goodwill", 5)]
    with pytest.raises(Forbidden):
        await desk.agent.do("entitlement_pools.adjust", pool["id"], amount="3", reason="Mine")


async def test_a_new_period_fills_the_pool_without_anybody_saving(desk: Desk) -> None:
    pool = await pool_of(desk, "2", renewal="month", starts_on="2020-01-01")
    await desk.case()
    await _pass_a_period(desk, pool)
    async with desk.tenant.world.services.system(desk.tenant.id, reason="test") as ctx:
        await renew(ctx)
    assert await stands(desk, pool) == (2, 1)
    assert [kind for kind, *_ in await ledger(desk, pool)] == [
        "granted", "reserved", "expired", "granted",
    ]  # fmt: skip


async def _pass_a_period(desk: Desk, pool: dict[str, Any]) -> None:
    """As if the pool had been filled for January 2020."""
    async with desk.tenant.world.services.system(desk.tenant.id, reason="test") as ctx:
        await ctx.execute(
            """UPDATE entitlement_pools SET period_starts_on = $3, period_ends_on = $4
                WHERE tenant_id = $1 AND id = $2""",
            desk.tenant.id, UUID(str(pool["id"])), date(2020, 1, 1), date(2020, 1, 31),
        )  # fmt: skip


async def test_the_database_refuses_a_ledger_that_does_not_add_up(desk: Desk) -> None:
    pool = await pool_of(desk)
    database = desk.tenant.world.services.database
    for sql, error in (
        ("UPDATE entitlement_pools SET remaining = 99", asyncpg.ForeignKeyViolationError),
        ("UPDATE entitlement_movements SET amount = 99", asyncpg.InsufficientPrivilegeError),
    ):
        with pytest.raises(error):
            async with database.transaction(desk.tenant.id) as connection:
                await connection.execute(f"{sql} WHERE tenant_id = $1", desk.tenant.id)
    assert await stands(desk, pool) == (2, 0)


async def test_a_case_is_billed_for_its_channel_and_counted_in_units_at_once(desk: Desk) -> None:
    pool = await pool_of(desk, price=500)
    await desk.admin.do("entitlements.update", desk.entitlement["id"], channel_policy="bill")
    case = await desk.agent.do(
        "cases.create", subject="Hello", channel="chat", sold_product_id=str(desk.router["id"])
    )
    assert case["entitlement_status"] == "uncovered_channel"
    (line,) = await desk.admin.list("billable_lines", case_id=str(case["id"]))
    assert (line["reason"], line["amount_minor"]) == ("uncovered_channel", 500)
    assert await stands(desk, pool) == (1, 1)


@pytest.mark.parametrize("channel", ["chat", "api"])
async def test_an_uncovered_channel_is_refused_where_the_entitlement_says_so(
    desk: Desk, channel: str
) -> None:
    await desk.admin.do("entitlements.update", desk.entitlement["id"], channel_policy="block")
    with pytest.raises(ChannelNotCovered) as refused:
        await desk.agent.do(
            "cases.create", subject="Hello", channel=channel, contact_id=desk.contact_id,
            sold_product_id=str(desk.router["id"]),
        )  # fmt: skip
    assert refused.value.extra["covered_channels"] == ["email", "phone", "portal"]
    assert await desk.admin.list("cases") == []


async def test_what_comes_out_of_hours_is_refused_until_they_open(desk: Desk) -> None:
    weekday = (desk.tenant.world.services.database.now().weekday() + 3) % 7
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    closed = await desk.admin.do(
        "calendars.create", name="One day", zone="UTC",
        hours=[{"weekday": days[weekday], "opens": "09:00", "closes": "17:00"}],
    )  # fmt: skip
    await desk.admin.do(
        "entitlements.update", desk.entitlement["id"], calendar_id=str(closed["id"]),
        hours_policy="block",
    )  # fmt: skip
    with pytest.raises(OutsideSupportHours) as refused:
        await desk.case()
    assert str(refused.value.extra["opens_at"]).endswith("T09:00:00Z")
    await desk.admin.do("entitlements.update", desk.entitlement["id"], hours_policy="warn")
    assert (await desk.case())["entitlement_status"] == "outside_hours"


async def test_an_asset_goes_before_its_product_and_a_dead_contract_yields_nothing(
    desk: Desk,
) -> None:
    asset = await desk.admin.do(
        "assets.create", name="The router itself", account_id=str(desk.account["id"]),
        product_model_id=str(desk.model["id"]), sold_product_id=str(desk.router["id"]),
    )  # fmt: skip
    for scope, name in (("asset_id", asset), ("sold_product_id", desk.router)):
        await desk.admin.do(
            "entitlements.create", name=scope, starts_on="2020-01-01", **{scope: str(name["id"])}
        )
    case = await desk.stored(await desk.case(asset_id=str(asset["id"])))
    assert [each["scope"] for each in case["entitlement_explanation"]] == [
        "asset", "sold_product", "contract",
    ]  # fmt: skip
    case = await desk.stored(await desk.case())
    assert case["entitlement_explanation"][0]["scope"] == "sold_product"


async def test_nothing_is_owed_by_a_contract_that_is_not_in_force(desk: Desk) -> None:
    await desk.admin.do("service_contracts.update", desk.contract["id"], ends_on="2020-12-31")
    case = await desk.stored(await desk.case())
    assert (case["entitlement_status"], case["entitlement_id"]) == ("expired", None)
    assert case["entitlement_explanation"][0]["verdict"] == "contract_over"


async def test_colleagues_see_what_remains_and_admins_who_took_it(desk: Desk) -> None:
    pool = await pool_of(desk)
    await desk.case()
    admin = await desk.tenant.contact(desk.account, "customer_admin")
    stranger = await desk.tenant.contact(await desk.tenant.account("Stranger"), "customer_admin")
    assert [row["remaining"] for row in await desk.contact.list("entitlement_pools")] == [1]
    with pytest.raises(Forbidden):
        await desk.contact.list("entitlement_movements")
    assert len(await admin.list("entitlement_movements", pool_id=str(pool["id"]))) == 2
    assert len(await admin.list("entitlement_uses")) == 1
    for collection in ("entitlement_pools", "entitlement_movements", "entitlement_uses"):
        assert await stranger.list(collection) == []
