"""What several answers come to, and what a rule looks at: pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.platform.approvals.models import SeatState, StepState
from backend.platform.approvals.rules import (
    ESCALATION,
    Answer,
    digest,
    fingerprint,
    needed,
    tally,
    watched,
)

S, T = SeatState, StepState


def slot(need: int, *states: SeatState, number: int = 0, first: bool = False) -> list[Answer]:
    return [Answer(number, need, first, state) for state in states]


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        (slot(1, S.OPEN, S.OPEN), T.OPEN),
        (slot(1, S.APPROVED, S.OPEN, first=True), T.APPROVED),
        (slot(1, S.REJECTED, S.OPEN, first=True), T.REJECTED),
        (slot(2, S.APPROVED, S.OPEN), T.OPEN),
        (slot(2, S.APPROVED, S.REJECTED), T.REJECTED),
        (slot(2, S.APPROVED, S.REJECTED, S.OPEN), T.OPEN),
        (slot(2, S.REJECTED, S.REJECTED, S.OPEN), T.REJECTED),
        (slot(2, S.APPROVED, S.APPROVED, S.OPEN), T.APPROVED),
        (slot(1, S.MOVED, S.OPEN), T.OPEN),
        (slot(1, S.APPROVED) + slot(1, S.OPEN, number=1), T.OPEN),
        (slot(1, S.APPROVED) + slot(1, S.APPROVED, number=1), T.APPROVED),
        (slot(1, S.OPEN) + slot(1, S.APPROVED, number=ESCALATION), T.APPROVED),
        (slot(1, S.APPROVED) + slot(1, S.REJECTED, number=ESCALATION), T.REJECTED),
        ([], T.OPEN),
    ],
)
def test_answers_come_to_a_verdict(answers: list[Answer], verdict: StepState) -> None:
    assert tally(answers) is verdict


@given(st.lists(st.sampled_from([S.OPEN, S.APPROVED, S.REJECTED]), min_size=1, max_size=9),
       st.integers(1, 9))  # fmt: skip
def test_no_order_of_answers_changes_the_verdict_and_a_verdict_stays(
    states: list[SeatState], need: int
) -> None:
    need = min(need, len(states))
    verdict = tally(slot(need, *states))
    assert verdict is tally(slot(need, *reversed(states)))
    if verdict is not T.OPEN:
        for answer in (S.APPROVED, S.REJECTED):
            later = [answer if state is S.OPEN else state for state in states]
            assert tally(slot(need, *later)) is verdict
    else:
        assert S.OPEN in states


def test_a_need_is_a_number_of_people() -> None:
    assert (needed("any", 4), needed("all", 4), needed(2, 4)) == (1, 4, 2)


@pytest.mark.parametrize(
    ("condition", "pins", "places"),
    [
        ("", [], ()),
        ("record.amount > 5 && record.custom.tier == 'gold'", [], ("amount", "custom.tier")),
        ("record.subject == 'record.state'", ["priority"], ("priority", "subject")),
        ("has(record.amount)", [], ("amount",)),
        ("record['amount'] > 5", [], None),
        ("size(record) > 2", [], None),
    ],
)
def test_a_condition_says_what_it_looks_at(
    condition: str, pins: list[str], places: tuple[str, ...] | None
) -> None:
    assert watched(condition, pins) == places


def test_only_what_was_looked_at_makes_consent_stale() -> None:
    before = {"id": 1, "amount": 5, "note": "a", "version": 1}
    assert fingerprint(before, ("amount",), 0, "") == fingerprint(
        before | {"note": "b", "version": 2}, ("amount",), 0, ""
    )
    assert fingerprint(before, ("amount",), 0, "") != fingerprint(
        before | {"amount": 6}, ("amount",), 0, ""
    )
    assert fingerprint(before, None, 0, "") == fingerprint(before | {"version": 9}, None, 0, "")
    assert fingerprint(before, None, 0, "") != fingerprint(before | {"note": "b"}, None, 0, "")
    assert fingerprint(before, (), 0, "x") != fingerprint(before, (), 0, "y")


def test_the_same_words_have_the_same_digest_in_whatever_order() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
