import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from ai.extracts import Extracts, extract
from ai.summaries import Citation, Passage, plain, summarize

OPENED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def passage(n: int, role: str, text: str) -> Passage:
    return Passage("comments", UUID(int=n), text, role, OPENED + timedelta(minutes=n))


STORY = [
    passage(1, "customer", "Hello. My router X2 loses the connection every evening. Thanks!"),
    passage(2, "agent", "Dear customer, please restart the router and check the cable."),
    passage(3, "customer", "> please restart\nRestarting did not help, the router still fails."),
    passage(
        4, "internal", "The line test shows noise on the line, a technician replaced the splitter."
    ),
    passage(
        5, "resolution", "The splitter was defective; after its replacement the router is stable."
    ),
]


def test_tells_the_problem_and_the_resolution_in_order_with_citations() -> None:
    sentences = extract(STORY, subject="Router loses connection", sentences_max=3)
    assert [s.text for s in sentences] == [
        "My router X2 loses the connection every evening.",
        "Restarting did not help, the router still fails.",
        "The splitter was defective; after its replacement the router is stable.",
    ]
    assert [s.citations for s in sentences] == [
        (Citation("comments", UUID(int=n)),) for n in (1, 3, 5)
    ]


def test_is_the_same_for_any_order_of_the_passages() -> None:
    assert extract(STORY) == extract(list(reversed(STORY)))


def test_leaves_out_pleasantries_and_quotes() -> None:
    said = " ".join(s.text for s in extract(STORY))
    assert "Thanks" not in said
    assert "Hello" not in said
    assert "> please" not in said


def test_keeps_to_its_length() -> None:
    long = [
        passage(n, "customer", f"Fact number {n} about the router model {n}x. " * 30)
        for n in range(40)
    ]
    sentences = extract(long, sentences_max=6, characters_max=300)
    assert sum(len(s.text) for s in sentences) <= 300
    assert 1 <= len(sentences) <= 6


def test_says_nothing_about_nothing() -> None:
    assert extract([]) == ()
    assert extract([passage(1, "customer", "Thanks!"), passage(2, "agent", "")]) == ()


def test_long_stories_are_read_in_bounded_time() -> None:
    story = [
        passage(n, "customer", "The router fails again and again. " * 200) for n in range(1000)
    ]
    started = time.process_time()
    assert extract(story)
    assert time.process_time() - started < 2.0


async def test_without_an_endpoint_the_summary_names_its_model_and_no_fault() -> None:
    summary = await summarize(
        None, Extracts(), STORY, subject="", locale="en", now=OPENED, source_version=7
    )
    assert (summary.model, summary.fallback_reason) == ("extractive-1", None)
    assert (summary.made_at, summary.source_version) == (OPENED, 7)
    assert replace(summary, made_at=OPENED) == summary


@pytest.mark.parametrize(
    ("hostile", "left"),
    [
        ("![x](https://evil.example/?q=1) The case is open.", "x The case is open."),
        ("[click](javascript:alert(1)) now", "click now"),
        ("See https://evil.example/a?b=c for more", "See for more"),
        ("See evil.example/?q=secret", "See"),
        ("<script>alert(1)</script>Done", "alert(1) Done"),
        ("<img src=x onerror=alert(1)>Done", "Done"),
        ("**Bold** and `code`", "Bold and code"),
        ("# Title", "Title"),
        ("a\u202eb\u200bc\x07d", "abcd"),
        ("[[a](b)](c)", "a (c)"),
        ("<<b>script>", "script"),
    ],
)
def test_markup_links_and_hidden_characters_are_stripped(hostile: str, left: str) -> None:
    assert plain(hostile) == left


@pytest.mark.parametrize("evil", ["[", "![", "<", "a.", "www.", "# ", "*", "]("])
def test_stripping_takes_no_time(evil: str) -> None:
    started = time.process_time()
    plain(evil * 100_000)
    assert time.process_time() - started < 2.0
