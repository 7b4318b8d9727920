"""Whoever gains a responsibility or loses the last hold of one is looked at anew, however many
holds come and go in one statement."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.world import Actor, Tenant, World

INSERT = """INSERT INTO held_responsibilities (tenant_id, id, responsibility_id, holder_id,
              anchor_kind, anchor_id, source_kind, source_id, created_at, updated_at)
            SELECT $1, gen_random_uuid(), $2, h, 'accounts', gen_random_uuid(), 'accounts',
                   gen_random_uuid(), now(), now()
              FROM unnest($3::uuid[]) h"""


async def stamp(world: World, tenant: Tenant, actor: Actor) -> int:
    async with world.services.database.transaction(tenant.id) as connection:
        found: int = await connection.fetchval(
            """SELECT sum(stamp) FROM credentials WHERE tenant_id = $1 AND user_id = (
                 SELECT user_id FROM profiles WHERE tenant_id = $1 AND id = $2)""",
            tenant.id, actor.profile_id,
        )  # fmt: skip
        return found


async def sql(world: World, tenant: Tenant, statement: str, *values: Any) -> None:
    async with world.services.database.transaction(tenant.id) as connection:
        await connection.execute(statement, tenant.id, *values)


@pytest.fixture
async def desk(world: World) -> tuple[Tenant, Actor, Actor, UUID]:
    """Two agents who are signed in, and a responsibility."""
    tenant = await world.tenant()
    one, other = await tenant.member("agent_b2b"), await tenant.member("agent_b2b", name="Otto")
    for actor in (one, other):
        await world.session(tenant, actor)
    (held,) = await tenant.admin.list("responsibilities", key="account_manager")
    return tenant, one, other, UUID(str(held["id"]))


async def test_two_holds_that_come_together_count(world: World, desk: Any) -> None:
    tenant, one, other, held = desk
    before = [await stamp(world, tenant, actor) for actor in (one, other)]
    await sql(world, tenant, INSERT, held, [one.profile_id, one.profile_id])
    after = [await stamp(world, tenant, actor) for actor in (one, other)]
    assert after == [before[0] + 1, before[1]]


async def test_a_further_hold_changes_nobody_and_the_last_that_goes_does(
    world: World, desk: Any
) -> None:
    tenant, one, other, held = desk
    await sql(world, tenant, INSERT, held, [one.profile_id, one.profile_id, other.profile_id])
    before = [await stamp(world, tenant, actor) for actor in (one, other)]
    await sql(world, tenant, INSERT, held, [one.profile_id])
    assert [await stamp(world, tenant, actor) for actor in (one, other)] == before
    await sql(
        world, tenant,
        """DELETE FROM held_responsibilities WHERE tenant_id = $1 AND id IN (
             SELECT id FROM held_responsibilities
              WHERE tenant_id = $1 AND holder_id = $2 LIMIT 2)""",
        one.profile_id,
    )  # fmt: skip
    assert [await stamp(world, tenant, actor) for actor in (one, other)] == before
    await sql(world, tenant, "DELETE FROM held_responsibilities WHERE tenant_id = $1")
    after = [await stamp(world, tenant, actor) for actor in (one, other)]
    assert after == [each + 1 for each in before]


async def test_holds_of_a_group_count_for_its_members(world: World, desk: Any) -> None:
    tenant, one, other, held = desk
    group = await tenant.admin.do("groups.create", name="Key accounts")
    profile = await tenant.admin.read("profiles", one.profile_id)
    await tenant.admin.do(
        "group_members.create", group_id=str(group["id"]), user_id=str(profile["user_id"])
    )
    before = [await stamp(world, tenant, actor) for actor in (one, other)]
    await sql(world, tenant, INSERT, held, [UUID(str(group["id"])), uuid4()])
    after = [await stamp(world, tenant, actor) for actor in (one, other)]
    assert after == [before[0] + 1, before[1]]
