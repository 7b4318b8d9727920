"""What articles follow, without a database: languages, expiry, comparisons."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.service.knowledge.models import Article, KnowledgeBase
from backend.service.knowledge.rules import (
    LINES_COMPARED_MAX,
    compare,
    expiry_of,
    language_for,
    waiting_text,
)

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("available", "wanted", "chosen"),
    [
        ("en de fr", ["de"], "de"),
        ("en de fr", ["de-AT"], "de"),
        ("en de-CH de-AT", ["de"], "de-AT"),
        ("en de", ["fr", "de", "en"], "de"),
        ("en de", ["sv"], None),
        ("", ["en"], None),
        ("en-GB de", ["en-US", "de"], "en-GB"),
    ],
)
def test_a_reader_gets_their_language_then_its_family_then_the_next(
    available: str, wanted: list[str], chosen: str | None
) -> None:
    assert language_for({each: each for each in available.split()}, wanted) == chosen


@pytest.mark.parametrize(
    ("kept_days", "usual_days", "good_for"),
    [
        (None, None, None),
        (None, 30, 30),
        (10, 30, 30),
        (90, 30, 90),
        (-1, 30, 30),
        (-1, None, None),
        (10, None, 10),
    ],
)
def test_an_edition_is_good_for_as_long_as_its_base_says_and_longer_where_it_was_set(
    kept_days: int | None, usual_days: int | None, good_for: int | None
) -> None:
    kept = None if kept_days is None else NOW + timedelta(days=kept_days)
    article = Article(title="T", body="B", expires_at=kept)
    base = KnowledgeBase(name="Help", expiry_days=usual_days)
    told = expiry_of(article, base, NOW)
    assert told == (None if good_for is None else NOW + timedelta(days=good_for))


def test_what_waits_is_the_revision_where_there_is_one() -> None:
    article = Article(title="Old", body="Old body", draft_body="New body")
    assert waiting_text(article) == ("Old", "New body")


def test_a_comparison_tells_what_stayed_went_and_came() -> None:
    told = compare("one\ntwo\nthree", "one\n2\nthree\nfour")
    assert [(line.change, line.text) for line in told] == [
        ("same", "one"), ("removed", "two"), ("added", "2"), ("same", "three"), ("added", "four"),
    ]  # fmt: skip


LINES = st.lists(st.sampled_from(["a", "b", "", "c d"]), max_size=12)


@given(LINES, LINES)
def test_both_texts_can_be_read_out_of_their_comparison(old: list[str], new: list[str]) -> None:
    before, after = "\n".join(old), "\n".join(new)
    told = compare(before, after)
    assert [e.text for e in told if e.change != "added"] == before.splitlines()
    assert [e.text for e in told if e.change != "removed"] == after.splitlines()
    if before == after:
        assert {e.change for e in told} <= {"same"}


def test_very_long_texts_are_compared_without_a_search() -> None:
    many = LINES_COMPARED_MAX + 1
    told = compare("\n".join("a" * many), "\n".join("b" * many))
    assert [line.change for line in told] == ["removed"] * many + ["added"] * many
