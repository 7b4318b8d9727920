"""Row 48: fifty clients accept one offer at the same moment."""

import asyncio

from tests.omnichannel.desk import Desk, outcome_of
from tests.world import Actor, World


async def test_48_of_fifty_accepts_of_one_offer_exactly_one_wins(world: World) -> None:
    desk = Desk(world, await world.tenant())
    agent = await desk.agent(capacity=1)
    others = [await desk.agent(f"Other {n}", state="offline") for n in range(4)]
    case = await desk.case()
    await desk.work()
    item = await desk.item(case)
    barrier = asyncio.Barrier(50)

    async def accept(actor: Actor) -> int:
        await barrier.wait()
        return await outcome_of(actor, "work_items.accept", item["id"])

    told = await asyncio.gather(*(accept([agent, agent, *others][n % 6]) for n in range(50)))

    assert sorted(told) == [200] + [409] * 49
    assert (await desk.presence(agent))["used"] == 1
    assert await desk.ledger() == []
