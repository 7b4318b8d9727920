"""Households: who belongs to them, who sees whom, and what is left when one is removed."""

from typing import Any

import pytest

from backend.foundation.households.errors import AlreadyAMember, NotAMember
from infra.kernel.errors import Forbidden, Invalid, NotFound
from tests.service.desk import same
from tests.world import Actor, Tenant, World


def consumer_id(actor: Actor) -> str:
    return str(actor.caller.attributes["consumer_id"])


async def household(tenant: Tenant, *members: Actor, name: str = "Haddad") -> dict[str, Any]:
    made: dict[str, Any] = await tenant.admin.do("households.create", name=name)
    for member in members:
        await tenant.admin.do("households.join", made["id"], consumer_id=consumer_id(member))
    return made


async def primaries(tenant: Tenant, person: Actor) -> list[tuple[str, bool]]:
    """(household, whether it is the primary one) of each membership."""
    rows = await tenant.admin.list("household_members", consumer_id=consumer_id(person))
    return [(str(row["household_id"]), row["is_primary"]) for row in rows]


async def again(world: World, tenant: Tenant, actor: Actor) -> Actor:
    return await world.actor(tenant, actor.profile_id)


async def test_the_first_household_is_primary_and_another_may_become_it(world: World) -> None:
    tenant = await world.tenant()
    noor = await tenant.consumer()
    town, lake = await household(tenant, noor), await household(tenant, noor, name="Lake")
    assert await primaries(tenant, noor) == [(str(town["id"]), True), (str(lake["id"]), False)]
    told = await tenant.admin.do(
        "households.make_primary", lake["id"], consumer_id=consumer_id(noor)
    )
    assert told["is_primary"] is True
    assert await primaries(tenant, noor) == [(str(town["id"]), False), (str(lake["id"]), True)]


async def test_whoever_leaves_the_primary_household_has_the_eldest_other(world: World) -> None:
    tenant = await world.tenant()
    noor = await tenant.consumer()
    town = await household(tenant, noor)
    lake, hut = (
        await household(tenant, noor, name="Lake"),
        await household(tenant, noor, name="Hut"),
    )
    await tenant.admin.do("households.leave", town["id"], consumer_id=consumer_id(noor))
    assert await primaries(tenant, noor) == [(str(lake["id"]), True), (str(hut["id"]), False)]
    await tenant.admin.do("households.leave", hut["id"], consumer_id=consumer_id(noor))
    await tenant.admin.do("households.leave", lake["id"], consumer_id=consumer_id(noor))
    assert await primaries(tenant, noor) == []


async def test_joining_twice_and_leaving_what_one_is_not_in_are_refused(world: World) -> None:
    tenant = await world.tenant()
    noor, omar = await tenant.consumer(), await tenant.consumer(name="Omar")
    home = await household(tenant, noor)
    with pytest.raises(AlreadyAMember):
        await tenant.admin.do("households.join", home["id"], consumer_id=consumer_id(noor))
    for verb in ("leave", "make_primary", "appoint_head"):
        with pytest.raises(NotAMember):
            await tenant.admin.do(f"households.{verb}", home["id"], consumer_id=consumer_id(omar))
    assert len(await tenant.admin.list("household_members")) == 1


async def test_the_database_keeps_exactly_one_primary(world: World) -> None:
    tenant = await world.tenant()
    noor = await tenant.consumer()
    home = await household(tenant, noor)
    await household(tenant, noor, name="Lake")
    alone = await tenant.admin.do("consumers.create", name="Alone")
    for broken in (
        "UPDATE household_members SET is_primary = false WHERE is_primary",
        "UPDATE household_members SET is_primary = true",
        "DELETE FROM household_members WHERE is_primary",
        f"""INSERT INTO household_members (id, household_id, consumer_id, created_at, updated_at)
            VALUES (gen_random_uuid(), '{home["id"]}', '{alone["id"]}', now(), now())""",
    ):
        with pytest.raises(Exception, match="violates"):
            async with world.services.database.transaction(tenant.id) as connection:
                await connection.execute(broken)
    assert [first for _, first in await primaries(tenant, noor)] == [True, False]


async def test_head_of_household_sees_members_cases_and_things(world: World) -> None:
    tenant = await world.tenant()
    head, child, stranger = (
        await tenant.consumer(name="Head"),
        await tenant.consumer(name="Child"),
        await tenant.consumer(name="Stranger"),
    )
    home = await household(tenant, head, child)
    case = await child.do("cases.create", subject="No picture")
    await stranger.do("cases.create", subject="Elsewhere")
    own = await head.do("cases.create", subject="Mine")
    model = await tenant.admin.do("product_models.create", name="TV", code="TV", kind="hardware")
    sold = await tenant.admin.do(
        "sold_products.create",
        name="Television",
        consumer_id=consumer_id(child),
        product_model_id=str(model["id"]),
    )
    assert [row["id"] for row in await head.list("cases")] == [own["id"]]
    await tenant.admin.do("households.appoint_head", home["id"], consumer_id=consumer_id(head))
    head = await again(world, tenant, head)
    assert {str(row["id"]) for row in await head.list("cases")} == {str(own["id"]), str(case["id"])}
    assert (await head.read("cases", case["id"]))["subject"] == "No picture"
    assert [row["id"] for row in await head.list("sold_products")] == [sold["id"]]
    await tenant.admin.do("cases.comment", case["id"], body="A new cable is on its way")
    await tenant.admin.do("cases.note", case["id"], body="For us alone")
    said = [row["body"] for row in await head.list("activity_entries", record_id=str(case["id"]))]
    assert "A new cable is on its way" in said
    assert "For us alone" not in said
    assert {row["name"] for row in await head.list("consumers")} == {"Head", "Child"}
    assert {row["is_head"] for row in await head.list("household_members")} == {True, False}
    with pytest.raises((Forbidden, NotFound)):
        await head.do("cases.comment", case["id"], body="Not mine to write on")


async def test_members_do_not_see_the_heads_cases_by_that_alone(world: World) -> None:
    tenant = await world.tenant()
    head, child = await tenant.consumer(name="Head"), await tenant.consumer(name="Child")
    home = await household(tenant, head, child)
    await tenant.admin.do("households.appoint_head", home["id"], consumer_id=consumer_id(head))
    private = await head.do("cases.create", subject="Private")
    child = await again(world, tenant, child)
    assert await child.list("cases") == []
    with pytest.raises(NotFound):
        await child.read("cases", private["id"])
    assert [row["name"] for row in await child.list("consumers")] == ["Child"]
    assert [row["id"] for row in await child.list("households")] == [home["id"]]


async def test_what_a_head_sees_ends_with_the_headship_and_with_the_membership(
    world: World,
) -> None:
    tenant = await world.tenant()
    head, child = await tenant.consumer(name="Head"), await tenant.consumer(name="Child")
    home = await household(tenant, head, child)
    case = await child.do("cases.create", subject="No picture")
    await tenant.admin.do("households.appoint_head", home["id"], consumer_id=consumer_id(head))
    head = await again(world, tenant, head)
    assert [row["id"] for row in await head.list("cases")] == [case["id"]]
    await tenant.admin.do("households.leave", home["id"], consumer_id=consumer_id(child))
    assert await head.list("cases") == []
    await tenant.admin.do("households.join", home["id"], consumer_id=consumer_id(child))
    assert [row["id"] for row in await head.list("cases")] == [case["id"]]
    await tenant.admin.do("households.appoint_head", home["id"], consumer_id=consumer_id(child))
    head = await again(world, tenant, head)
    assert await head.list("cases") == []
    rows = await tenant.admin.list("household_members", is_head="true")
    assert [str(row["consumer_id"]) for row in rows] == [consumer_id(child)]
    await tenant.admin.do("households.appoint_head", home["id"], consumer_id=None)
    assert await tenant.admin.list("household_members", is_head="true") == []
    assert await tenant.admin.list("held_responsibilities") == []


async def test_a_households_relationship_manager_manages_all_its_cases(world: World) -> None:
    tenant = await world.tenant()
    noor, stranger = await tenant.consumer(), await tenant.consumer(name="Stranger")
    home = await household(tenant, noor)
    case = await noor.do("cases.create", subject="No picture")
    other = await stranger.do("cases.create", subject="Elsewhere")
    manager = await tenant.member("knowledge_manager")
    with pytest.raises(Forbidden):
        await manager.list("cases")
    (given,) = await tenant.admin.list("responsibilities", key="relationship_manager")
    placed = await tenant.admin.do(
        "household_team_members.create",
        household_id=str(home["id"]),
        profile_id=str(manager.profile_id),
        responsibility_id=str(given["id"]),
    )
    manager = await again(world, tenant, manager)
    assert [row["id"] for row in await manager.list("cases")] == [case["id"]]
    await manager.do("cases.start", case["id"])
    await manager.do("cases.resolve", case["id"], resolution="A new cable.")
    with pytest.raises(NotFound):
        await manager.do("cases.start", other["id"])
    await tenant.admin.do("household_team_members.delete", placed["id"])
    manager = await again(world, tenant, manager)
    with pytest.raises(Forbidden):
        await manager.list("cases")


async def test_a_household_team_is_our_people_with_an_employees_responsibility(
    world: World,
) -> None:
    tenant = await world.tenant()
    noor = await tenant.consumer()
    home = await household(tenant, noor)
    agent = await tenant.member()
    roles = {row["key"]: row for row in await tenant.admin.list("responsibilities")}
    for profile, key in (
        (agent, "head_of_household"),
        (noor, "relationship_manager"),
    ):
        with pytest.raises(Invalid):
            await tenant.admin.do(
                "household_team_members.create",
                household_id=str(home["id"]),
                profile_id=str(profile.profile_id),
                responsibility_id=str(roles[key]["id"]),
            )
    assert await tenant.admin.list("household_team_members") == []


async def test_removing_a_household_clears_links_and_deletes_no_consumer_or_case(
    world: World,
) -> None:
    tenant = await world.tenant()
    head, child = await tenant.consumer(name="Head"), await tenant.consumer(name="Child")
    home = await household(tenant, head, child)
    lake = await household(tenant, child, name="Lake")
    await tenant.admin.do("households.appoint_head", home["id"], consumer_id=consumer_id(head))
    case = await child.do("cases.create", subject="No picture")
    before = await tenant.admin.read("cases", case["id"])
    assert same(before["household_id"], home["id"])
    (given,) = await tenant.admin.list("responsibilities", key="relationship_manager")
    manager = await tenant.member()
    await tenant.admin.do(
        "household_team_members.create",
        household_id=str(home["id"]),
        profile_id=str(manager.profile_id),
        responsibility_id=str(given["id"]),
    )
    await tenant.admin.do("households.delete", home["id"])
    with pytest.raises(NotFound):
        await tenant.admin.read("households", home["id"])
    assert await primaries(tenant, child) == [(str(lake["id"]), True)]
    assert await primaries(tenant, head) == []
    after = await tenant.admin.read("cases", case["id"])
    assert after == before | {"household_id": None}
    assert {row["name"] for row in await tenant.admin.list("consumers")} == {"Head", "Child"}
    assert await tenant.admin.list("household_team_members") == []
    assert await tenant.admin.list("held_responsibilities") == []
    head = await again(world, tenant, head)
    assert await head.list("cases") == []


async def test_a_companys_site_is_no_home(world: World) -> None:
    tenant = await world.tenant()
    noor, account = await tenant.consumer(), await tenant.account()
    address = {"name": "Home", "line1": "Quay 1", "city": "Malmö", "country": "SE"}
    home = await tenant.admin.do("locations.create", consumer_id=consumer_id(noor), **address)
    site = await tenant.admin.do("locations.create", account_id=str(account["id"]), **address)
    with pytest.raises(Invalid):
        await tenant.admin.do("households.create", name="At work", location_id=str(site["id"]))
    made = await tenant.admin.do("households.create", name="Haddad", location_id=str(home["id"]))
    assert made["location_id"] == home["id"]
    assert made["number"].startswith("HH")


async def test_consumers_who_turn_out_to_be_one_keep_one_primary_household(world: World) -> None:
    tenant = await world.tenant()
    noor, twin = await tenant.consumer(), await tenant.consumer(name="Noor H.")
    town, lake = await household(tenant, noor, twin), await household(tenant, noor, name="Lake")
    hut = await household(tenant, twin, name="Hut")
    await tenant.admin.do("households.make_primary", hut["id"], consumer_id=consumer_id(twin))
    before = await tenant.admin.list("household_members")
    told = await tenant.admin.do(
        "consumers.merge", consumer_id(noor), **{"from": [consumer_id(twin)]}
    )
    assert sorted(await primaries(tenant, noor)) == sorted(
        [(str(town["id"]), True), (str(lake["id"]), False), (str(hut["id"]), False)]
    )
    assert await primaries(tenant, twin) == []
    await tenant.admin.do("merges.undo", told.merge_id)
    assert await tenant.admin.list("household_members") == before
