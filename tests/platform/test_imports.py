"""Files become records: row by row, as whoever asked, once each, whatever dies meanwhile."""

from typing import Any

import pytest

from infra.kernel.errors import Forbidden, Invalid
from tests.platform.carrying import (
    ask,
    bring_in,
    cells_of,
    content_of,
    csv_of,
    faults_of,
)
from tests.world import Actor, World


def companies(*codes: str, **more: Any) -> bytes:
    return csv_of(*({"name": f"Company {code}", "code": code, **more} for code in codes))


async def codes(actor: Actor) -> list[str]:
    return [row["code"] for row in await actor.list("accounts", sort="code")]


async def test_a_file_of_companies_becomes_accounts(world: World) -> None:
    tenant = await world.tenant()
    done = await bring_in(tenant, tenant.admin, "accounts", companies("A1", "A2", "A3"))
    assert (done["state"], done["created_count"], done["failed_count"]) == ("done", 3, 0)
    assert (done["position"], done["progress"], done["report_id"]) == (3, 100, None)
    rows = await tenant.admin.list("accounts", sort="code")
    assert [row["name"] for row in rows] == ["Company A1", "Company A2", "Company A3"]
    assert all(row["number"].startswith("ACC") and row["is_customer"] for row in rows)
    entries = await tenant.admin.list("audit_entries", action="accounts.import")
    assert len(entries) == 3
    assert entries[0]["actor"]["profile_id"] == str(tenant.admin.profile_id)


async def test_a_refused_row_takes_no_neighbour_with_it(world: World) -> None:
    tenant = await world.tenant()
    await tenant.account(code="TAKEN")
    rows = [
        {"name": "One", "code": "A1", "email": "one@example.com"},
        {"name": "", "code": "A2", "email": "no address"},
        {"name": "Three", "code": "taken", "email": ""},
        {"name": "Four", "code": "a code with blanks", "email": ""},
        {"name": "Five", "code": "A5", "email": ""},
        {"name": "Six", "code": "A5", "email": ""},
    ]
    done = await bring_in(tenant, tenant.admin, "accounts", csv_of(*rows))
    assert (done["state"], done["created_count"], done["failed_count"]) == ("done", 2, 4)
    assert await codes(tenant.admin) == ["A1", "A5", "TAKEN"]
    faults = {f["row_number"]: f["faults"] for f in await faults_of(tenant.admin, done)}
    assert {f["column"]: f["code"] for f in faults[2]} == {
        "email": "value_error",
        "name": "missing",
    }
    assert [(f["column"], f["code"], f["value"]) for f in faults[3]] == [
        ("code", "duplicate", "taken")
    ]
    assert [(f["column"], f["code"]) for f in faults[4]] == [("code", "pattern")]
    assert [(f["column"], f["code"]) for f in faults[6]] == [("code", "duplicate")]
    report = cells_of(await content_of(world, tenant, done["report_id"]))
    assert report[0] == ["name", "code", "email", "row", "faults"]
    assert [row[:4] for row in report[1:]] == [
        ["", "A2", "no address", "2"],
        ["Three", "taken", "", "3"],
        ["Four", "a code with blanks", "", "4"],
        ["Six", "A5", "", "6"],
    ]


async def test_a_zero_byte_spoils_its_own_row(world: World) -> None:
    tenant = await world.tenant()
    file = b"name,code\nOne,A1\nT\0wo,A2\nThree,A3\n"
    done = await bring_in(tenant, tenant.admin, "accounts", file)
    assert (done["state"], done["created_count"], done["failed_count"]) == ("done", 2, 1)
    (fault,) = await faults_of(tenant.admin, done)
    assert (fault["row_number"], fault["faults"][0]["column"]) == (2, "name")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
async def test_a_file_of_wide_characters_is_known_without_a_mark(
    world: World, encoding: str
) -> None:
    tenant = await world.tenant()
    file = "name,code\nGrüße aus Köln,A1\n".encode(encoding)
    done = await bring_in(tenant, tenant.admin, "accounts", file)
    assert (done["state"], done["created_count"]) == ("done", 1)


async def test_a_row_that_only_the_database_refuses_is_found_among_its_neighbours(
    world: World,
) -> None:
    tenant = await world.tenant()
    models = [{"name": f"M{n}", "code": f"M{n}", "kind": "hardware"} for n in range(40)]
    models[17]["kind"] = "service"
    account = await tenant.account()
    contracts = [
        {"name": f"C{n}", "account_id": str(account["id"]), "starts_on": "2026-01-02",
         "ends_on": "2025-01-01" if n == 23 else "2027-01-01"}
        for n in range(40)
    ]  # fmt: skip
    done = await bring_in(tenant, tenant.admin, "service_contracts", csv_of(*contracts))
    assert (done["created_count"], done["failed_count"]) == (39, 1)
    assert [f["row_number"] for f in await faults_of(tenant.admin, done)] == [24]


async def test_on_error_stop_keeps_what_came_before_and_nothing_after(world: World) -> None:
    tenant = await world.tenant()
    content = companies("A1", "A2", "no good", "A4")
    done = await bring_in(tenant, tenant.admin, "accounts", content, on_error="stop")
    assert (done["state"], done["created_count"], done["failed_count"]) == ("stopped", 2, 1)
    assert done["position"] == 3
    assert await codes(tenant.admin) == ["A1", "A2"]


async def test_a_dry_run_says_what_would_be_and_keeps_nothing(world: World) -> None:
    tenant = await world.tenant()
    rows = [
        {"name": "Top", "code": "TOP", "parent.code": ""},
        {"name": "Below", "code": "BELOW", "parent.code": "TOP"},
        {"name": "Lost", "code": "LOST", "parent.code": "NOBODY"},
        {"name": "Again", "code": "TOP", "parent.code": ""},
    ]
    done = await bring_in(tenant, tenant.admin, "accounts", csv_of(*rows), dry_run=True)
    assert (done["state"], done["created_count"], done["failed_count"]) == ("done", 2, 2)
    assert await codes(tenant.admin) == []
    assert [f["row_number"] for f in await faults_of(tenant.admin, done)] == [3, 4]
    real = await bring_in(tenant, tenant.admin, "accounts", csv_of(*rows))
    assert (real["created_count"], real["failed_count"]) == (2, 2)
    below = (await tenant.admin.list("accounts", code="BELOW"))[0]
    assert below["path"] == "TOP/BELOW/"


async def test_records_are_found_by_what_another_system_calls_them(world: World) -> None:
    tenant = await world.tenant()
    first = csv_of(
        {"external_id": "1", "name": "Harbour", "code": "H"},
        {"external_id": "2", "name": "Mill", "code": "M"},
    )
    options: dict[str, Any] = {"mode": "upsert", "match_on": "external_id", "source": "oldcrm"}
    done = await bring_in(tenant, tenant.admin, "accounts", first, **options)
    assert done["created_count"] == 2
    second = csv_of(
        {"external_id": "1", "name": "Harbour Dental", "code": "H"},
        {"external_id": "2", "name": "Mill", "code": "M"},
        {"external_id": "3", "name": "Quay", "code": "Q"},
    )
    again = await bring_in(tenant, tenant.admin, "accounts", second, **options)
    assert (again["created_count"], again["updated_count"], again["unchanged_count"]) == (1, 1, 1)
    people = csv_of({"name": "Maya", "account.external_id": "3"})
    await bring_in(tenant, tenant.admin, "contacts", people, source="oldcrm")
    (maya,) = await tenant.admin.list("contacts", expand="account")
    assert maya["account"]["name"] == "Quay"
    repeated = await bring_in(tenant, tenant.admin, "accounts", second, source="oldcrm")
    assert (repeated["created_count"], repeated["failed_count"]) == (0, 3)


async def test_records_are_found_by_a_unique_field_or_their_number(world: World) -> None:
    tenant = await world.tenant()
    one = await tenant.account("Harbour", code="H1")
    content = csv_of({"code": "h1", "name": "Harbour Dental"}, {"code": "NEW", "name": "New"})
    done = await bring_in(
        tenant, tenant.admin, "accounts", content, mode="upsert", match_on="accounts.code"
    )
    assert (done["created_count"], done["updated_count"]) == (1, 1)
    content = csv_of(
        {"number": one["number"], "industry": "health"}, {"number": "ACC9", "industry": ""}
    )
    done = await bring_in(
        tenant, tenant.admin, "accounts", content, mode="update", match_on="number"
    )
    assert (done["updated_count"], done["failed_count"]) == (1, 1)
    now = await tenant.admin.read("accounts", one["id"])
    assert (now["name"], now["industry"]) == ("Harbour Dental", "health")


async def test_people_and_their_groups_come_in_by_their_names(world: World) -> None:
    tenant = await world.tenant()
    users = csv_of(
        {"email": "ann@example.com", "name": "Ann", "roles": "agent_b2b;service_manager"},
        {"email": "ben@example.com", "name": "Ben", "roles": "agent_b2c"},
        {"email": "cid@example.com", "name": "Cid", "roles": "no_such_role"},
    )
    done = await bring_in(tenant, tenant.admin, "users", users)
    assert (done["created_count"], done["failed_count"]) == (2, 1)
    groups = await bring_in(tenant, tenant.admin, "groups", csv_of({"name": "Fibre"}))
    assert groups["created_count"] == 1
    members = csv_of(
        {"Group": "Fibre", "Who": "ann@example.com"}, {"Group": "Fibre", "Who": "x@y.z"}
    )
    mapping = {"Group": "group.name", "Who": "user.email"}
    joined = await bring_in(tenant, tenant.admin, "group_members", members, mapping=mapping)
    assert (joined["created_count"], joined["failed_count"]) == (1, 1)
    (ann,) = await tenant.admin.list("users", email="ann@example.com")
    (profile,) = await tenant.admin.list("profiles", user_id=str(ann["id"]))
    assert sorted(profile["roles"]) == ["agent_b2b", "service_manager"]


async def test_columns_that_lead_nowhere_end_it_before_the_first_row(world: World) -> None:
    tenant = await world.tenant()
    content = csv_of({"name": "A", "code": "A", "shoe size": "44", "created_at": "x"})
    done = await bring_in(tenant, tenant.admin, "accounts", content)
    assert (done["state"], done["created_count"]) == ("failed", 0)
    assert [e["pointer"] for e in done["problem"]["errors"]] == ["/mapping/shoe size"]
    skipping = await bring_in(
        tenant, tenant.admin, "accounts", content, mapping={"shoe size": None}
    )
    assert (skipping["state"], skipping["created_count"]) == ("done", 1)
    assert sorted(skipping["ignored_columns"]) == ["created_at", "shoe size"]


async def test_what_makes_no_sense_is_refused_at_once(world: World) -> None:
    tenant = await world.tenant()
    admin = tenant.admin
    for more, pointer in (
        ({"mode": "update"}, "/match_on"),
        ({"mode": "upsert", "match_on": "name"}, "/match_on"),
        ({"mapping": {"x": "nothing"}}, "/mapping/x"),
        ({"options": {"decimal": ";"}}, "/options/decimal"),
    ):
        with pytest.raises(Invalid) as refused:
            await ask(admin, "accounts", companies("A"), **more)
        assert [f.pointer for f in refused.value.faults] == [pointer]
    for resource in ("jobs", "nothing", "api_keys", "imports"):
        with pytest.raises(Invalid) as refused:
            await ask(admin, resource, companies("A"))
        assert [f.pointer for f in refused.value.faults] == ["/resource"]
    assert await admin.list("imports") == []


async def test_an_agent_imports_no_more_than_they_may_do_by_hand(world: World) -> None:
    tenant = await world.tenant()
    agent = await tenant.member("agent_b2c")
    with pytest.raises(Forbidden):
        await ask(agent, "accounts", companies("A"))
    assert await tenant.admin.list("imports") == []
    viewer = await tenant.member("case_viewer")
    with pytest.raises(Forbidden):
        await ask(viewer, "contacts", csv_of({"name": "A"}))


async def test_a_customers_admin_brings_in_people_of_their_own_company_only(world: World) -> None:
    tenant = await world.tenant()
    ours, theirs = await tenant.account(code="OURS"), await tenant.account(code="THEIRS")
    boss = await tenant.contact(ours, "customer_admin")
    people = csv_of(
        {"name": "Ann", "account_id": str(ours["id"])},
        {"name": "Ben", "account_id": str(theirs["id"])},
    )
    done = await bring_in(tenant, boss, "contacts", people)
    assert (done["created_count"], done["failed_count"]) == (1, 1)
    assert await tenant.admin.list("contacts", account_id=str(theirs["id"])) == []
    (fault,) = await faults_of(boss, done)
    assert fault["faults"][0]["column"] == "account_id"
    other = await tenant.contact(theirs, "customer_admin")
    assert await other.list("imports") == []
    assert await other.list("import_faults") == []


async def test_a_role_that_was_taken_ends_the_import_with_it(world: World) -> None:
    tenant = await world.tenant()
    manager = await tenant.member("service_manager")
    made = await ask(manager, "accounts", companies("A1"))
    await tenant.admin.do("profiles.revoke_role", manager.profile_id, role="service_manager")
    await world.work(tenant)
    row = await tenant.admin.read("imports", made["id"])
    assert (row["state"], row["created_count"]) == ("failed", 0)
    assert await codes(tenant.admin) == []


async def test_a_cancelled_import_does_nothing_more(world: World) -> None:
    tenant = await world.tenant()
    made = await ask(tenant.admin, "accounts", companies("A1"))
    await tenant.admin.do("imports.cancel", made["id"])
    await world.work(tenant)
    row = await tenant.admin.read("imports", made["id"])
    assert (row["state"], row["position"]) == ("cancelled", 0)
    assert await codes(tenant.admin) == []
