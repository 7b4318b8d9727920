"""Billing accounts: apart from the customer, in trees, and paying for whom they are told to."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.foundation.billing_accounts.errors import BillingCycle, OverPaid
from backend.foundation.billing_accounts.rules import WHOLE, Share, first_overpaid_day, payers
from infra.kernel.errors import Forbidden, Invalid, NotFound
from tests.world import Tenant, World

DAY = date(2026, 1, 1)


async def billing(tenant: Tenant, account: dict[str, Any], name: str, **values: Any) -> Any:
    given = {"name": name, "account_id": str(account["id"]), "currency": "EUR"} | values
    return await tenant.admin.do("billing_accounts.create", **given)


async def arrange(
    tenant: Tenant, payer: Any, account: dict[str, Any], points: int, starts: str, ends: Any = None
) -> Any:
    return await tenant.admin.do(
        "billing_arrangements.create",
        billing_account_id=str(payer["id"]),
        account_id=str(account["id"]),
        basis_points=points,
        starts_on=starts,
        ends_on=ends,
    )


async def who_pays(tenant: Tenant, account: dict[str, Any], on: str) -> list[tuple[Any, int]]:
    told = await tenant.admin.do("billing_accounts.payers", account_id=str(account["id"]), on=on)
    return [(part.billing_account_id, part.basis_points) for part in told]


async def test_a_customer_has_several_and_the_first_is_where_it_pays(world: World) -> None:
    tenant = await world.tenant()
    account = await tenant.account()
    phones, power = (
        await billing(tenant, account, "Phones"),
        await billing(tenant, account, "Power"),
    )
    assert (phones["is_default"], power["is_default"]) == (True, False)
    assert (phones["payment_days"], phones["invoice_delivery"]) == (30, "email")
    assert await who_pays(tenant, account, "2026-01-01") == [(phones["id"], WHOLE)]
    await tenant.admin.do("billing_accounts.update", power["id"], is_default=True)
    rows = await tenant.admin.list("billing_accounts", account_id=str(account["id"]))
    assert {row["name"]: row["is_default"] for row in rows} == {"Phones": False, "Power": True}
    assert await who_pays(tenant, account, "2026-01-01") == [(power["id"], WHOLE)]
    await tenant.admin.do("billing_accounts.update", power["id"], state="closed")
    assert await who_pays(tenant, account, "2026-01-01") == [(phones["id"], WHOLE)]


async def test_one_billing_account_pays_for_several_customers(world: World) -> None:
    tenant = await world.tenant()
    group, shop, depot = [await tenant.account(name) for name in ("Group", "Shop", "Depot")]
    central, own = await billing(tenant, group, "Central"), await billing(tenant, shop, "Own")
    await arrange(tenant, central, shop, 6_000, "2026-01-01", "2026-06-30")
    await arrange(tenant, central, depot, WHOLE, "2026-03-01")
    parts = sorted([(central["id"], 6_000), (own["id"], 4_000)])
    assert await who_pays(tenant, shop, "2026-06-30") == parts
    assert await who_pays(tenant, shop, "2026-07-01") == [(own["id"], WHOLE)]
    assert await who_pays(tenant, depot, "2026-02-28") == [(None, WHOLE)]
    assert await who_pays(tenant, depot, "2026-03-01") == [(central["id"], WHOLE)]
    consumer = await tenant.consumer()
    await tenant.admin.do(
        "billing_arrangements.create",
        billing_account_id=str(central["id"]),
        consumer_id=str(consumer.caller.attributes["consumer_id"]),
        starts_on="2026-01-01",
    )
    rows = await tenant.admin.list("billing_arrangements", billing_account_id=str(central["id"]))
    assert len(rows) == 3


async def test_shares_are_never_more_than_the_whole(world: World) -> None:
    tenant = await world.tenant()
    group, shop = await tenant.account("Group"), await tenant.account("Shop")
    central, second = (
        await billing(tenant, group, "Central"),
        await billing(tenant, group, "Second"),
    )
    await arrange(tenant, central, shop, 6_000, "2026-01-01", "2026-06-30")
    with pytest.raises(OverPaid) as refused:
        await arrange(tenant, second, shop, 4_001, "2025-12-01")
    assert refused.value.extra["day"] == "2026-01-01"
    await arrange(tenant, second, shop, 4_000, "2025-12-01", "2026-06-30")
    late = await arrange(tenant, second, shop, WHOLE, "2026-07-01")
    with pytest.raises(OverPaid):
        await tenant.admin.do("billing_arrangements.update", late["id"], starts_on="2026-06-30")
    with pytest.raises(Invalid):
        await tenant.admin.do("billing_arrangements.update", late["id"], ends_on="2026-06-30")
    assert len(await tenant.admin.list("billing_arrangements")) == 3


async def test_trees_have_any_depth_and_no_cycle(world: World) -> None:
    tenant = await world.tenant()
    account = await tenant.account()
    line = [await billing(tenant, account, "0")]
    for depth in range(1, 80):
        line.append(
            await billing(
                tenant, account, str(depth), parent_id=str(line[-1]["id"]), bills_to_parent=True
            )
        )
    with pytest.raises(BillingCycle):
        await tenant.admin.do(
            "billing_accounts.update", line[0]["id"], parent_id=str(line[-1]["id"])
        )
    with pytest.raises(BillingCycle):
        await tenant.admin.do(
            "billing_accounts.update", line[5]["id"], parent_id=str(line[5]["id"])
        )
    told = await tenant.admin.do("billing_accounts.tree", line[0]["id"])
    assert [(one.name, one.depth) for one in told] == [(str(n), n) for n in range(80)]
    await tenant.admin.do("billing_accounts.update", line[-1]["id"], is_default=True)
    (part,) = await tenant.admin.do("billing_accounts.payers", account_id=str(account["id"]))
    assert (part.billing_account_id, part.invoiced_to_id) == (line[-1]["id"], line[0]["id"])
    await tenant.admin.do("billing_accounts.update", line[40]["id"], bills_to_parent=False)
    (part,) = await tenant.admin.do("billing_accounts.payers", account_id=str(account["id"]))
    assert part.invoiced_to_id == line[40]["id"]


async def test_what_bills_to_its_parent_has_one_of_the_same_currency(world: World) -> None:
    tenant = await world.tenant()
    account, other = await tenant.account(), await tenant.account("Other")
    top = await billing(tenant, account, "Top")
    site = await tenant.admin.do(
        "locations.create",
        account_id=str(other["id"]),
        name="Site",
        line1="Road 1",
        city="Oslo",
        country="NO",
    )
    for values, pointers in (
        ({"bills_to_parent": True}, {"/parent_id"}),
        (
            {"bills_to_parent": True, "parent_id": str(top["id"]), "currency": "SEK"},
            {"/currency"},
        ),
        ({"location_id": str(site["id"])}, {"/location_id"}),
        ({"currency": "XYZ"}, {"/currency"}),
    ):
        with pytest.raises(Invalid) as refused:
            await billing(tenant, account, "Below", **values)
        assert {fault.pointer for fault in refused.value.faults} == pointers
    assert len(await tenant.admin.list("billing_accounts")) == 1


async def test_customers_see_where_they_pay_and_others_nothing(world: World) -> None:
    tenant = await world.tenant()
    account, other = await tenant.account(), await tenant.account("Other")
    mine, theirs = await billing(tenant, account, "Mine"), await billing(tenant, other, "Theirs")
    await arrange(tenant, theirs, account, 5_000, "2026-01-01")
    boss = await tenant.contact(account, "customer_admin")
    assert [row["id"] for row in await boss.list("billing_accounts")] == [mine["id"]]
    (row,) = await boss.list("billing_arrangements")
    assert row["billing_account_id"] == theirs["id"]
    with pytest.raises(NotFound):
        await boss.read("billing_accounts", theirs["id"])
    told = await boss.do("billing_accounts.update", mine["id"], invoice_email="ap@example.com")
    assert told["invoice_email"] == "ap@example.com"
    with pytest.raises(Invalid):
        await boss.do("billing_accounts.update", mine["id"], payment_days=365)
    clerk = await tenant.contact(account)
    with pytest.raises(Forbidden):
        await clerk.list("billing_accounts")


IDS = st.sampled_from([UUID(int=n) for n in range(4)])
DAYS = st.integers(0, 40).map(lambda n: DAY + timedelta(days=n))


@st.composite
def shares(draw: st.DrawFn) -> Share:
    starts = draw(DAYS)
    ends = draw(st.none() | st.integers(0, 20).map(lambda n: starts + timedelta(days=n)))
    return Share(draw(IDS), draw(st.integers(1, 5_000)), starts, ends)


@given(st.lists(shares(), max_size=6), st.none() | IDS, DAYS)
def test_what_is_owed_is_always_paid_exactly_once(
    found: list[Share], own: UUID | None, day: date
) -> None:
    if first_overpaid_day(found) is not None:
        return
    parts = payers(found, own, day)
    assert sum(points for _, points in parts) == WHOLE
    assert len({payer for payer, _ in parts}) == len(parts)
    assert own is None or None not in {payer for payer, _ in parts}


@given(st.lists(shares(), max_size=6))
def test_the_first_day_with_too_much_is_found(found: list[Share]) -> None:
    days = [DAY + timedelta(days=n) for n in range(70)]
    paid = {day: sum(s.basis_points for s in found if s.holds_on(day)) for day in days}
    assert first_overpaid_day(found) == next((d for d in days if paid[d] > WHOLE), None)
