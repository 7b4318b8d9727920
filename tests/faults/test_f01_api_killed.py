"""F1: the API is killed in the middle of requests; whoever was told "done" finds it done, once."""

import asyncio
import random
from collections.abc import Callable

from infra.kernel.config import Settings
from tests.faults.journal import journal_of, nothing_lost_or_doubled
from tests.faults.process import Server


async def test_what_was_acknowledged_before_a_kill_is_there_once_after_it(
    harmed: Settings, process: Callable[..., Server]
) -> None:
    chance = random.Random(11)
    server = process(harmed)
    journal = await journal_of(server.base_url, harmed, "killed")
    async with journal.writing():
        for _ in range(2):
            await journal.enough(20)
            await asyncio.sleep(chance.uniform(0, 0.05))
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)
        await journal.enough(20)
    assert journal.broken > 0, "no request was cut off"
    assert journal.refusals == []
    await journal.settle()
    await journal.replays_are_the_first_answers()
    await nothing_lost_or_doubled(journal, harmed)
