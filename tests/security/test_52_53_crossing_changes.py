"""#52, #53: two edits from one state, and verbs that cross on one case, over HTTP."""

import asyncio
import random
from collections import Counter

import httpx2
import pytest

from backend.service.cases.rules import ALLOWED
from tests.security.neighbours import bearing
from tests.service.desk import Desk, a_desk
from tests.world import World


@pytest.fixture
async def desk(world: World) -> Desk:
    return await a_desk(await world.tenant())


async def test_52_of_fifty_edits_from_one_state_one_is_taken_and_the_rest_are_told(
    desk: Desk,
) -> None:
    case = await desk.case()
    client = await bearing(desk.tenant.world, desk.agent)
    place = f"/api/v1/cases/{case['id']}"
    etag = (await client.get(place)).headers["etag"]
    answers = await asyncio.gather(
        *(
            client.patch(place, json={"subject": f"Edit {n}"}, headers={"If-Match": etag})
            for n in range(50)
        )
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 49}
    (taken,) = [answer for answer in answers if answer.status_code == 200]
    assert (await client.get(place)).json()["subject"] == taken.json()["subject"]
    refused = next(answer for answer in answers if answer.status_code == 412)
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["type"] == "/problems/stale"


async def test_53_crossing_verbs_leave_a_legal_story_and_one_history_of_clocks(
    desk: Desk,
) -> None:
    case = await desk.case()
    agent = await bearing(desk.tenant.world, desk.agent)
    customer = await bearing(desk.tenant.world, desk.contact)
    place = f"/api/v1/cases/{case['id']}"
    verbs: list[tuple[httpx2.AsyncClient, str, dict[str, str]]] = [
        (agent, "start", {}),
        (agent, "assign", {"assigned_to_id": str(desk.agent.profile_id)}),
        (agent, "wait", {"on": "customer"}),
        (agent, "resolve", {"resolution": "Done"}),
        (agent, "close", {}),
        (agent, "reopen", {"reason": "Not yet"}),
        (agent, "cancel", {"reason": "Withdrawn"}),
        (customer, "comment", {"body": "Still dark"}),
        (customer, "reopen", {"reason": "It is back"}),
        (customer, "close", {}),
    ] * 5
    random.Random(53).shuffle(verbs)
    answers = await asyncio.gather(
        *(client.post(f"{place}/{verb}", json=body) for client, verb, body in verbs)
    )
    assert {answer.status_code for answer in answers} <= {200, 201, 403, 409, 422}
    await desk.tenant.world.work(desk.tenant)
    state = "new"
    # Ids are made while the case is locked, so their order is the order of the changes.
    for entry in sorted(await desk.stream(case), key=lambda each: str(each["id"])):
        told = entry["details"]
        if entry["entry_type"] != "change" or told["verb"] == "create":
            continue
        assert told.get("from", state) == state, told
        _, states = ALLOWED[told["verb"]]
        assert state in states, told
        state = told["to"]
    assert state == (await desk.stored(case))["state"]
    clocks = await desk.admin.list("task_slas", record_id=str(case["id"]))
    assert len({clock["target"] for clock in clocks}) == len(clocks), "one clock for each promise"
