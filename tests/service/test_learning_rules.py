"""What is kept of people's words, and what goes into a draft, without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.service.learning.drafting import Told, body_of, title_of
from backend.service.learning.rules import (
    TYPING,
    clusters,
    is_same_search,
    kept_query,
    masked,
    without,
)

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
WORDS = {"problem": "Problem", "cause": "Cause", "resolution": "Resolution", "sources": "Sources"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Router  lights", "router lights"),
        ("mail to maya.l@example.com please", "mail to [mail] please"),
        ("call +46 70 123 45 67", "call [number]"),
        ("my order 20231199", "my order [number]"),
        ("error 404 on port 8080", "error 404 on port 8080"),
        ("ping 10.0.0.17", "ping [address]"),
        ("reset https://x.example/?token=abc now", "reset [address] now"),
    ],
)
def test_a_kept_query_points_at_nobody(typed: str, kept: str) -> None:
    assert kept_query(typed) == kept


def test_accounts_and_serial_numbers_are_masked() -> None:
    assert masked("IBAN DE44 5001 0517 5407 3249 31.") == "IBAN [account]."
    assert masked("Serial R7-0001-XK, firmware 7.2") == "Serial [number], firmware 7.2"


def test_a_name_is_taken_out_as_words_and_not_out_of_words() -> None:
    assert without("Ann called Anna", ["Ann"], "[person]") == "[person] called Anna"
    assert without("maya   lindqvist", ["Maya Lindqvist"], "[person]") == "[person]"


def test_what_is_still_typed_is_one_search() -> None:
    soon, late = NOW + timedelta(seconds=5), NOW + TYPING + timedelta(seconds=1)
    assert is_same_search("rout", NOW, "router", soon)
    assert is_same_search("router l", NOW, "router", soon)
    assert not is_same_search("router", NOW, "invoice", soon)
    assert not is_same_search("rout", NOW, "router", late)


def test_alike_cases_are_together_greatest_group_first() -> None:
    east, west, north = [1.0, 0.0], [0.95, 0.31], [0.0, 1.0]
    assert clusters([north, east, None, west, east]) == [[1, 3, 4], [0], [2]]
    assert clusters([]) == []
    assert clusters([None, None]) == [[0], [1]]


@given(st.lists(st.none() | st.tuples(st.floats(-1, 1), st.floats(-1, 1)).map(list), max_size=12))
def test_every_case_is_in_one_group(vectors: list[list[float] | None]) -> None:
    grouped = sorted(place for group in clusters(vectors) for place in group)
    assert grouped == list(range(len(vectors)))


def a_case(**changes: object) -> Told:
    given = {
        "number": "CS0001", "subject": "Maya's router is dark", "resolution": "Changed the fuse.",
        "description": "Mark the red light. Serial R7-0001 at Harbour Dental, maya@example.com.",
        "said": [
            {"author_kind": "customer", "body": "Still dark, says Maya", "at": NOW},
            {"author_kind": "staff", "body": "Hello Maya. It was dark because the fuse blew.\nBye",
             "at": NOW + timedelta(minutes=5)},
        ],
        "names": ["Maya Lindqvist", "Mark Berg"], "signs": ["Harbour Dental", "R7-0001"],
    }  # fmt: skip
    return Told(**(given | changes))  # type: ignore[arg-type]


def test_a_draft_has_problem_cause_and_resolution_with_their_sources() -> None:
    body = body_of(a_case(), WORDS)
    assert body == (
        "## Problem\n\n"
        "[person] the red light. Serial [removed] at [removed], [mail]. [1]\n\n"
        "Still dark, says [person] [2]\n\n"
        "## Cause\n\nIt was dark because the fuse blew. [3]\n\n"
        "## Resolution\n\nChanged the fuse. [4]\n\n"
        "## Sources\n\n"
        "1. CS0001, description\n2. CS0001, customer, 2026-11-27 09:00 UTC\n"
        "3. CS0001, staff, 2026-11-27 09:05 UTC\n4. CS0001, resolution\n"
    )
    assert title_of(a_case()) == "[person]'s router is dark"


def test_without_a_written_resolution_the_last_answer_stands_for_it() -> None:
    body = body_of(a_case(resolution="", said=[
        {"author_kind": "staff", "body": "Try the fuse", "at": NOW}]), WORDS)  # fmt: skip
    assert "## Resolution\n\nTry the fuse [2]" in body
    assert "## Cause" not in body


def test_what_has_a_class_of_data_is_left_out_whole() -> None:
    told = a_case(withheld=frozenset({"subject", "description"}), signs=["fuse"])
    assert title_of(told) == "CS0001"
    body = body_of(told, WORDS)
    assert "red light" not in body
    assert "fuse" not in body
