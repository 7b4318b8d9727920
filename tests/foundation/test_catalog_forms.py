"""Forms of catalogue items: what their makers get wrong, and what those who fill them in do."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.foundation.catalog.asking import questions_of
from backend.foundation.catalog.forms import form_faults, read_answers, read_form, told

FORM = [
    {"name": "kind", "label": "What is it?", "kind": "choice", "choices": ["move", "repair"],
     "required": True},
    {"name": "new_city", "label": "New city", "kind": "text", "required": True, "longest": 10,
     "shown_when": {"field": "kind", "one_of": ["move"]}},
    {"name": "seats", "label": "Seats", "kind": "integer", "minimum": 1, "maximum": 9},
    {"name": "price", "label": "Price", "kind": "decimal", "minimum": 0},
    {"name": "urgent", "label": "Urgent?", "kind": "boolean"},
    {"name": "reason", "label": "Why?", "kind": "long_text", "required": True,
     "shown_when": {"field": "urgent", "one_of": [True]}},
    {"name": "day", "label": "Day", "kind": "date"},
    {"name": "extras", "label": "Extras", "kind": "choices", "choices": ["lift", "van"]},
    {"name": "mail", "label": "Mail", "kind": "email"},
]  # fmt: skip


def answered(given: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    answers, faults = read_answers(read_form(FORM), given)
    return answers, [(fault.pointer.removeprefix("/answers/"), fault.code) for fault in faults]


def test_a_sound_form_has_no_faults() -> None:
    assert form_faults(read_form(FORM)) == []


def test_every_fault_of_a_form_is_named() -> None:
    form = [
        {"name": "a", "label": "A", "kind": "choice"},
        {"name": "a", "label": "A", "kind": "text", "choices": ["x", "x"], "minimum": 1},
        {"name": "b", "label": "B", "kind": "integer", "minimum": 2, "maximum": 1, "longest": 5},
        {"name": "c", "label": "C", "kind": "date",
         "shown_when": {"field": "later", "one_of": ["x"]}},
        {"name": "d", "label": "D", "kind": "choice", "choices": ["x"]},
        {"name": "e", "label": "E", "kind": "date", "shown_when": {"field": "d", "one_of": ["y"]}},
    ]  # fmt: skip
    assert [fault.pointer for fault in form_faults(read_form(form))] == [
        "/form/0/choices", "/form/1/name", "/form/1/choices", "/form/1/choices", "/form/1/minimum",
        "/form/2/maximum", "/form/2/longest", "/form/3/shown_when/field",
        "/form/5/shown_when/one_of",
    ]  # fmt: skip


def test_good_answers_are_kept_in_the_order_of_the_form() -> None:
    answers, faults = answered(
        {"mail": "maya@example.com", "extras": ["van", "lift"], "day": "2026-12-01",
         "urgent": True, "reason": "Rain", "price": 9.5, "seats": 3, "kind": "move",
         "new_city": "Bonn"}
    )  # fmt: skip
    assert faults == []
    assert list(answers.items()) == [
        ("kind", "move"), ("new_city", "Bonn"), ("seats", 3), ("price", "9.5"), ("urgent", True),
        ("reason", "Rain"), ("day", "2026-12-01"), ("extras", ["lift", "van"]),
        ("mail", "maya@example.com"),
    ]  # fmt: skip
    assert told(read_form(FORM), answers).splitlines()[:2] == [
        "What is it?: move",
        "New city: Bonn",
    ]
    assert "Urgent?: yes" in told(read_form(FORM), answers)


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({}, [("kind", "missing")]),
        ({"kind": "move"}, [("new_city", "missing")]),
        ({"kind": "repair", "new_city": "Bonn"}, [("new_city", "not_asked")]),
        ({"kind": "repair", "urgent": True}, [("reason", "missing")]),
        ({"kind": "repair", "urgent": False, "reason": ""}, []),
        ({"kind": "repair", "colour": "red"}, [("colour", "unknown_field")]),
        (
            {"kind": "sell", "seats": 10, "price": -1, "urgent": 1, "day": "soon",
             "extras": ["boat"], "mail": "maya"},
            [(n, "invalid_value") for n in
             ("kind", "seats", "price", "urgent", "day", "extras", "mail")],
        ),
        ({"kind": "repair", "seats": True}, [("seats", "invalid_value")]),
        ({"kind": "repair", "seats": "3"}, [("seats", "invalid_value")]),
        ({"kind": "repair", "price": "NaN"}, [("price", "invalid_value")]),
        ({"kind": "move", "new_city": "A" * 11}, [("new_city", "invalid_value")]),
        ({"kind": "move", "new_city": "A\x00"}, [("new_city", "invalid_value")]),
    ],
)  # fmt: skip
def test_wrong_answers_are_named_all_at_once(
    given: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    assert answered(given)[1] == faults


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([f["name"] for f in FORM]) | st.text(), _VALUES))
def test_whatever_is_sent_is_answered_by_faults_and_what_is_kept_passes_again(
    given: dict[str, Any],
) -> None:
    answers, _ = read_answers(read_form(FORM), given)
    again, faults = read_answers(read_form(FORM), answers)
    assert again == answers
    assert [fault for fault in faults if fault.code != "missing"] == []


def test_a_question_is_asked_in_the_words_of_the_readers_language_where_there_are_some() -> None:
    form = read_form(
        [
            {
                "name": "size", "label": "Size", "kind": "choice", "help": "Of the box",
                "choices": ["small", "large"],
                "translations": {"de": {"label": "Größe", "choices": ["klein", "groß"]}},
            }
        ]
    )  # fmt: skip
    (swiss,) = questions_of(form, {"size": "large"}, "de-CH")
    assert (swiss.label, swiss.help, swiss.answer) == ("Größe", "Of the box", "large")
    assert [(each.value, each.label) for each in swiss.choices] == [
        ("small", "klein"), ("large", "groß"),
    ]  # fmt: skip
    (french,) = questions_of(form, {}, "fr")
    assert french.label == "Size"
    assert [each.label for each in french.choices] == ["small", "large"]


def test_translated_choices_are_as_many_as_the_choices() -> None:
    form = read_form(
        [
            {
                "name": "size", "label": "Size", "kind": "choice", "choices": ["small", "large"],
                "translations": {"de": {"choices": ["klein"]}},
            }
        ]
    )  # fmt: skip
    assert [fault.pointer for fault in form_faults(form)] == ["/form/0/translations/de/choices"]
