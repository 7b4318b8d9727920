"""The reason is what both texts say."""

import pytest

from backend.service.advice.wording import reason_for, shared_words


@pytest.mark.parametrize(
    ("asked", "other", "shared"),
    [
        ("Internet drops every evening", "It Drops every evening, always", "drops every evening"),
        ("The error is E-4711", "Code e-4711 means no light", "E-4711"),
        ("It is not on", "It is not on", None),
        ("A red lamp", "red", None),
        ("Überhitzung am Router", "überhitzung", "Überhitzung"),
        ("", "anything", None),
    ],
)
def test_the_longest_telling_words_are_quoted(asked: str, other: str, shared: str | None) -> None:
    assert shared_words(asked, other) == shared


def test_the_reason_is_one_sentence() -> None:
    assert reason_for(None, same_product=False, is_case=False) == "Says much the same as the case"
    assert reason_for("no light", same_product=True, is_case=True) == (
        "Shares “no light” with the case and is about the same product; it was solved"
    )
