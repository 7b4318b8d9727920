"""Contracts live by their days, cover what their lines say, and go on as others."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.foundation.contract_lines.renewing import turn_all
from backend.foundation.contracts.errors import (
    ContractHasNoEnd,
    ContractOver,
    ContractRenewedAlready,
    ContractStateForbids,
)
from backend.foundation.contracts.models import ContractState
from backend.foundation.contracts.rules import BY_DATE, state_on
from infra.kernel.errors import Invalid
from tests.service.desk import Desk, a_desk, same
from tests.world import World

TODAY = datetime.now(UTC).date()


@given(
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.integers(0, 300),
    st.dates(date(2025, 1, 1), date(2028, 1, 1)),
    st.sampled_from(BY_DATE),
)
def test_a_contract_stands_by_its_days_alone(
    start: date, days: int, on: date, state: ContractState
) -> None:
    end = start + timedelta(days=days)
    found = state_on(state, start, end, on)
    assert (found is ContractState.ACTIVE) == (start <= on <= end)
    assert (found is ContractState.SCHEDULED) == (on < start)
    for still in (ContractState.DRAFT, ContractState.CANCELLED):
        assert state_on(still, start, end, on) is still


async def contract_of(desk: Desk, **values: Any) -> dict[str, Any]:
    given_: dict[str, Any] = {
        "name": "Premium", "account_id": str(desk.account["id"]), "starts_on": "2020-01-01",
    }  # fmt: skip
    made: dict[str, Any] = await desk.admin.do("service_contracts.create", **(given_ | values))
    return made


async def line_of(desk: Desk, contract: dict[str, Any], **values: Any) -> dict[str, Any]:
    given_ = {"contract_id": str(contract["id"]), "name": "Router cover", "tier": "platinum"}
    made: dict[str, Any] = await desk.admin.do("contract_lines.create", **(given_ | values))
    return made


async def state_of(desk: Desk, contract: dict[str, Any]) -> str:
    return str((await desk.admin.read("service_contracts", contract["id"]))["state"])


async def turn(desk: Desk) -> None:
    async with desk.tenant.world.services.system(desk.tenant.id, reason="test") as ctx:
        await turn_all(ctx)


async def shift(desk: Desk, contract: dict[str, Any], state: str, **days: int) -> None:
    """As if the contract's days had come since somebody saved it."""
    sets = ", ".join(f"{name} = current_date + {number}" for name, number in days.items())
    async with desk.tenant.world.services.database.transaction(desk.tenant.id) as connection:
        await connection.execute(
            f"UPDATE service_contracts SET state = $2, {sets} WHERE tenant_id = $1 AND id = $3",
            desk.tenant.id, state, contract["id"],
        )  # fmt: skip


async def test_a_line_entitles_what_it_covers_at_once(world: World) -> None:
    desk = await a_desk(await world.tenant())
    contract = await contract_of(desk)
    line = await line_of(
        desk, contract, sold_product_id=str(desk.router["id"]), unit="case", quantity="3",
        renewal="year",
    )  # fmt: skip
    (owed,) = await desk.admin.list("entitlements", contract_line_id=str(line["id"]))
    assert (owed["scope"], owed["tier"], owed["state"]) == ("sold_product", "platinum", "active")
    await desk.admin.do("sold_products.update", desk.router["id"], contract_id=None)
    case = await desk.stored(await desk.case())
    assert same(case["entitlement_id"], owed["id"])
    assert same(case["contract_id"], contract["id"])
    pool = await desk.admin.read("entitlement_pools", owed["pool_id"])
    assert (pool["remaining"], pool["reserved"]) == (2, 1)
    (seen,) = await desk.contact.list("contract_lines", contract_id=str(contract["id"]))
    assert same(seen["id"], line["id"])


async def test_terms_of_a_line_flow_to_its_entitlement_until_it_is_removed(world: World) -> None:
    desk = await a_desk(await world.tenant())
    contract = await contract_of(desk)
    line = await line_of(desk, contract, unit="hour", quantity="8")
    await desk.admin.do("contract_lines.update", line["id"], tier="silver", quantity="9")
    (owed,) = await desk.admin.list("entitlements", contract_line_id=str(line["id"]))
    assert (owed["scope"], owed["tier"]) == ("contract", "silver")
    await desk.admin.do("contract_lines.delete", line["id"])
    gone = await desk.admin.read("entitlements", owed["id"])
    pool = await desk.admin.read("entitlement_pools", owed["pool_id"])
    assert (gone["state"], gone["contract_line_id"]) == ("cancelled", None)
    assert (pool["remaining"], Decimal(pool["quantity"])) == (0, 9)


async def test_a_line_covers_one_thing_of_the_customers_own(world: World) -> None:
    desk = await a_desk(await world.tenant())
    contract = await contract_of(desk, account_id=str((await desk.tenant.account("Other"))["id"]))
    with pytest.raises(Invalid) as refused:
        await line_of(
            desk, contract, sold_product_id=str(desk.router["id"]),
            product_model_id=str(desk.model["id"]), unit="case",
        )  # fmt: skip
    assert {(fault.pointer, fault.code) for fault in refused.value.faults} == {
        ("/product_model_id", "one_subject"),
        ("/sold_product_id", "other_customer"),
        ("/quantity", "together"),
    }
    assert await desk.admin.list("contract_lines") == []


async def test_a_draft_owes_nothing_until_it_is_activated(world: World) -> None:
    desk = await a_desk(await world.tenant())
    contract = await contract_of(desk, state="draft")
    await line_of(desk, contract, sold_product_id=str(desk.router["id"]))
    await desk.admin.do("sold_products.update", desk.router["id"], contract_id=None)
    assert (await desk.case())["entitlement_status"] == "expired"
    told = await desk.admin.do("service_contracts.activate", contract["id"])
    assert told["state"] == "active"
    assert (await desk.case())["entitlement_status"] == "verified"
    with pytest.raises(ContractStateForbids):
        await desk.admin.do("service_contracts.activate", contract["id"])
    await desk.admin.do("service_contracts.cancel", contract["id"])
    assert (await desk.case())["entitlement_status"] == "expired"
    with pytest.raises(ContractOver):
        await line_of(desk, contract)


async def test_days_turn_a_contract_without_anybody_saving_it(world: World) -> None:
    desk = await a_desk(await world.tenant())
    later = await contract_of(desk, starts_on=str(TODAY + timedelta(days=9)))
    ends = await contract_of(desk, ends_on=str(TODAY + timedelta(days=9)))
    assert (later["state"], ends["state"]) == ("scheduled", "active")
    await shift(desk, later, "scheduled", starts_on=0)
    await shift(desk, ends, "active", ends_on=-1)
    await turn(desk)
    assert (await state_of(desk, later), await state_of(desk, ends)) == ("active", "expired")
    await turn(desk)
    assert (await state_of(desk, later), await state_of(desk, ends)) == ("active", "expired")


async def test_a_renewed_contract_covers_the_same_and_takes_the_products_over(
    world: World,
) -> None:
    desk = await a_desk(await world.tenant())
    contract = await contract_of(desk, ends_on=str(TODAY + timedelta(days=3)))
    await line_of(desk, contract, sold_product_id=str(desk.router["id"]))
    await desk.admin.do("sold_products.update", desk.router["id"], contract_id=str(contract["id"]))
    follower = await desk.admin.do("service_contracts.renew", contract["id"], months=12)
    assert follower["state"] == "scheduled"
    assert follower["starts_on"] == TODAY + timedelta(days=4)
    assert same(follower["renewed_from_id"], contract["id"])
    with pytest.raises(ContractRenewedAlready):
        await desk.admin.do("service_contracts.renew", contract["id"])
    await shift(desk, contract, "active", ends_on=-1)
    await shift(desk, follower, "scheduled", starts_on=0)
    await turn(desk)
    router = await desk.admin.read("sold_products", desk.router["id"])
    assert same(router["contract_id"], follower["id"])
    lines = await desk.admin.list("contract_lines", contract_id=str(follower["id"]))
    assert [line["name"] for line in lines] == ["Router cover"]


async def test_a_contract_that_renews_itself_has_no_gap(world: World) -> None:
    desk = await a_desk(await world.tenant())
    contract = await contract_of(desk, ends_on=str(TODAY + timedelta(days=1)), renews_months=6)
    await shift(desk, contract, "active", ends_on=-1)
    await turn(desk)
    (follower,) = await desk.admin.list("service_contracts", renewed_from_id=str(contract["id"]))
    assert (follower["state"], follower["starts_on"]) == ("active", TODAY)
    assert await state_of(desk, contract) == "expired"
    with pytest.raises(ContractHasNoEnd):
        await desk.admin.do("service_contracts.renew", desk.contract["id"])
