"""F20: processes are told to stop under load: nothing that began is cut off, nothing is refused."""

import asyncio
import signal
from collections.abc import Callable

from infra.kernel.config import Settings
from tests.faults.journal import journal_of, nothing_lost_or_doubled
from tests.faults.process import Server

LONG = {
    "operations": [
        {"op": "create", "body": {"name": f"Company {number}", "code": f"C{number}"}}
        for number in range(80)
    ]
}


async def test_requests_in_flight_finish_and_the_next_process_goes_on(
    harmed: Settings, process: Callable[..., Server]
) -> None:
    old, new = process(harmed), process(harmed)
    journal = await journal_of(old.base_url, harmed, "rolling")
    async with journal.client() as client:
        async with journal.writing():
            await journal.enough(10)
            long = asyncio.create_task(client.post("/api/v1/accounts/bulk", json=LONG))
            await asyncio.sleep(0.15)
            assert not long.done()
            old.send(signal.SIGTERM)
            journal.base_url = new.base_url
            answer = await long
        assert answer.status_code == 200
        assert {result["status"] for result in answer.json()["results"]} == {201}
    assert await asyncio.to_thread(old.wait) in {0, -signal.SIGTERM}
    assert journal.refusals == [], "while it stops, it refuses nothing"
    await journal.settle()
    await journal.replays_are_the_first_answers()
    await nothing_lost_or_doubled(journal, harmed)
