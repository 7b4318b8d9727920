"""Forms whose questions depend on earlier answers: pure."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.foundation.catalog.forms import form_faults, read_answers, read_form
from backend.foundation.catalog.tasks import task_faults, tasks_for

FORM = read_form(
    [
        {"name": "seats", "label": "Seats", "kind": "integer", "required": True},
        {"name": "why", "label": "Why so many?", "kind": "text",
         "visible_when": "answers.seats > 10", "required_when": "answers.seats > 50"},
        {"name": "site", "label": "Site", "kind": "url"},
        {"name": "plan", "label": "Plan", "kind": "choice", "choices": ["S", "L"], "default": "S"},
        {"name": "code", "label": "Cost centre", "kind": "text", "pattern": "[A-Z]{2}-[0-9]{3}"},
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("given_answers", "kept", "wrong"),
    [
        ({"seats": 5}, {"seats": 5, "plan": "S"}, []),
        ({"seats": 20}, {"seats": 20, "plan": "S"}, []),
        ({"seats": 20, "why": "Growth"}, {"seats": 20, "why": "Growth", "plan": "S"}, []),
        ({"seats": 60}, {"seats": 60, "plan": "S"}, ["/answers/why"]),
        ({"seats": 5, "why": "x"}, {"seats": 5, "plan": "S"}, ["/answers/why"]),
        ({}, {"plan": "S"}, ["/answers/seats"]),
        ({"seats": 1, "plan": None}, {"seats": 1}, []),
        (
            {"seats": "many", "site": "ftp://x", "plan": "XL", "code": "de-1", "else": 1},
            {},
            ["/answers/code", "/answers/else", "/answers/plan", "/answers/seats", "/answers/site"],
        ),
    ],
)
def test_answers_are_read_whole_with_all_that_is_wrong(
    given_answers: dict[str, Any], kept: dict[str, Any], wrong: list[str]
) -> None:
    answers, faults = read_answers(FORM, given_answers)
    assert answers == kept
    assert sorted(fault.pointer for fault in faults) == wrong


def test_a_form_is_checked_whole() -> None:
    form = read_form(
        [
            {"name": "a", "label": "A", "kind": "integer", "default": "x", "pattern": "y"},
            {"name": "b", "label": "B", "kind": "text", "visible_when": "answers.c == 1",
             "required_when": "answers.a >", "pattern": "("},
            {"name": "c", "label": "C", "kind": "boolean"},
        ]
    )  # fmt: skip
    assert sorted(fault.pointer for fault in form_faults(form)) == [
        "/form/0/default", "/form/0/pattern", "/form/1/pattern", "/form/1/required_when",
        "/form/1/visible_when",
    ]  # fmt: skip


def test_tasks_follow_the_answers_and_are_checked() -> None:
    tasks = [
        {"key": "ship", "subject": "Ship it", "step": 2},
        {"key": "buy", "subject": "Buy it", "when": "answers.seats > 10"},
        {"key": "pack", "subject": "Pack it"},
    ]
    assert [t.key for t in tasks_for(tasks, FORM, {"seats": 20})] == ["buy", "pack", "ship"]
    assert [t.key for t in tasks_for(tasks, FORM, {"seats": 2})] == ["pack", "ship"]
    broken = [*tasks, {"key": "pack", "subject": "Again", "when": "answers.nothing"}]
    assert [f.pointer for f in task_faults(broken, FORM)] == ["/tasks/3/key", "/tasks/3/when"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["seats", "why", "site", "plan", "code"]),
       st.none() | st.booleans() | st.integers(-5, 99) | st.text(max_size=8)))  # fmt: skip
def test_whatever_is_typed_what_is_kept_is_read_again_as_it_is(typed: dict[str, Any]) -> None:
    kept, faults = read_answers(FORM, typed)
    if not faults:
        again, none = read_answers(FORM, {name: kept.get(name) for name in typed} | kept)
        assert (again, none) == (kept, [])
