"""Twins are found before they are entered, among those there, and not told to strangers."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.platform.duplicates.errors import DuplicateSuspected, PairSettled
from backend.platform.duplicates.rules import (
    Address,
    Traits,
    address_likeness,
    e164,
    keys_of,
    likeness,
    name_likeness,
    plain_email,
)
from infra.kernel.errors import Forbidden, Invalid
from tests.world import Actor, Tenant, World

EMAIL = {"match": "email", "weight": 100, "ignore_tags": True}
PHONE = {"match": "phone", "weight": 60}
NAME = {"match": "name", "weight": 60, "at_least": 0.85}
ADDRESS = {"match": "address", "weight": 60, "at_least": 0.8}


async def a_rule(tenant: Tenant, resource: str, action: str, *conditions: Any) -> dict[str, Any]:
    made: dict[str, Any] = await tenant.admin.do(
        "duplicate_rules.create", name=f"{resource} {action} {len(conditions)}", resource=resource,
        action=action, country="DE", conditions=list(conditions),
    )  # fmt: skip
    await tenant.world.work(tenant)
    return made


async def consumers_of(tenant: Tenant) -> list[str]:
    return sorted(row["name"] for row in await tenant.admin.list("consumers"))


async def pairs_of(tenant: Tenant) -> list[tuple[int, list[str], str]]:
    rows = await tenant.admin.list("duplicate_candidates")
    return [(row["score"], row["reasons"], row["state"]) for row in rows]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("maya.lindqvist+shop@gmail.com", "MayaLindqvist@googlemail.com", True),
        ("maya+a@example.com", "maya@example.com", True),
        ("m.aya@example.com", "maya@example.com", False),
    ],
)
def test_a_tag_and_googles_dots_make_no_other_mailbox(one: str, other: str, same: bool) -> None:
    assert (plain_email(one) == plain_email(other)) is same


def test_a_number_is_the_same_however_it_is_written() -> None:
    forms = ("030 1234 5678", "+49 (30) 12345678", "0049-30-12345678")
    assert {e164(form, "DE") for form in forms} == {"+493012345678"}
    assert e164("call me", "DE") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller & Söhne GmbH", "Muller und Sohne"),
        ("Harbour Dental Ltd.", "HARBOUR DENTAL LIMITED"),
        ("Noor Haddad", "Haddad, Noor"),
        ("Ольга Петрова", "Olga Petrova"),
        ("Smith, Jon", "John Smith"),
    ],
)
def test_names_written_apart_are_alike_and_share_a_key(one: str, other: str) -> None:
    assert name_likeness(one, other) >= 0.85
    assert set(keys_of(Traits(None, one))) & set(keys_of(Traits(None, other)))


def test_another_house_number_is_another_address() -> None:
    home = Address("Hauptstr. 12", "10115", "Berlin", "DE")
    assert address_likeness(home, Address("Hauptstraße 12", "10115", "Berlin", "DE")) > 0.9
    assert address_likeness(home, Address("Hauptstraße 14", "10115", "Berlin", "DE")) == 0
    assert address_likeness(home, Address("Hauptstraße 12", "10115", "Berlin", "AT")) == 0


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=30))
def test_likeness_knows_no_order_and_everybody_is_like_themselves(
    one: str, other: str, phone: str
) -> None:
    a, b = Traits(None, one, (), (phone,)), Traits(None, other, (), (phone,))
    rules = [PHONE, NAME]
    assert abs(likeness(a, b, rules, "DE").score - likeness(b, a, rules, "DE").score) <= 1
    assert name_likeness(one, one) in (0.0, 1.0)
    assert len(keys_of(a)) < 30


async def test_an_entry_that_a_rule_blocks_is_refused_with_the_twin_named(world: World) -> None:
    tenant = await world.tenant()
    await a_rule(tenant, "consumers", "block", EMAIL)
    first = await tenant.admin.do("consumers.create", name="Maya", email="maya+shop@gmail.com")
    with pytest.raises(DuplicateSuspected) as refused:
        await tenant.admin.do("consumers.create", name="M. Lindqvist", email="m.aya@gmail.com")
    (candidate,) = refused.value.extra["candidates"]
    assert (candidate["id"], candidate["reasons"], candidate["score"]) == (
        str(first["id"]), ["email"], 100,
    )  # fmt: skip
    assert await consumers_of(tenant) == ["Maya"]
    forced = await tenant.admin.do(
        "consumers.create", name="M. Lindqvist", email="m.aya@gmail.com", force=True
    )
    assert await consumers_of(tenant) == ["M. Lindqvist", "Maya"]
    assert await pairs_of(tenant) == [(100, ["email"], "open")]
    agent = await tenant.member("agent_b2c")
    with pytest.raises(Forbidden):
        await agent.do("consumers.create", name="M", email="m.a.y.a@gmail.com", force=True)
    assert forced["id"] != first["id"]


async def test_an_entry_that_a_rule_warns_of_is_made_and_the_pair_kept(world: World) -> None:
    tenant = await world.tenant()
    await a_rule(tenant, "accounts", "warn", NAME, PHONE)
    await tenant.account("Harbour Dental Ltd.", phone="030 1234 5678")
    looked = await tenant.admin.do(
        "accounts.duplicates", name="Harbor Dental", phone="+49 30 12345678"
    )
    assert [(s.name, s.reasons, s.blocks) for s in looked.data] == [
        ("Harbour Dental Ltd.", ["name", "phone"], False)
    ]
    assert await pairs_of(tenant) == []
    await tenant.account("Harbor Dental", phone="+49 30 12345678")
    ((score, reasons, state),) = await pairs_of(tenant)
    assert (reasons, state) == (["name", "phone"], "open")
    assert 110 <= score <= 120
    (pair,) = await tenant.admin.list("duplicate_candidates")
    await tenant.admin.do("duplicate_candidates.dismiss", pair["id"])
    with pytest.raises(PairSettled):
        await tenant.admin.do("duplicate_candidates.dismiss", pair["id"])


async def test_what_was_there_before_the_rule_is_looked_through(world: World) -> None:
    tenant = await world.tenant()
    for name in ("Harbour Dental", "Harbor Dental Inc", "Northlight"):
        account = await tenant.account(name)
        await tenant.admin.do(
            "locations.create", account_id=str(account["id"]), name="Site", line1="Quay St 4",
            postal_code="D02", city="Dublin", country="IE",
        )  # fmt: skip
    assert await pairs_of(tenant) == []
    rule = await a_rule(tenant, "accounts", "warn", NAME, ADDRESS)
    ((_, reasons, _),) = await pairs_of(tenant)
    assert reasons == ["name", "address"]
    assert (await tenant.admin.read("duplicate_rules", rule["id"]))["scanned_at"] is not None
    await tenant.admin.do("duplicate_rules.update", rule["id"], threshold=110)
    await world.work(tenant)
    assert len(await pairs_of(tenant)) == 1


async def test_a_customer_learns_nothing_of_people_they_may_not_see(world: World) -> None:
    tenant = await world.tenant()
    await a_rule(tenant, "contacts", "block", EMAIL)
    home, other = await tenant.account("Home"), await tenant.account("Other")
    boss: Actor = await tenant.contact(home, "customer_admin")
    await tenant.admin.do(
        "contacts.create", account_id=str(other["id"]), name="Hidden", email="hidden@example.com"
    )
    await boss.do(
        "contacts.create", account_id=str(home["id"]), name="New", email="hidden+x@example.com"
    )
    assert [reasons for _, reasons, _ in await pairs_of(tenant)] == [["email"]]
    with pytest.raises(DuplicateSuspected):
        await boss.do(
            "contacts.create", account_id=str(home["id"]), name="N", email="hidden+y@example.com"
        )


async def test_of_two_entries_at_one_moment_one_is_refused(world: World) -> None:
    tenant = await world.tenant()
    await a_rule(tenant, "consumers", "block", PHONE | {"weight": 100})
    tried = await asyncio.gather(
        *(
            tenant.admin.do("consumers.create", name=f"Twin {n}", phone="+49 30 7654321")
            for n in range(4)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(one, DuplicateSuspected) for one in tried) == 3, tried
    assert len(await consumers_of(tenant)) == 1


async def test_a_changed_number_is_found_by_what_it_is_now(world: World) -> None:
    tenant = await world.tenant()
    await a_rule(tenant, "consumers", "block", PHONE | {"weight": 100})
    made = await tenant.admin.do("consumers.create", name="Maya", phone="+49 30 1111111")
    await tenant.admin.do("consumers.update", made["id"], phone="+49 30 2222222")
    await tenant.admin.do("consumers.create", name="Other", phone="+49 30 1111111")
    with pytest.raises(DuplicateSuspected):
        await tenant.admin.do("consumers.create", name="Third", phone="030/2222222")


async def test_every_fault_of_a_rule_is_named_at_once(world: World) -> None:
    tenant = await world.tenant()
    with pytest.raises(Invalid) as refused:
        await a_rule(tenant, "contacts", "warn", NAME | {"weight": 1}, NAME | {"weight": 1},
                     ADDRESS | {"weight": 1})  # fmt: skip
    assert [fault.pointer for fault in refused.value.faults] == [
        "/threshold", "/conditions/1/match", "/conditions/2/match",
    ]  # fmt: skip


async def test_a_look_up_reads_its_index_however_many_there_are(world: World) -> None:
    tenant = await world.tenant()
    await a_rule(tenant, "consumers", "warn", EMAIL)
    async with world.services.database.transaction(tenant.id) as connection:
        told = await connection.fetch(
            """EXPLAIN SELECT record_id FROM match_keys WHERE tenant_id = $1 AND resource = $2
                 AND key = $3 ORDER BY record_id DESC LIMIT 60""",
            tenant.id, "consumers", "e0",
        )  # fmt: skip
    assert any("match_keys_key" in row[0] for row in told), told
