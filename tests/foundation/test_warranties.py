"""Warranties: defined on models, running on what was sold, read where the thing is."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.foundation.installed.models import WarrantyStatus
from backend.foundation.warranties.errors import WarrantyVoid
from backend.foundation.warranties.rules import Term, last_day, status_of
from infra.kernel.errors import Forbidden, Invalid
from tests.world import Tenant, World

TODAY = date(2026, 6, 15)
ITEM, OTHER = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        (date(2026, 1, 15), 1, date(2026, 2, 14)),
        (date(2026, 1, 31), 1, date(2026, 2, 27)),
        (date(2024, 2, 29), 12, date(2025, 2, 27)),
        (date(2026, 1, 1), 24, date(2027, 12, 31)),
        (date(9999, 1, 1), 1200, date.max),
    ],
)
def test_months_end_on_the_day_before(start: date, months: int, last: date) -> None:
    assert last_day(start, months) == last


def test_it_stands_by_the_day_and_ends_with_the_longest() -> None:
    over = Term(date(2024, 1, 1), date(2025, 1, 1))
    runs = Term(date(2026, 1, 1), date(2026, 12, 31))
    comes = Term(date(2027, 1, 1), date(2027, 12, 31))
    assert status_of([], TODAY) == (WarrantyStatus.NONE, None)
    assert status_of([over], TODAY) == (WarrantyStatus.EXPIRED, over.ends_on)
    assert status_of([comes], TODAY) == (WarrantyStatus.PENDING, comes.ends_on)
    assert status_of([over, runs, comes], TODAY) == (WarrantyStatus.ACTIVE, comes.ends_on)


def test_a_warranty_holds_for_its_item_its_serial_number_or_all() -> None:
    for_all = Term(TODAY, TODAY)
    by_item = Term(TODAY, TODAY, install_base_item_id=ITEM, serial_number="S-1")
    by_serial = Term(TODAY, TODAY, serial_number="S-1")
    assert [t.holds_for(ITEM, "S-1") for t in (for_all, by_item, by_serial)] == [True] * 3
    assert [t.holds_for(OTHER, "S-1") for t in (for_all, by_item, by_serial)] == [
        True, False, True,
    ]  # fmt: skip
    assert [t.holds_for(OTHER, None) for t in (for_all, by_item, by_serial)] == [
        True, False, False,
    ]  # fmt: skip


@given(st.dates(), st.integers(1, 1200))
def test_a_warranty_of_some_months_never_ends_before_it_begins(start: date, months: int) -> None:
    assert last_day(start, months) >= start


async def sold(tenant: Tenant, **values: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A turbine of a company, and its model."""
    model = await tenant.admin.do(
        "product_models.create", name="Turbine", code="T9", kind="hardware"
    )
    account = await tenant.account()
    product = await tenant.admin.do(
        "sold_products.create", name="Turbine", product_model_id=str(model["id"]),
        account_id=str(account["id"]), **values,
    )  # fmt: skip
    return product, model


async def status(tenant: Tenant, kind: str, row: dict[str, Any]) -> tuple[str, str]:
    stored = await tenant.admin.read(kind, row["id"])
    return stored["warranty_status"], str(stored["warranty_ends_on"])


async def test_the_models_warranty_runs_on_the_product_and_its_items(world: World) -> None:
    tenant = await world.tenant()
    product, model = await sold(tenant)
    item = await tenant.admin.do(
        "install_base_items.create", name="Rotor", sold_product_id=str(product["id"])
    )
    promise = await tenant.admin.do(
        "product_warranties.create", product_model_id=str(model["id"]), name="Ten years",
        months=120, coverage="on_site", terms="Blades included.",
    )  # fmt: skip
    begun = await tenant.admin.do(
        "warranties.create", sold_product_id=str(product["id"]), starts_on="2024-01-01",
        product_warranty_id=str(promise["id"]),
    )  # fmt: skip
    assert (begun["name"], begun["coverage"], str(begun["ends_on"])) == (
        "Ten years", "on_site", "2033-12-31",
    )  # fmt: skip
    assert await status(tenant, "sold_products", product) == ("active", "2033-12-31")
    assert await status(tenant, "install_base_items", item) == ("active", "2033-12-31")
    later = await tenant.admin.do(
        "install_base_items.create", name="Gear", sold_product_id=str(product["id"])
    )
    await world.work(tenant)
    assert await status(tenant, "install_base_items", later) == ("active", "2033-12-31")
    await tenant.admin.do("warranties.void", begun["id"])
    assert await status(tenant, "sold_products", product) == ("none", "None")
    assert await status(tenant, "install_base_items", item) == ("none", "None")
    with pytest.raises(WarrantyVoid):
        await tenant.admin.do("warranties.update", begun["id"], ends_on="2040-01-01")


async def test_one_item_may_be_under_warranty_alone(world: World) -> None:
    tenant = await world.tenant()
    product, _ = await sold(tenant)
    items = [
        await tenant.admin.do(
            "install_base_items.create", name=f"Rotor {n}", sold_product_id=str(product["id"]),
            serial_number=f"S-{n}",
        )
        for n in (1, 2)
    ]  # fmt: skip
    base = {"name": "Exchange", "starts_on": "2025-01-01", "ends_on": "2025-12-31"}
    made = await tenant.admin.do(
        "warranties.create", install_base_item_id=str(items[0]["id"]), **base
    )
    assert (made["sold_product_id"], made["serial_number"]) == (product["id"], "S-1")
    assert await status(tenant, "install_base_items", items[0]) == ("expired", "2025-12-31")
    assert await status(tenant, "install_base_items", items[1]) == ("none", "None")
    assert await status(tenant, "sold_products", product) == ("none", "None")
    await tenant.admin.do(
        "warranties.create", sold_product_id=str(product["id"]), serial_number="S-2",
        **(base | {"ends_on": "2099-12-31"}),
    )  # fmt: skip
    assert await status(tenant, "install_base_items", items[1]) == ("active", "2099-12-31")
    found = await tenant.admin.list("install_base_items", warranty_status="active")
    assert [row["id"] for row in found] == [items[1]["id"]]


async def test_faults_of_a_warranty_are_told_together(world: World) -> None:
    tenant = await world.tenant()
    product, _ = await sold(tenant)
    other = await tenant.admin.do("product_models.create", name="Other", code="O", kind="hardware")
    promise = await tenant.admin.do(
        "product_warranties.create", product_model_id=str(other["id"]), name="P", months=1
    )
    with pytest.raises(Invalid) as refused:
        await tenant.admin.do("warranties.create", starts_on="2026-01-01")
    assert [fault.pointer for fault in refused.value.faults] == [
        "/sold_product_id", "/name", "/ends_on",
    ]  # fmt: skip
    with pytest.raises(Invalid) as refused:
        await tenant.admin.do(
            "warranties.create", sold_product_id=str(product["id"]), starts_on="2026-02-01",
            product_warranty_id=str(promise["id"]), ends_on="2026-01-01",
        )  # fmt: skip
    assert [fault.pointer for fault in refused.value.faults] == [
        "/product_warranty_id", "/ends_on",
    ]  # fmt: skip
    assert await tenant.admin.list("warranties") == []


async def test_days_pass_and_the_warranty_is_read_so(world: World) -> None:
    tenant = await world.tenant()
    product, _ = await sold(tenant)
    await tenant.admin.do(
        "warranties.create", sold_product_id=str(product["id"]), name="W",
        starts_on="2020-01-01", ends_on="2020-12-31",
    )  # fmt: skip
    async with world.services.database.transaction(tenant.id) as connection:
        await connection.execute(
            "UPDATE sold_products SET warranty_status = 'active' WHERE tenant_id = $1", tenant.id
        )
    turn = next(p for p in world.services.registry.periodic if p.name == "warranties.turn")
    async with world.services.system(tenant.id, reason="test") as ctx:
        await turn.function(ctx)
    assert await status(tenant, "sold_products", product) == ("expired", "2020-12-31")


async def test_owners_read_their_warranties_and_change_none(world: World) -> None:
    tenant = await world.tenant()
    product, _ = await sold(tenant)
    made = await tenant.admin.do(
        "warranties.create", sold_product_id=str(product["id"]), name="W",
        starts_on="2020-01-01", ends_on="2099-12-31",
    )  # fmt: skip
    account = {"id": product["account_id"]}
    maya, stranger = await tenant.contact(account), await tenant.contact()
    assert [row["id"] for row in await maya.list("warranties")] == [made["id"]]
    assert await stranger.list("warranties") == []
    with pytest.raises(Forbidden):
        await maya.do("warranties.void", made["id"])
    assert (await tenant.admin.read("warranties", made["id"]))["state"] == "active"
