"""Offers under a worker that really runs: told to the agent as they happen, taken back in time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from infra.kernel.event_log import read_events
from infra.kernel.worker_loop import run_worker
from tests.omnichannel.desk import Desk


@contextlib.asynccontextmanager
async def working(desk: Desk) -> AsyncIterator[None]:
    stop = asyncio.Event()
    worker = asyncio.create_task(run_worker(desk.world.services, stop=stop))
    try:
        yield
    finally:
        stop.set()
        await worker


async def until(true: Callable[[], Awaitable[bool]], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not await true():  # noqa: ASYNC110  the worker tells nobody but the database
            await asyncio.sleep(0.02)


async def test_the_agent_hears_of_the_offer_and_nobody_else_does(desk: Desk) -> None:
    agent, colleague = await desk.agent(), await desk.agent("Colleague", state="offline")
    neighbour = await Desk(desk.world, await desk.world.tenant("Other")).agent("Neighbour")
    case = await desk.case()
    await desk.work()
    item = await desk.item(case)

    heard = {}
    for actor in (agent, colleague, neighbour):
        page = await read_events(desk.world.services, actor.caller, kinds=frozenset({"work_items"}))
        heard[actor.caller.name] = [(str(event["record_id"]), event["type"]) for event in page.data]
    offered = (str(item["id"]), "work_items.offered")
    assert offered in heard["Agnes"]
    assert heard["Colleague"] == heard["Neighbour"] == []


async def test_the_timer_takes_an_unanswered_offer_back_and_gives_it_to_the_next(
    desk: Desk,
) -> None:
    await desk.tenant.admin.do("queues.create", name="Web", channel="web", offer_seconds=1)
    first = await desk.agent("First")
    async with working(desk):
        case = await desk.case()

        async def is_offered() -> bool:
            found = await desk.tenant.admin.list("work_items", record_id=str(case["id"]))
            return bool(found) and found[0]["offered_to_id"] == first.profile_id

        await until(is_offered)
        before = await desk.item(case)
        second = await desk.agent("Second")

        async def went_on() -> bool:
            return bool((await desk.item(case))["offered_to_id"] == second.profile_id)

        await until(went_on)
        after = await desk.item(case)
    assert after["queued_at"] == before["queued_at"]
    assert await desk.ledger() == []


async def test_a_burst_of_cases_leaves_none_waiting_while_there_is_room(desk: Desk) -> None:
    for n in range(3):
        await desk.agent(f"Agent {n}", capacity=20)
    async with working(desk):
        await asyncio.gather(*(desk.case(f"Case {n}") for n in range(40)))

        async def all_offered() -> bool:
            rows = await desk.sql(
                "SELECT count(*) AS n FROM work_items WHERE tenant_id = $1 AND state = 'offered'"
            )
            return bool(rows[0]["n"] == 40)

        await until(all_offered, 15)
    assert await desk.ledger() == []
