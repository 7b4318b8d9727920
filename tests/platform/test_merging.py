"""Two records become one, with everything that named the other; and two again, to the byte."""

import random
from typing import Any
from uuid import UUID

import pytest

from backend.foundation.accounts.errors import HierarchyCycle
from backend.foundation.contacts.resources import contacts
from backend.platform.merging.errors import (
    ChangedSinceMerge,
    MergeBlocked,
    MergedAlready,
    MergeNotUndoable,
)
from backend.platform.responsibilities.holding import hold
from infra.kernel.errors import Forbidden, Invalid, Stale
from tests.world import Actor, Tenant, World

RESTLESS = {
    "audit_entries", "audit_heads", "events", "event_heads", "jobs", "merges", "merge_rows",
    "tenant_state", "credentials", "counters", "match_locks", "duplicate_candidates", "case_marks",
}  # fmt: skip


async def bytes_of(world: World, tenant: Tenant) -> dict[str, list[str]]:
    """Every row of every table of the tenant, but what tells history."""
    found = {}
    async with world.services.database.transaction(tenant.id) as connection:
        tables = await connection.fetch(
            """SELECT DISTINCT c.relname FROM pg_class c
                 JOIN pg_namespace n ON n.oid = c.relnamespace
                 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
                WHERE n.nspname = 'public' AND c.relkind = 'r'"""
        )
        for (table,) in tables:
            if table not in RESTLESS:
                rows = await connection.fetch(
                    f"""SELECT to_jsonb(x)::text AS told FROM "{table}" x
                         WHERE tenant_id = $1 ORDER BY 1""",
                    tenant.id,
                )
                found[table] = [row["told"] for row in rows]
    return {table: rows for table, rows in found.items() if rows}


async def undo(world: World, tenant: Tenant, plan: Any) -> None:
    await tenant.admin.do("merges.undo", plan.merge_id)


async def a_company(tenant: Tenant, name: str) -> tuple[dict[str, Any], Actor, dict[str, Any]]:
    """A company with a site, a contact and a case with a file."""
    account = await tenant.account(name, phone=f"+49 30 {random.randrange(10**7)}")
    await tenant.admin.do(
        "locations.create", account_id=str(account["id"]), name="Office", line1="Quay 1",
        city="Kiel", country="DE", is_primary=True, purpose="billing",
    )  # fmt: skip
    contact = await tenant.contact(account, name=f"Contact of {name}")
    case = await contact.do("cases.create", subject=f"{name} has no light", description="None")
    file = await tenant.admin.do("attachments.create", name="a.txt", content="aGVsbG8=")
    await tenant.admin.do(
        "attachments.attach", file["id"], kind="accounts", record_id=str(account["id"])
    )
    return account, contact, case


async def test_a_dry_run_says_what_moves_and_changes_nothing(world: World) -> None:
    tenant = await world.tenant()
    (one, *_), (other, *_) = [await a_company(tenant, name) for name in ("One", "Other")]
    before = await bytes_of(world, tenant)
    plan = await tenant.admin.do(
        "accounts.merge", one["id"], **{"from": [str(other["id"])]}, dry_run=True,
        fields={"phone": str(other["id"])},
    )  # fmt: skip
    moves = {(move.collection, move.column): move.count for move in plan.moves}
    assert plan.merge_id is None
    assert moves["contacts", "account_id"] == 1
    assert moves["cases", "account_id"] == 1
    assert moves["locations", "account_id"] == 1
    assert moves["attachments", "record_id"] == 1
    assert moves["profiles", "account_id"] == 1
    assert await bytes_of(world, tenant) == before


async def test_what_named_the_other_company_names_the_one_that_stays(world: World) -> None:
    tenant = await world.tenant()
    one, _, _ = await a_company(tenant, "One")
    other, boss, case = await a_company(tenant, "Other")
    await tenant.account("Below", code="BELOW", parent_id=str(other["id"]))
    plan = await tenant.admin.do(
        "accounts.merge", one["id"], **{"from": [str(other["id"])]},
        fields={"phone": str(other["id"])},
    )  # fmt: skip
    kept = await tenant.admin.read("accounts", one["id"])
    gone = await tenant.admin.read("accounts", other["id"])
    assert kept["phone"] == other["phone"]
    assert (gone["state"], gone["merged_into_id"]) == ("inactive", one["id"])
    assert (await tenant.admin.read("cases", case["id"]))["account_id"] == one["id"]
    below = (await tenant.admin.list("accounts", code="BELOW"))[0]
    assert below["path"] == f"{one['code']}/BELOW/"
    sites = await tenant.admin.list("locations", account_id=str(one["id"]))
    assert sorted(site["is_primary"] for site in sites) == [False, True]
    boss = await world.actor(tenant, boss.profile_id)
    assert [row["id"] for row in await boss.list("accounts")] == [one["id"]]
    assert await tenant.admin.list("accounts", q="Other") == []
    audit = await tenant.admin.list(
        "audit_entries", kind="cases", record_id=str(case["id"]), action="accounts.merge"
    )
    assert audit[0]["changes"] == {"account_id": [str(other["id"]), str(one["id"])]}
    with pytest.raises(MergedAlready):
        await tenant.admin.do("accounts.update", other["id"], phone="1")
    assert plan.conflicts == []


@pytest.mark.parametrize("seed", range(6))
async def test_a_merge_undone_leaves_every_byte_as_it_was(world: World, seed: int) -> None:
    """Any few companies, contacts and consumers, merged one after another in any order, undone in
    the reverse one."""
    dice = random.Random(seed)
    tenant = await world.tenant()
    companies = [await a_company(tenant, f"Company {n}") for n in range(dice.randint(2, 4))]
    for account, _, _ in companies:
        if dice.random() < 0.6:
            below = await tenant.account(f"Below {account['name']}", parent_id=str(account["id"]))
            await tenant.account("Deep", parent_id=str(below["id"]))
    people = [
        await tenant.admin.do(
            "contacts.create", account_id=str(dice.choice(companies)[0]["id"]), name=f"P {n}",
            email=f"p{n}@example.com" if dice.random() < 0.5 else None, phone=str(n),
        )
        for n in range(4)
    ]  # fmt: skip
    private = [
        await tenant.admin.do(
            "consumers.create", name=f"C {n}",
            email=f"c{n}@example.com" if dice.random() < 0.5 else None,
        )
        for n in range(3)
    ]  # fmt: skip
    await world.work(tenant)
    pictures, plans = [], []
    for kind, rows in (
        ("contacts", people), ("consumers", private), ("accounts", [c[0] for c in companies]),
    ):  # fmt: skip
        ids = [str(row["id"]) for row in rows]
        dice.shuffle(ids)
        winner, *losers = ids
        pictures.append(await bytes_of(world, tenant))
        taken = {"phone": dice.choice(ids)} if dice.random() < 0.7 else {}
        plans.append(
            await tenant.admin.do(f"{kind}.merge", winner, **{"from": losers}, fields=taken)
        )
        assert await bytes_of(world, tenant) != pictures[-1]
    while plans:
        await undo(world, tenant, plans.pop())
        assert await bytes_of(world, tenant) == pictures.pop()


async def test_a_contact_keeps_their_person_and_signs_in_for_the_new_company(
    world: World,
) -> None:
    tenant = await world.tenant()
    home, work = await tenant.account("Home"), await tenant.account("Work")
    maya = await tenant.contact(home)
    plain = await tenant.admin.do("contacts.create", account_id=str(work["id"]), name="Maya L")
    (mine,) = await maya.list("contacts")
    plan = await tenant.admin.do("contacts.merge", plain["id"], **{"from": [str(mine["id"])]})
    maya = await world.actor(tenant, maya.profile_id)
    assert [row["id"] for row in await maya.list("contacts")] == [plain["id"]]
    assert [row["id"] for row in await maya.list("accounts")] == [work["id"]]
    await undo(world, tenant, plan)
    maya = await world.actor(tenant, maya.profile_id)
    assert [row["id"] for row in await maya.list("accounts")] == [home["id"]]


async def test_a_merge_of_records_that_changed_is_refused_naming_each(world: World) -> None:
    tenant = await world.tenant()
    rows = [await tenant.account(f"N{n}") for n in range(3)]
    versions = {str(row["id"]): row["version"] for row in rows}
    for row in rows[:2]:
        await tenant.admin.do("accounts.update", row["id"], phone="1")
    before = await bytes_of(world, tenant)
    sources = [str(row["id"]) for row in rows[1:]]
    with pytest.raises(Stale) as refused:
        await tenant.admin.do(
            "accounts.merge", rows[0]["id"], **{"from": sources}, versions=versions
        )
    assert {fault.pointer for fault in refused.value.faults} == {
        f"/versions/{row['id']}" for row in rows[:2]
    }
    assert await bytes_of(world, tenant) == before


async def test_every_fault_of_a_merge_is_named_at_once(world: World) -> None:
    tenant = await world.tenant()
    one, other = await tenant.account("One"), await tenant.account("Other")
    ghost = str(UUID(int=7))
    with pytest.raises(Invalid) as refused:
        await tenant.admin.do(
            "accounts.merge", one["id"], **{"from": [str(other["id"]), ghost, str(one["id"])]}
        )
    assert [(f.pointer, f.code) for f in refused.value.faults] == [
        ("/from/1", "not_found"), ("/from/2", "repeated"),
    ]  # fmt: skip
    with pytest.raises(Invalid) as refused:
        await tenant.admin.do(
            "accounts.merge", one["id"], **{"from": [str(other["id"])]},
            fields={"code": str(other["id"]), "path": str(other["id"]), "phone": ghost},
        )  # fmt: skip
    assert [f.pointer for f in refused.value.faults] == [
        "/fields/code", "/fields/path", "/fields/phone",
    ]  # fmt: skip


async def test_a_merge_is_not_undone_over_what_changed_since(world: World) -> None:
    tenant = await world.tenant()
    one, _, _ = await a_company(tenant, "One")
    other, _, case = await a_company(tenant, "Other")
    plan = await tenant.admin.do("accounts.merge", one["id"], **{"from": [str(other["id"])]})
    await tenant.admin.do("cases.update", case["id"], subject="It is dark")
    before = await bytes_of(world, tenant)
    with pytest.raises(ChangedSinceMerge) as refused:
        await undo(world, tenant, plan)
    assert {"collection": "cases", "id": str(case["id"])} in refused.value.extra["changed"]
    assert await bytes_of(world, tenant) == before


async def test_a_merge_is_undone_once(world: World) -> None:
    tenant = await world.tenant()
    one, other = await tenant.account("One"), await tenant.account("Other")
    plan = await tenant.admin.do("accounts.merge", one["id"], **{"from": [str(other["id"])]})
    with pytest.raises(MergedAlready):
        await tenant.admin.do("accounts.merge", one["id"], **{"from": [str(other["id"])]})
    await undo(world, tenant, plan)
    with pytest.raises(MergeNotUndoable):
        await undo(world, tenant, plan)


async def test_companies_with_the_same_person_wait_for_the_contacts(world: World) -> None:
    tenant = await world.tenant()
    one, other = await tenant.account("One"), await tenant.account("Other")
    first, second = [
        await tenant.admin.do(
            "contacts.create", account_id=str(row["id"]), name="Maya", email="maya@example.com"
        )
        for row in (one, other)
    ]
    await tenant.admin.do("cases.create", contact_id=str(second["id"]), subject="x y z")
    with pytest.raises(MergeBlocked) as refused:
        await tenant.admin.do("accounts.merge", one["id"], **{"from": [str(other["id"])]})
    assert refused.value.extra["conflicts"] == [
        {"collection": "contacts", "ids": [str(second["id"])], "rule": "contacts_once"}
    ]
    await tenant.admin.do("contacts.merge", first["id"], **{"from": [str(second["id"])]})
    await tenant.admin.do("accounts.merge", one["id"], **{"from": [str(other["id"])]})
    kept = await tenant.admin.list("contacts", account_id=str(one["id"]), state="active")
    assert [row["id"] for row in kept] == [first["id"]]


async def test_a_company_is_not_merged_into_one_below_it(world: World) -> None:
    tenant = await world.tenant()
    top = await tenant.account("Top")
    below = await tenant.account("Below", parent_id=str(top["id"]))
    with pytest.raises(HierarchyCycle):
        await tenant.admin.do("accounts.merge", below["id"], **{"from": [str(top["id"])]})


async def test_agents_do_not_merge_and_data_stewards_do(world: World) -> None:
    tenant = await world.tenant()
    one, other = await tenant.account("One"), await tenant.account("Other")
    agent, steward = await tenant.member("agent_b2b"), await tenant.member("data_steward")
    with pytest.raises(Forbidden):
        await agent.do("accounts.merge", one["id"], **{"from": [str(other["id"])]})
    plan = await steward.do("accounts.merge", one["id"], **{"from": [str(other["id"])]})
    await steward.do("merges.undo", plan.merge_id)
    assert (await tenant.admin.read("accounts", other["id"]))["state"] == "active"


async def test_what_a_contact_is_responsible_for_follows_them(world: World) -> None:
    tenant = await world.tenant()
    home, other = await tenant.account("Home"), await tenant.account("Other")
    maya, plain = await tenant.contact(home), await tenant.contact(home, name="Maya L")
    held = [row for row in await tenant.admin.list("responsibilities") if row["kind"] == "contact"]
    mine, theirs = (actor.caller.attributes["contact_id"] for actor in (plain, maya))
    async with world.services.system(tenant.id, reason="test") as ctx:
        source = await ctx.find(contacts, theirs)
        await hold(
            ctx, source=source, responsibility_id=UUID(str(held[0]["id"])), holder_id=theirs,
            anchor_kind="accounts", anchor_id=UUID(str(other["id"])),
        )  # fmt: skip
    plan = await tenant.admin.do("contacts.merge", mine, **{"from": [str(theirs)]})
    (now,) = await tenant.admin.list("held_responsibilities", anchor_id=str(other["id"]))
    assert now["holder_id"] == mine
    await undo(world, tenant, plan)
    (now,) = await tenant.admin.list("held_responsibilities", anchor_id=str(other["id"]))
    assert now["holder_id"] == theirs
