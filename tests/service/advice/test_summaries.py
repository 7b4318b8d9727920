"""A case's story in a few sentences, each with what it rests on."""

import time
from typing import Any
from uuid import UUID

import pytest

from infra.kernel.errors import Forbidden
from tests.service.advice.desk import TROUBLE
from tests.service.advice.endpoint import Modelled
from tests.service.desk import Desk
from tests.world import World


async def a_story(desk: Desk) -> dict[str, Any]:
    """A case with public words and a note."""
    case = await desk.case(**TROUBLE)
    await desk.agent.do("cases.comment", case["id"], body="Please tell us which lamp is red.")
    await desk.contact.do("cases.comment", case["id"], body="The lamp named DSL is red at eight.")
    await desk.agent.do("cases.note", case["id"], body="The splitter in this street is faulty.")
    return case


def cited(told: Any) -> set[tuple[str, UUID]]:
    return {(c.kind, c.id) for said in told.sentences for c in said.citations}


async def test_each_sentence_is_taken_from_the_case_and_says_where_from(desk: Desk) -> None:
    case = await a_story(desk)
    told = await desk.agent.do("cases.summary", case["id"])
    assert told.machine_made
    assert told.model == "extractive-1"
    assert told.fallback_reason is None
    assert 1 <= len(told.sentences) <= 6
    said = {
        str(row["id"]): row["body"] for row in await desk.stream(case)
    } | {str(case["id"]): f"{case['subject']}\n{case['description']}"}  # fmt: skip
    for sentence in told.sentences:
        (cite,) = sentence.citations
        assert sentence.text in said[str(cite.id)]
    before = await desk.stored(case)
    again = await desk.agent.do("cases.summary", case["id"])
    assert again.sentences == told.sentences
    assert await desk.stored(case) == before


async def test_a_viewer_who_reads_no_stream_gets_no_word_of_it(desk: Desk) -> None:
    reporter = await desk.tenant.member("account_contributor")
    case = await reporter.do("cases.create", account_id=str(desk.account["id"]), **TROUBLE)
    await desk.agent.do("cases.note", case["id"], body="The splitter in this street is faulty.")
    wide = await desk.agent.do("cases.summary", case["id"])
    assert "splitter" in str(wide)
    narrow = await reporter.do("cases.summary", case["id"])
    assert "splitter" not in str(narrow)
    assert cited(narrow) == {("cases", case["id"])}


async def test_customers_get_no_summary_of_what_is_said_of_them(desk: Desk) -> None:
    case = await a_story(desk)
    for verb in ("cases.summary", "cases.summarize"):
        with pytest.raises(Forbidden):
            await desk.contact.do(verb, case["id"])
    viewer = await desk.tenant.member("case_viewer")
    assert (await viewer.do("cases.summary", case["id"])).sentences
    with pytest.raises(Forbidden):
        await viewer.do("cases.summarize", case["id"])


async def test_without_a_model_asking_anew_keeps_the_extract(world: World, desk: Desk) -> None:
    case = await a_story(desk)
    answer = await desk.admin.http().post(f"/api/v1/cases/{case['id']}/summary")
    assert answer.status_code == 202, answer.text
    await world.work(desk.tenant)
    told = await desk.admin.http().get(f"/api/v1/cases/{case['id']}/summary")
    assert told.status_code == 200
    assert set(told.json()) == {
        "sentences", "model", "made_at", "machine_made", "fallback_reason",
    }  # fmt: skip
    assert told.json()["model"] == "extractive-1"


async def test_the_tenants_model_writes_and_is_shown_until_something_is_added(
    model: Modelled,
) -> None:
    await model.use_for("summaries")
    case = await a_story(model.desk)
    model.says(("The internet drops at eight and the DSL lamp is red.", [1, 3]))
    told = await model.summarized(case)
    assert [said.text for said in told.sentences] == [
        "The internet drops at eight and the DSL lamp is red."
    ]
    assert (told.model, told.fallback_reason, told.machine_made) == ("endpoint:m", None, True)
    assert ("cases", case["id"]) in cited(told)
    # Asked again at once, the model is not troubled twice.
    await model.summarized(case)
    assert len(model.endpoint.asked) == 1
    await model.desk.contact.do("cases.comment", case["id"], body="Now the lamp is green again.")
    fresh = await model.desk.agent.do("cases.summary", case["id"])
    assert fresh.model == "extractive-1"
    assert (await model.desk.stored(case))["state"] == "new"


@pytest.mark.parametrize(
    ("mood", "reason"),
    [
        ("garbage", "no completion"),
        ("empty", "no completion"),
        ("broken", "answered 500"),
        ("too many", "limits requests"),
        ("elsewhere", "answered 307"),
        ("packed", "cannot be reached"),
    ],
)
async def test_a_model_that_fails_is_replaced_and_the_reason_told(
    model: Modelled, mood: str, reason: str
) -> None:
    await model.use_for("summaries")
    case = await a_story(model.desk)
    model.endpoint.mood = mood
    told = await model.summarized(case)
    assert told.model == "extractive-1"
    assert reason in told.fallback_reason
    assert told.sentences
    assert "sk-" not in str(told)


async def test_a_slow_model_holds_up_nobody(
    model: Modelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    await model.use_for("summaries")
    case = await a_story(model.desk)
    await model.world.work(model.desk.tenant)
    model.endpoint.mood = "slow"
    monkeypatch.setattr(
        "ai.endpoint.EndpointSummaries.__init__.__kwdefaults__", {"seconds_max": 0.5}
    )
    began = time.monotonic()
    queued = await model.desk.agent.do("cases.summarize", case["id"])
    assert await model.desk.agent.do("cases.summarize", case["id"]) == queued
    assert (await model.desk.agent.do("cases.summary", case["id"])).model == "extractive-1"
    assert time.monotonic() - began < 3
    told = await model.summarized(case)
    assert told.fallback_reason == "no answer within 0.5 s"


async def test_what_a_model_says_without_a_source_is_dropped(model: Modelled) -> None:
    await model.use_for("summaries")
    case = await a_story(model.desk)
    model.says(("Supported.", [1]), ("Invented.", []), ("Invented too.", [99]))
    told = await model.summarized(case)
    assert [said.text for said in told.sentences] == ["Supported."]
    model.says(("Invented.", []))
    await model.desk.contact.do("cases.comment", case["id"], body="Any news of the lamp?")
    told = await model.summarized(case)
    assert told.fallback_reason == "no sentence cites a passage"


async def test_one_viewers_summary_is_not_shown_to_one_who_reads_less(model: Modelled) -> None:
    await model.use_for("summaries")
    desk = model.desk
    reporter = await desk.tenant.member("account_contributor")
    case = await reporter.do("cases.create", account_id=str(desk.account["id"]), **TROUBLE)
    await desk.agent.do("cases.note", case["id"], body="The splitter in this street is faulty.")
    model.says(("The splitter is at fault.", [1, 2]))
    assert (await model.summarized(case)).model == "endpoint:m"
    narrow = await reporter.do("cases.summary", case["id"])
    assert (narrow.model, "splitter" in str(narrow)) == ("extractive-1", False)
