"""How far one thing leads to another, and how much of it a tenant may have in a minute."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from backend.platform.automations.rules import (
    DEPTH_MAX,
    RUNS_OF_ROOT_MAX,
    RUNS_ON_RECORD_MAX,
    Cause,
    allot,
    cause_of,
    guard,
    listens,
)
from backend.platform.templates.rules import branded, locale_for
from infra.kernel.events import RecordedEvent

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


def event(type_: str = "cases.updated", **payload: object) -> RecordedEvent:
    kind = type_.partition(".")[0]
    return RecordedEvent(uuid4(), type_, kind, uuid4(), NOW, {"kind": "staff"}, payload)


@given(st.integers(1, 400), st.integers(1, 1000), st.integers(0, 300))
def test_no_minute_has_more_runs_than_a_burst_and_the_share(
    wanted: int, per_minute: int, taken_seconds: int
) -> None:
    delays, until = allot(NOW + timedelta(seconds=taken_seconds), NOW, wanted, per_minute)
    assert len(delays) == wanted, "nothing is dropped"
    assert delays == sorted(delays)
    at_once = sum(delay == 0 for delay in delays)
    assert at_once <= per_minute + 1
    later = [delay for delay in delays if delay > 0]
    for start in later:
        assert sum(start <= delay < start + 60 for delay in later) <= per_minute + 1
    assert until > NOW


@given(st.lists(st.text("abc", min_size=1, max_size=3), max_size=20))
def test_a_chain_is_carried_on_whole_and_ends_in_time(keys: list[str]) -> None:
    first = event()
    cause = cause_of(first)
    assert (cause.root, cause.depth) == (first.id, 0)
    for key in keys:
        cause = cause.then(key, uuid4())
        told = RecordedEvent(
            uuid4(), "a.b", "a", uuid4(), NOW, {"kind": "staff", "via": cause.told()}, {}
        )
        assert cause_of(told) == cause
    refused = guard("last", cause, 0, 0)
    assert (refused is not None) == (len(keys) >= DEPTH_MAX)


def test_each_guard_has_its_name() -> None:
    fresh = Cause(uuid4())
    assert guard("a", fresh, 0, 0) is None
    assert guard("a", Cause(uuid4(), ("a", "b") * 4), 0, 0) == (
        "loop",
        "one automation set off the next 8 times: a → b → a → b → a → b → a → b → a",
    )
    assert (guard("a", fresh, RUNS_OF_ROOT_MAX, 0) or ("",))[0] == "explosion"
    assert (guard("a", fresh, 0, RUNS_ON_RECORD_MAX) or ("",))[0] == "rate"


def test_what_is_told_of_runs_is_heard_by_no_automation() -> None:
    assert not listens(["automation_runs.*"], [], event("automation_runs.failed"))
    assert listens(["cases.*"], [], event())
    assert not listens(["cases.updated"], ["state"], event(changes={"subject": ["a", "b"]}))
    assert listens(["cases.updated"], ["state"], event(changes={"state": ["new", "open"]}))
    assert not listens([], [], event())


def test_the_nearest_language_is_chosen() -> None:
    offered = ["de", "en", "pt-BR"]
    wanted = {"de": "de", "de-AT": "de", "pt-PT": "pt-BR", "fr": "en", None: "en", "EN-gb": "en"}
    assert {asked: locale_for(offered, asked, "en") for asked in wanted} == wanted


@given(st.text(max_size=200))
def test_no_words_of_others_become_markup(words: str) -> None:
    shown = branded(words, {"name": words, "color": words})
    assert shown.count("<script") == 0
    assert "<" not in shown.replace("<div", "").replace("</div>", "").replace("<p", "").replace(
        "</p>", ""
    ).replace("<br>", "")
