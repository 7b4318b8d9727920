"""Records become files: as far as whoever asked may see them, and for their eyes only."""

import io
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from backend.platform.transfers.exporting import expire
from infra.kernel.errors import Forbidden, Invalid
from tests.platform.carrying import (
    bring_in,
    cells_of,
    content_of,
    objects_of,
    take_out,
)
from tests.security.neighbours import bearing
from tests.world import World

EVIL = ["=1+1", "+49 30 1", "-x", "@SUM(A1)", "\tx", "\uff1d1", "'=kept", "plain", "'quoted'"]


async def test_a_list_becomes_a_file_of_any_kind(world: World) -> None:
    tenant = await world.tenant()
    top = await tenant.account("Harbour", code="H", industry="health")
    await tenant.account("Mill", code="M", parent_id=str(top["id"]))
    more: dict[str, Any] = {"fields": ["name", "is_partner", "parent.code"], "sort": "name"}
    expected = [["Harbour", "false", ""], ["Mill", "false", "H"]]
    done = await take_out(tenant, tenant.admin, "accounts", "csv", **more)
    assert (done["state"], done["row_count"]) == ("done", 2)
    rows = cells_of(await content_of(world, tenant, done["attachment_id"]))
    assert rows == [["name", "is_partner", "parent.code"], *expected]
    done = await take_out(tenant, tenant.admin, "accounts", "ndjson", **more)
    assert objects_of(await content_of(world, tenant, done["attachment_id"])) == [
        {"name": "Harbour", "is_partner": False, "parent.code": None},
        {"name": "Mill", "is_partner": False, "parent.code": "H"},
    ]
    done = await take_out(tenant, tenant.admin, "accounts", "xlsx", **more)
    book = load_workbook(io.BytesIO(await content_of(world, tenant, done["attachment_id"])))
    assert [list(row) for row in book.active.iter_rows(values_only=True)] == [
        ["name", "is_partner", "parent.code"], ["Harbour", False, None], ["Mill", False, "H"],
    ]  # fmt: skip


async def test_filters_words_and_order_are_those_of_a_list(world: World) -> None:
    tenant = await world.tenant()
    for code in ("B", "A", "C"):
        await tenant.account(f"Harbour {code}", code=code)
    await tenant.account("Mill", code="D")
    done = await take_out(
        tenant, tenant.admin, "accounts", fields=["code"], q="harbour", sort="-code",
        filter={"code[ne]": "B"},
    )  # fmt: skip
    rows = cells_of(await content_of(world, tenant, done["attachment_id"]))
    assert rows == [["code"], ["C"], ["A"]]
    for more, pointer in (
        ({"filter": {"shoe": "1"}}, "/filter/shoe"),
        ({"filter": {"limit": "1"}}, "/filter/limit"),
        ({"sort": "notes"}, "/sort"),
        ({"fields": ["tenant_id"]}, "/fields/0"),
        ({"fields": ["parent.secret"]}, "/fields/0"),
    ):
        with pytest.raises(Invalid) as refused:
            await tenant.admin.do("exports.create", resource="accounts", format="csv", **more)
        assert [f.pointer for f in refused.value.faults] == [pointer]


async def test_whoever_sees_less_exports_less(world: World) -> None:
    tenant = await world.tenant()
    ours, theirs = await tenant.account(code="OURS"), await tenant.account(code="THEIRS")
    boss = await tenant.contact(ours, "customer_admin")
    stranger = await tenant.contact(theirs, "customer_admin")
    done = await take_out(tenant, boss, "accounts", fields=["code"])
    rows = cells_of(await content_of(world, tenant, done["attachment_id"]))
    assert rows == [["code"], ["OURS"]]
    with pytest.raises(Invalid):
        await boss.do("exports.create", resource="accounts", format="csv", fields=["notes"])
    with pytest.raises(Forbidden):
        await boss.do("exports.create", resource="users", format="csv")
    assert await stranger.list("exports") == []
    path = f"/api/v1/attachments/{done['attachment_id']}/content"
    assert (await (await bearing(world, boss)).get(path)).status_code == 200
    assert (await (await bearing(world, stranger)).get(path)).status_code == 404
    colleague = await bearing(world, await tenant.member("service_manager"))
    assert (await colleague.get(path)).status_code == 404


async def test_a_role_that_was_taken_ends_the_export(world: World) -> None:
    tenant = await world.tenant()
    await tenant.account()
    manager = await tenant.member("service_manager")
    made = await manager.do("exports.create", resource="accounts", format="csv")
    await tenant.admin.do("profiles.revoke_role", manager.profile_id, role="service_manager")
    await world.work(tenant)
    row = await tenant.admin.read("exports", made["id"])
    assert (row["state"], row["attachment_id"]) == ("failed", None)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ndjson"])
async def test_36_formulas_are_shown_as_text_and_come_back_as_they_were(
    world: World, kind: str
) -> None:
    tenant = await world.tenant()
    names = EVIL if kind == "csv" else [*EVIL, "_x0041_", "bell\x07"]
    for number, name in enumerate(names):
        await tenant.account(code=f"E{number}", industry=name)
    done = await take_out(
        tenant, tenant.admin, "accounts", kind, fields=["id", "industry"], sort="code"
    )
    content = await content_of(world, tenant, done["attachment_id"])
    if kind == "csv":
        for row in cells_of(content)[1:]:
            assert row[1][0] not in "=+-@\t\r\uff1d\uff0b\uff0d\uff20"
    if kind == "xlsx":
        sheet = load_workbook(io.BytesIO(content)).active
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
    for account in await tenant.admin.list("accounts"):
        await tenant.admin.do("accounts.update", account["id"], industry="lost")
    back = await bring_in(
        tenant, tenant.admin, "accounts", content, kind, mode="update", match_on="id"
    )
    assert (back["updated_count"], back["failed_count"]) == (len(names), 0)
    rows = await tenant.admin.list("accounts", sort="code", limit="50")
    assert {row["code"]: row["industry"] for row in rows} == {
        f"E{number}": name for number, name in enumerate(names)
    }


async def test_an_export_is_audited_with_who_what_and_how_many(world: World) -> None:
    tenant = await world.tenant()
    await tenant.account()
    manager = await tenant.member("service_manager")
    await take_out(tenant, manager, "accounts", filter={"is_customer": "true"})
    (asked,) = await tenant.admin.list("audit_entries", action="exports.create")
    assert asked["actor"]["profile_id"] == str(manager.profile_id)
    assert asked["changes"]["conditions"] == [None, {"is_customer": "true"}]
    (ended,) = await tenant.admin.list("audit_entries", action="exports.written")
    assert ended["changes"] == {
        "resource": "accounts", "conditions": {"is_customer": "true"}, "rows": 1,
    }  # fmt: skip
    assert ended["actor"]["profile_id"] == str(manager.profile_id)


async def test_the_file_goes_when_its_time_is_over(world: World) -> None:
    tenant = await world.tenant()
    done = await take_out(tenant, tenant.admin, "accounts")
    async with world.services.system(tenant.id, reason="test") as ctx:
        await expire(ctx)
    assert (await tenant.admin.read("exports", done["id"]))["state"] == "done"
    async with world.services.system(tenant.id, reason="test") as ctx:
        ctx.now += timedelta(days=4)
        await expire(ctx)
    assert (await tenant.admin.read("exports", done["id"]))["state"] == "expired"
    path = f"/api/v1/attachments/{done['attachment_id']}/content"
    assert (await tenant.admin.http().get(path)).status_code == 404
