"""Contacts and consumers: parts that one person plays, who is stored once."""

import pytest

from infra.kernel.errors import Duplicate, Forbidden, Invalid, Unauthorized
from tests.world import World


async def test_one_person_is_a_contact_and_a_consumer_and_is_stored_once(world: World) -> None:
    tenant = await world.tenant()
    account = await tenant.account()
    contact = await tenant.admin.do(
        "contacts.create", account_id=str(account["id"]), name="Mia", email="Mia@Example.com"
    )
    consumer = await tenant.admin.do("consumers.create", name="Mia", email="mia@example.com")
    assert contact["email"] == "mia@example.com"
    assert contact["user_id"] == consumer["user_id"]
    profiles = await tenant.admin.list("profiles", user_id=str(contact["user_id"]))
    assert sorted(profile["kind"] for profile in profiles) == ["consumer", "contact"]


async def test_nobody_signs_in_before_being_invited(world: World) -> None:
    tenant = await world.tenant()
    consumer = await tenant.admin.do("consumers.create", name="Mia", email="mia@example.com")
    (profile,) = await tenant.admin.list("profiles", consumer_id=str(consumer["id"]))
    with pytest.raises(Unauthorized):
        await world.actor(tenant, profile["id"])


async def test_a_contact_without_an_address_gets_a_person_with_the_address(world: World) -> None:
    tenant = await world.tenant()
    account = await tenant.account()
    contact = await tenant.admin.do("contacts.create", account_id=str(account["id"]), name="Al")
    assert contact["user_id"] is None
    told = await tenant.admin.do("contacts.update", contact["id"], email="al@example.com")
    assert told["user_id"] is not None


async def test_the_same_person_is_a_contact_of_a_company_once(world: World) -> None:
    tenant = await world.tenant()
    account = await tenant.account()
    values = {"account_id": str(account["id"]), "name": "Mia", "email": "mia@example.com"}
    await tenant.admin.do("contacts.create", **values)
    with pytest.raises(Duplicate):
        await tenant.admin.do("contacts.create", **values)


async def test_every_fault_of_a_contact_is_named_at_once(world: World) -> None:
    tenant = await world.tenant()
    account = await tenant.account()
    with pytest.raises(Invalid) as refused:
        await tenant.admin.do(
            "contacts.create", account_id=str(account["id"]), name=" ", email="a@b, c@d", zone="X"
        )
    pointers = {fault.pointer for fault in refused.value.faults}
    assert pointers == {"/name", "/email", "/zone"}


async def test_an_administrator_of_a_customer_keeps_contacts_of_the_own_hierarchy_only(
    world: World,
) -> None:
    tenant = await world.tenant()
    own, foreign = await tenant.account("Own"), await tenant.account("Foreign")
    below = await tenant.account("Below", parent_id=str(own["id"]))
    boss = await tenant.contact(own, "customer_admin")
    made = await boss.do("contacts.create", account_id=str(below["id"]), name="New")
    assert made["name"] == "New"
    with pytest.raises((Invalid, Forbidden)):
        await boss.do("contacts.create", account_id=str(foreign["id"]), name="No")
    with pytest.raises(Forbidden):
        await (await tenant.contact(own)).do(
            "contacts.create", account_id=str(own["id"]), name="No"
        )


async def test_who_has_left_acts_no_more(world: World) -> None:
    tenant = await world.tenant()
    contact = await tenant.contact()
    contact_id = contact.caller.attributes["contact_id"]
    await tenant.admin.do("contacts.update", contact_id, state="inactive")
    with pytest.raises(Unauthorized):
        await world.actor(tenant, contact.profile_id)
    await tenant.admin.do("contacts.update", contact_id, state="active")
    assert (await world.actor(tenant, contact.profile_id)).caller.roles == {"customer"}


async def test_a_consumer_keeps_their_own_data_and_addresses(world: World) -> None:
    tenant = await world.tenant()
    noor, other = await tenant.consumer(), await tenant.consumer()
    own = noor.caller.attributes["consumer_id"]
    told = await noor.do("consumers.update", own, phone="+49 30 1")
    assert told["phone"] == "+49 30 1"
    home = await noor.do(
        "locations.create", name="Home", line1="Main St 1", city="Berlin", country="DE"
    )
    assert home["consumer_id"] == own
    assert await other.list("locations") == []
    with pytest.raises((Forbidden, Invalid)):
        await other.do(
            "locations.create", name="Mine", line1="x", city="y", country="DE",
            consumer_id=str(own),
        )  # fmt: skip
