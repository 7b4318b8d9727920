"""Fields that a tenant adds: typed, checked, and in every body and answer from the next request."""

from typing import Any
from uuid import UUID

import pytest

from infra.kernel.errors import Conflict, Forbidden, Invalid
from infra.kernel.event_log import read_events
from tests.customization.shop import a_color, a_field
from tests.platform.carrying import bring_in, csv_of
from tests.service.desk import Desk
from tests.world import World


def faults_of(refused: pytest.ExceptionInfo[Any]) -> dict[str, str]:
    return {fault.pointer: fault.code for fault in refused.value.faults}


async def test_a_field_is_in_bodies_and_answers_at_once(desk: Desk) -> None:
    await a_color(desk.admin)
    await a_field(desk.admin, "size", "integer")
    case = await desk.agent.do(
        "cases.create", subject="Paint peels", custom={"size": 3, "color": "red"}
    )
    assert case["custom"] == {"color": "red", "size": 3}
    await desk.agent.do("cases.update", case["id"], custom={"size": None, "color": "blue"})
    assert (await desk.agent.read("cases", case["id"]))["custom"] == {"color": "blue"}
    (listed,) = await desk.agent.list("cases")
    assert listed["custom"] == {"color": "blue"}


async def test_all_faults_are_named_together_and_nothing_is_written(desk: Desk) -> None:
    await a_color(desk.admin, required=True)
    await a_field(desk.admin, "size", "integer", constraints={"min": 1, "max": 9})
    await a_field(desk.admin, "serial", constraints={"pattern": r"[A-Z]{2}-\d{4}"})
    with pytest.raises(Invalid) as refused:
        await desk.agent.do(
            "cases.create", priority=9, custom={"size": 12, "serial": "x", "colour": "red"}
        )
    assert faults_of(refused) == {
        "/subject": "missing",
        "/priority": "less_than_equal",
        "/custom/size": "out_of_range",
        "/custom/serial": "pattern",
        "/custom/colour": "unknown_field",
        "/custom/color": "missing",
    }
    assert await desk.agent.list("cases") == []


async def test_over_http_as_well(desk: Desk) -> None:
    await a_field(desk.admin, "size", "integer", required=True)
    http = desk.admin.http()
    refused = await http.post("/api/v1/cases", json={"custom": {"size": True}})
    assert refused.status_code == 422
    assert {e["pointer"]: e["code"] for e in refused.json()["errors"]} == {
        "/subject": "missing",
        "/custom/size": "wrong_type",
    }
    made = await http.post("/api/v1/cases", json={"subject": "x", "custom": {"size": 4}})
    assert (made.status_code, made.json()["custom"]) == (201, {"size": 4})
    at = f"/api/v1/cases/{made.json()['id']}"
    assert (await http.get(at)).json()["custom"] == {"size": 4}
    changed = await http.patch(at, json={"custom": {"size": None}})
    assert [e["pointer"] for e in changed.json()["errors"]] == ["/custom/size"]
    assert (await http.get(at)).json()["custom"] == {"size": 4}


async def test_defaults_fill_what_was_left_out(desk: Desk, world: World) -> None:
    await a_color(desk.admin, default_value="blue")
    case = await desk.agent.do("cases.create", subject="x")
    assert case["custom"] == {"color": "blue"}
    none = await desk.agent.do("cases.create", subject="x", custom={"color": None})
    assert none["custom"] == {}
    async with world.services.system(desk.tenant.id, reason="mail") as ctx:
        create = world.services.registry.actions["cases.create"].function
        made = await create(ctx, subject="By letter")
        assert made.custom == {"color": "blue"}


async def test_customers_see_and_set_what_is_theirs(desk: Desk) -> None:
    await a_color(desk.admin, customers="write")
    await a_field(desk.admin, "margin", "integer")
    await a_field(desk.admin, "stage", customers="read")
    case = await desk.case(custom={"color": "red"})
    await desk.admin.do("cases.update", case["id"], custom={"margin": 40, "stage": "lab"})
    theirs = await desk.contact.read("cases", case["id"])
    assert theirs["custom"] == {"color": "red", "stage": "lab"}
    assert (await desk.contact.list("cases"))[0]["custom"] == {"color": "red", "stage": "lab"}
    with pytest.raises(Invalid) as refused:
        await desk.case(custom={"margin": 1, "stage": "x", "color": "red"})
    assert faults_of(refused) == {"/custom/margin": "unknown_field", "/custom/stage": "read_only"}
    schema = {f["key"]: f["customers"] for f in await desk.contact.list("custom_fields")}
    assert schema == {"color": "write", "stage": "read"}


async def test_a_customers_change_keeps_what_they_do_not_see(desk: Desk) -> None:
    await a_color(desk.admin, customers="write")
    await a_field(desk.admin, "margin", "integer", default_value=7)
    draft = await desk.case(draft=True, custom={"color": "red"})
    await desk.contact.do("cases.update", draft["id"], custom={"color": "blue"})
    assert (await desk.stored(draft))["custom"] == {"color": "blue", "margin": 7}


async def test_events_and_audit_tell_fields_to_staff_only(desk: Desk, world: World) -> None:
    await a_color(desk.admin, customers="write")
    await a_field(desk.admin, "margin", "integer")
    case = await desk.case(custom={"color": "red"})
    await desk.admin.do("cases.update", case["id"], custom={"margin": 40})
    entries = await desk.admin.list("audit_entries", record_id=str(case["id"]))
    assert {k: v for e in entries for k, v in e["changes"].items() if "custom." in k} == {
        "custom.color": [None, "red"],
        "custom.margin": [None, 40],
    }
    await world.work(desk.tenant)
    told = await read_events(world.services, desk.contact.caller, kinds=frozenset({"cases"}))
    assert told.data
    assert "custom" not in str(told.data)
    inside = await read_events(world.services, desk.admin.caller, kinds=frozenset({"cases"}))
    assert "custom.margin" in str(inside.data)


async def test_a_retired_field_is_gone_until_it_is_restored(desk: Desk) -> None:
    field = await a_color(desk.admin)
    case = await desk.agent.do("cases.create", subject="x", custom={"color": "red"})
    await desk.admin.do("custom_fields.retire", field["id"])
    assert (await desk.agent.read("cases", case["id"]))["custom"] == {}
    with pytest.raises(Invalid):
        await desk.agent.do("cases.update", case["id"], custom={"color": "blue"})
    await desk.admin.do("custom_fields.restore", field["id"])
    assert (await desk.agent.read("cases", case["id"]))["custom"] == {"color": "red"}


async def test_a_purged_field_leaves_nothing_behind(desk: Desk, world: World) -> None:
    field = await a_color(desk.admin, indexed=True, searchable=True)
    size = await a_field(desk.admin, "size", "integer")
    case = await desk.agent.do("cases.create", subject="x", custom={"color": "red", "size": 1})
    with pytest.raises(Conflict):
        await desk.admin.do("custom_fields.purge", field["id"])
    await desk.admin.do("custom_fields.retire", field["id"])
    await desk.admin.do("custom_fields.purge", field["id"])
    await world.work(desk.tenant)
    async with world.services.database.transaction(desk.tenant.id) as connection:
        stored = await connection.fetchval("SELECT custom::text FROM cases")
        left = await connection.fetchval("SELECT count(*) FROM custom_words")
    assert (stored, left) == ('{"size": 1}', 0)
    assert [f["id"] for f in await desk.admin.list("custom_fields")] == [size["id"]]
    assert (await desk.agent.read("cases", case["id"]))["custom"] == {"size": 1}
    await a_color(desk.admin)


async def test_a_field_without_values_is_deleted_and_one_with_values_is_not(
    desk: Desk, world: World
) -> None:
    size = await a_field(desk.admin, "size", "integer", indexed=True)
    color = await a_color(desk.admin)
    await desk.agent.do("cases.create", subject="x", custom={"color": "red"})
    await world.work(desk.tenant)
    await desk.admin.do("custom_fields.delete", size["id"])
    with pytest.raises(Conflict):
        await desk.admin.do("custom_fields.delete", color["id"])
    assert [f["key"] for f in await desk.admin.list("custom_fields")] == ["color"]


async def test_a_type_changes_only_while_nobody_uses_it(desk: Desk) -> None:
    field = await a_field(desk.admin, "size", "integer")
    await desk.admin.do("custom_fields.update", field["id"], type="decimal")
    await desk.agent.do("cases.create", subject="x", custom={"size": "1.50"})
    with pytest.raises(Conflict):
        await desk.admin.do("custom_fields.update", field["id"], type="text")
    (told,) = await desk.agent.list("cases")
    assert told["custom"] == {"size": "1.5"}


async def test_references_must_be_visible_to_whoever_sets_them(desk: Desk) -> None:
    await a_field(desk.admin, "spare", "reference", target="sold_products", customers="write")
    mine = await desk.case(custom={"spare": str(desk.router["id"])})
    assert mine["custom"] == {"spare": str(desk.router["id"])}
    other = await desk.tenant.contact()
    with pytest.raises(Invalid) as refused:
        await other.do("cases.create", subject="x", custom={"spare": str(desk.router["id"])})
    assert faults_of(refused) == {"/custom/spare": "not_found"}


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"resource": "webhooks"}, "/resource"),
        ({"type": "choice"}, "/choices"),
        ({"type": "reference"}, "/target"),
        ({"type": "reference", "target": "nothing"}, "/target"),
        ({"type": "long_text", "indexed": True}, "/indexed"),
        ({"type": "integer", "searchable": True}, "/searchable"),
        ({"visitors": "read"}, "/visitors"),
        ({"constraints": {"min": 1}}, "/constraints/min"),
        ({"constraints": {"pattern": "(a"}}, "/constraints/pattern"),
        ({"constraints": {"pattern": "(?=a)"}}, "/constraints/pattern"),
        ({"type": "integer", "constraints": {"min": 5, "max": 1}}, "/constraints/max"),
        ({"type": "integer", "default_value": "x"}, "/default_value"),
        ({"type": "date", "constraints": {"min": 5}}, "/constraints/min"),
        ({"key": "Color"}, "/key"),
        ({"label": {}}, "/label"),
    ],
)
async def test_nonsense_is_refused_where_it_stands(
    desk: Desk, wrong: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await a_field(
            desk.admin, **({"key": "thing"} | wrong | {"kind": wrong.get("type", "text")})
        )
    assert list(faults_of(refused)) == [pointer]


async def test_agents_read_fields_and_only_admins_make_them(desk: Desk) -> None:
    await a_color(desk.admin)
    assert [f["key"] for f in await desk.agent.list("custom_fields", resource="cases")] == ["color"]
    with pytest.raises(Forbidden):
        await a_field(desk.agent, "size")


async def test_no_tenant_knows_anothers_fields(desk: Desk, world: World) -> None:
    await a_color(desk.admin)
    other = await world.tenant()
    with pytest.raises(Invalid):
        await other.admin.do("cases.create", subject="x", custom={"color": "red"})
    assert await other.admin.list("custom_fields") == []


async def test_every_resource_with_fields_takes_them(desk: Desk) -> None:
    registry = desk.tenant.world.services.registry
    for name in [r.name for r in registry.resources.values() if r.is_customizable]:
        await a_field(desk.admin, "mark", resource=name)
    known = {
        "accounts": desk.account,
        "sold_products": desk.router,
        "product_models": desk.model,
        "service_contracts": desk.contract,
    }
    for name, row in known.items():
        told = await desk.admin.do(f"{name}.update", row["id"], custom={"mark": "x"})
        assert told["custom"] == {"mark": "x"}, name
    grown = await desk.admin.list("sold_products", expand="account,product_model")
    assert grown[0]["account"]["custom"] == {"mark": "x"}


async def test_fields_are_columns_of_an_export(desk: Desk, world: World) -> None:
    await a_color(desk.admin, indexed=True)
    await a_field(desk.admin, "size", "integer")
    await world.work(desk.tenant)
    await desk.agent.do("cases.create", subject="a", custom={"color": "red", "size": 3})
    await desk.agent.do("cases.create", subject="b")
    fields = ["subject", "custom.color", "custom.size"]
    given = {"resource": "cases", "format": "csv", "fields": fields, "sort": "number"}
    made = await desk.admin.do("exports.create", **given, filter={"custom.color": "red"})
    await world.work(desk.tenant)
    exported = await desk.admin.read("exports", made["id"])
    assert (exported["state"], exported["row_count"]) == ("done", 1)
    with pytest.raises(Invalid) as refused:
        await desk.admin.do("exports.create", **(given | {"fields": ["custom.nothing"]}))
    assert faults_of(refused) == {"/fields/0": "unknown_field"}


async def test_an_import_fills_fields_and_is_checked_as_a_request_is(desk: Desk) -> None:
    await a_color(desk.admin, required=True)
    await a_field(desk.admin, "size", "integer", indexed=True)
    rows = (
        {"subject": "a", "custom.color": "red", "custom.size": "3"},
        {"subject": "b", "custom.color": "pink", "custom.size": "x"},
        {"subject": "c", "custom.color": "", "custom.size": ""},
    )
    made = await bring_in(desk.tenant, desk.admin, "cases", csv_of(*rows))
    assert (made["created_count"], made["failed_count"]) == (1, 2)
    (case,) = await desk.admin.list("cases", **{"custom.size": "3"})
    assert case["custom"] == {"color": "red", "size": 3}


async def test_an_erased_person_leaves_no_word_in_a_field_or_its_index(
    desk: Desk, world: World
) -> None:
    await a_field(desk.admin, "nick", resource="contacts", indexed=True, searchable=True)
    await a_field(desk.admin, "caller", indexed=True)
    await world.work(desk.tenant)
    person = await desk.admin.do(
        "contacts.create", account_id=str(desk.account["id"]), name="Ottilie Grubenhagen",
        email="ottilie@example.com", custom={"nick": "Grubi"},
    )  # fmt: skip
    await desk.agent.do("cases.create", subject="x", custom={"caller": "ottilie@example.com"})
    asked = await desk.admin.do(
        "subject_requests.create", kind="erasure", subject_kind="contacts",
        subject_id=str(person["id"]),
    )  # fmt: skip
    await desk.admin.do("subject_requests.start", asked["id"])
    await world.work(desk.tenant, rounds=200)
    async with world.services.database.transaction(desk.tenant.id) as connection:
        words = await connection.fetch("SELECT value FROM custom_words WHERE value IS NOT NULL")
        custom = await connection.fetchval(
            "SELECT custom::text FROM contacts WHERE id = $1", UUID(str(person["id"]))
        )
    assert custom == "{}"
    assert not any("ottilie" in row["value"] or "Grubi" in row["value"] for row in words)
