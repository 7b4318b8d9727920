"""F9 and F10: a tenant's model is slow, talks nonsense or is gone; the service desk goes on."""

import time
from typing import Any

import pytest
import pytest_asyncio

from tests.service.advice.endpoint import Modelled, modelled
from tests.service.desk import Desk
from tests.world import World

NORMAL_SECONDS = 2.0


@pytest_asyncio.fixture
async def model(world: World) -> Any:
    async with modelled(world) as made:
        yield made


async def a_whole_case(desk: Desk) -> dict[str, Any]:
    """The main job, each step in its normal time."""
    began = time.monotonic()
    case = await desk.case(description="It has been dark since Thursday.")
    await desk.agent.do("cases.start", case["id"])
    await desk.agent.do("cases.comment", case["id"], body="We have sent a new one.")
    await desk.agent.do("cases.resolve", case["id"], resolution="The router was replaced.")
    assert time.monotonic() - began < NORMAL_SECONDS
    return case


@pytest.mark.parametrize("mood", ["slow", "garbage", "empty", "too many", "broken", "elsewhere"])
async def test_f9_a_model_in_any_mood_delays_nobody_and_is_never_believed(
    model: Modelled, mood: str
) -> None:
    await model.use_for("summaries")
    model.endpoint.mood = mood
    case = await a_whole_case(model.desk)
    before = await model.desk.stored(case)
    told = await model.summarized(case)
    assert told.fallback_reason, "it is said that the model failed"
    assert all(sentence.citations for sentence in told.sentences)
    assert await model.desk.stored(case) == before


async def test_f10_with_the_model_gone_all_else_works_and_nothing_piles_up(
    model: Modelled,
) -> None:
    await model.use_for("summaries")
    await model.use_for("embeddings")
    model.endpoint.mood = "broken"
    cases = [await a_whole_case(model.desk) for _ in range(3)]
    await model.desk.tenant.world.work(model.desk.tenant)
    found = await model.desk.admin.list("cases", q="router")
    assert {str(case["id"]) for case in found} >= {str(case["id"]) for case in cases}
    waiting = await model.desk.admin.list("jobs", state="queued")
    assert len(waiting) <= 10 * len(cases), "a backlog is bounded by what there is to do"
    asked = len(model.endpoint.asked)
    await model.desk.tenant.world.work(model.desk.tenant)
    assert len(model.endpoint.asked) == asked, "what failed waits for its time"
