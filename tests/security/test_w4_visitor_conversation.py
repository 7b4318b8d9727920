"""Row W4: a visitor's token opens the visitor's own conversation and nothing else."""

import pytest

from infra.kernel.access import Caller
from infra.kernel.errors import Forbidden, NotFound
from infra.kernel.ids import uuid7
from tests.world import Actor, Tenant, World


def visitor(world: World, tenant: Tenant) -> Actor:
    attributes = {"visitor_id": uuid7(), "module_id": uuid7()}
    roles = frozenset({"visitor"})
    return Actor(world, Caller(tenant.id, "public", roles=roles, attributes=attributes))


async def test_w4_another_visitor_neither_reads_nor_joins_nor_lists_it(world: World) -> None:
    tenant = await world.tenant()
    mine, other = visitor(world, tenant), visitor(world, tenant)
    foreign = visitor(world, await world.tenant("Other"))
    talk = await mine.do("interactions.start_chat", body="My canary words")
    await mine.do("interactions.say", talk["id"], body="And more")

    assert [m["body"] for m in await mine.list("messages")] == ["My canary words", "And more"]
    for stranger in (other, foreign):
        for key in (talk["id"], talk["number"]):
            with pytest.raises(NotFound):
                await stranger.read("interactions", key)
            with pytest.raises((NotFound, Forbidden)):
                await stranger.do("interactions.say", key, body="Hi")
        assert await stranger.list("messages") == []
        assert await stranger.list("interactions") == []


async def test_w4_a_token_without_a_visitor_begins_nothing(world: World) -> None:
    tenant = await world.tenant()
    nobody = Actor(world, Caller(tenant.id, "public", roles=frozenset({"visitor"})))
    with pytest.raises(Forbidden):
        await nobody.do("interactions.start_chat", body="Hello")
