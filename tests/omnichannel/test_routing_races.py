"""Many at once: offers and answers under parallel clients, and the ledger of places afterwards."""

import asyncio

from backend.omnichannel.routing.engine import Walk, route_batch
from backend.omnichannel.routing.passes import unpack
from infra.kernel.ids import uuid7
from infra.kernel.worker_loop import Worker
from tests.omnichannel.desk import Desk, outcome_of
from tests.world import Actor


async def test_an_offer_that_is_accepted_declined_and_left_at_once_ends_one_way(desk: Desk) -> None:
    agents = [await desk.agent(f"Agent {n}", capacity=3) for n in range(3)]
    for n in range(9):
        await desk.case(f"Case {n}")
    await desk.work()
    worker = Worker(desk.world.services)

    async def answer(agent: Actor) -> None:
        for item in await agent.list("work_items"):
            await asyncio.gather(
                outcome_of(agent, "work_items.accept", item["id"]),
                outcome_of(agent, "work_items.decline", item["id"]),
                outcome_of(agent, "agent_presence.set", None, state="away"),
                outcome_of(agent, "agent_presence.set", None, state="available"),
                worker.drain(desk.tenant.id),
            )

    await asyncio.gather(*map(answer, agents))
    await desk.work()

    assert await desk.ledger() == []
    states = await desk.tenant.admin.list("work_items")
    assert len(states) == 9
    assert {item["state"] for item in states} <= {"queued", "offered", "accepted"}


async def test_several_routers_at_once_give_each_item_once_and_nobody_too_much(desk: Desk) -> None:
    agents = [await desk.agent(f"Agent {n}", capacity=7) for n in range(5)]
    await queue(desk, 200)

    async def route() -> int:
        given, walk = 0, Walk()
        for _ in range(30):
            async with desk.world.services.system(desk.tenant.id, reason="test") as ctx:
                page = await route_batch(ctx, walk, limit=10)
            given += page.offered
            if not page.more and not page.busy:
                break
            await asyncio.sleep(0.001)
        return given

    given = await asyncio.gather(*(route() for _ in range(8)))

    assert sum(given) == 5 * 7
    assert [(await desk.presence(agent))["used"] for agent in agents] == [7] * 5
    assert await desk.ledger() == []
    (left,) = await desk.sql(
        "SELECT count(*) AS n FROM work_items WHERE tenant_id = $1 AND state = 'queued'"
    )
    assert left["n"] == 200 - 35


async def test_many_waiting_items_are_routed_across_pages_and_none_is_lost(desk: Desk) -> None:
    for n in range(4):
        await desk.agent(f"Agent {n}", capacity=1000)
    await queue(desk, 2_000)

    await desk.tenant.admin.do("agent_presence.set", state="offline")
    await desk.work()

    rows = await desk.sql(
        "SELECT state, count(*) AS n FROM work_items WHERE tenant_id = $1 GROUP BY state"
    )
    assert {(row["state"], row["n"]) for row in rows} == {("offered", 2_000), ("cancelled", 1)}
    assert await desk.ledger() == []


async def test_an_item_that_nobody_can_take_does_not_hold_up_those_behind_it(desk: Desk) -> None:
    agent = await desk.agent(billing=3)
    rare = await desk.case("Rare", priority=1, product_model_id=await desk.model("OLD", cobol=5))
    usual = await desk.case("Usual", priority=4)
    await desk.work()
    assert (await desk.item(rare))["state"] == "queued"
    assert (await desk.item(usual))["offered_to_id"] == agent.profile_id


async def test_every_stored_pass_is_decided_the_same_again(desk: Desk) -> None:
    for n in range(3):
        await desk.agent(f"Agent {n}", capacity=40)
    await queue(desk, 100)
    await desk.tenant.admin.do("agent_presence.set", state="offline")
    await desk.work()
    passes = await desk.sql("SELECT at, content FROM routing_passes WHERE tenant_id = $1")
    assert passes
    assert all(unpack(row["content"], row["at"]).agrees() for row in passes)


async def test_a_pass_of_many_pages_hears_of_who_leaves_or_gets_room_meanwhile(desk: Desk) -> None:
    first, second, third = [await desk.agent(f"Agent {n}", capacity=20) for n in range(3)]
    await queue(desk, 50)
    walk = Walk()

    async def page() -> int:
        async with desk.world.services.system(desk.tenant.id, reason="test") as ctx:
            return (await route_batch(ctx, walk, limit=9)).offered

    async def used() -> list[int]:
        return [(await desk.presence(agent))["used"] for agent in (first, second, third)]

    assert await page() == 9
    router = walk.router
    assert await page() == 9
    assert walk.router is router
    assert await used() == [6, 6, 6]

    await desk.sql(
        """UPDATE agent_presence SET state = 'away', version = version + 1
            WHERE tenant_id = $1 AND profile_id = $2 RETURNING id""",
        first.profile_id,
    )
    assert await page() == 9
    assert walk.router is not router
    assert sorted(await used()) == [6, 10, 11]

    passes = await desk.sql("SELECT at, content FROM routing_passes WHERE tenant_id = $1")
    assert len(passes) == 1 + 3
    assert all(unpack(row["content"], row["at"]).agrees() for row in passes)
    assert await desk.ledger() == []


async def queue(desk: Desk, count: int) -> None:
    """Work that waits, put there in one statement."""
    await desk.case("The first")
    await desk.work()
    await desk.sql(
        """UPDATE work_items SET state = 'cancelled', waiting_reason = NULL, offered_to_id = NULL,
                  offer_expires_at = NULL WHERE tenant_id = $1 RETURNING id"""
    )
    await desk.sql("UPDATE agent_presence SET used = 0 WHERE tenant_id = $1 RETURNING id")
    (found,) = await desk.sql("SELECT id FROM queues WHERE tenant_id = $1 LIMIT 1")
    await desk.sql(
        """INSERT INTO work_items (tenant_id, id, kind, record_id, queue_id, channel, title,
             customer_kind, rank, state, waiting_reason, queued_at, created_at, updated_at)
           SELECT $1, i, 'cases', i, $2, 'web', 'Work', 'unknown', 53, 'queued', 'routing', now(),
                  now(), now() FROM unnest($3::uuid[]) AS i RETURNING id""",
        found["id"],
        [uuid7() for _ in range(count)],
    )
