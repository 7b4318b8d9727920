"""The tasks that a case gets by its type: on conditions, in an order, each until its own time."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.platform.tasks.planned import PlannedTask, placed, plan_faults
from infra.kernel.clock import parse_rfc3339
from infra.kernel.errors import Forbidden, Invalid
from tests.platform.workflow import plain
from tests.service.desk import Desk

PLAN: list[dict[str, Any]] = [
    {"key": "ask", "subject": "Ask the customer", "due_hours": 4},
    {"key": "press", "subject": "Tell the press office", "when": "case.priority == 1"},
    {"key": "refund", "subject": "Pay back", "step": 2, "due_hours": 8, "due_from": "turn",
     "when": "case.category == 'Bill' && case.custom.amount > 50"},
    {"key": "letter", "subject": "Write the letter", "step": 3, "after": ["refund", "ask"],
     "due_hours": 24, "due_from": "turn"},
]  # fmt: skip


async def a_type(desk: Desk, **values: Any) -> dict[str, Any]:
    given = {"key": "complaint", "name": "Complaint", "portal_visible": True, "tasks": PLAN}
    made: dict[str, Any] = await desk.admin.do("case_types.create", **(given | values))
    return made


async def tasks_of(desk: Desk, case: dict[str, Any]) -> dict[str, dict[str, Any]]:
    rows = await desk.admin.list("case_tasks", case_id=str(case["id"]))
    return {row["subject"]: row for row in rows}


async def test_a_case_gets_the_tasks_whose_conditions_hold_for_it(desk: Desk) -> None:
    await desk.admin.do(
        "custom_fields.create", resource="cases", key="amount", type="integer",
        label={"en": "Amount"},
    )  # fmt: skip
    kind = await a_type(desk)
    small = await desk.case(case_type_id=str(kind["id"]), category="Bill")
    assert set(await tasks_of(desk, small)) == {"Ask the customer", "Write the letter"}
    large: dict[str, Any] = await desk.admin.do(
        "cases.create", subject="Too much", case_type_id=str(kind["id"]), category="Bill",
        priority=1, custom={"amount": 80}, account_id=str(desk.account["id"]),
    )  # fmt: skip
    found = await tasks_of(desk, large)
    assert set(found) == {each["subject"] for each in PLAN}


async def test_a_task_waits_for_those_it_names_and_is_due_after_them(desk: Desk) -> None:
    kind = await a_type(
        desk, tasks=[each | {"when": ""} for each in PLAN if each["key"] != "press"]
    )
    case = await desk.case(case_type_id=str(kind["id"]))
    found = await tasks_of(desk, case)
    opened = parse_rfc3339(str(plain(found["Ask the customer"]["opened_at"])))
    hours = {
        subject: (parse_rfc3339(str(plain(row["due_at"]))) - opened) / timedelta(hours=1)
        for subject, row in found.items()
    }
    assert hours == {"Ask the customer": 4.0, "Pay back": 12.0, "Write the letter": 36.0}
    links = await desk.admin.list("case_task_dependencies", case_id=str(case["id"]))
    names = {str(row["id"]): subject for subject, row in found.items()}
    assert {(names[str(x["task_id"])], names[str(x["depends_on_id"])]) for x in links} == {
        ("Pay back", "Ask the customer"),
        ("Write the letter", "Pay back"),
        ("Write the letter", "Ask the customer"),
    }


async def test_a_playbook_that_cannot_work_is_refused_with_every_fault(desk: Desk) -> None:
    broken = [
        {"key": "ask", "subject": "Ask", "when": "case.colour == 1"},
        {"key": "ask", "subject": "Ask again", "when": "case."},
        {"key": "a", "subject": "A", "after": ["b", "z", "last"]},
        {"key": "b", "subject": "B", "after": ["a"]},
        {"key": "last", "subject": "Last", "step": 2},
    ]
    with pytest.raises(Invalid) as refused:
        await a_type(desk, tasks=broken)
    assert {(f.pointer, f.code) for f in refused.value.faults} == {
        ("/tasks/1/key", "duplicate"),
        ("/tasks/2/after/0", "circle"),
        ("/tasks/2/after/1", "not_found"),
        ("/tasks/2/after/2", "order"),
        ("/tasks/3/after/0", "circle"),
        ("/tasks/0/when", "rule"),
        ("/tasks/1/when", "rule"),
    }
    assert await desk.admin.list("case_types") == []


async def test_an_admin_sees_what_a_sample_case_would_get_and_nothing_is_kept(desk: Desk) -> None:
    body: dict[str, Any] = {
        "tasks": PLAN, "priorities": {"1-1": 1},
        "stages": [{"key": "intake", "name": "Intake", "state": "new"}],
    }  # fmt: skip
    sample = {"category": "Bill", "impact": 1, "urgency": 1, "custom": {"amount": 80}}
    told = plain(await desk.admin.do("case_types.preview", **body, sample=sample))
    assert (told["priority"], told["stage"], told["left_out"]) == (1, "Intake", [])
    assert [(t["key"], t["waits_for"], t["due_hours"]) for t in told["tasks"]] == [
        ("ask", [], 4),
        ("press", [], None),
        ("refund", ["ask", "press"], 12),
        ("letter", ["refund", "ask"], 36),
    ]
    told = plain(await desk.admin.do("case_types.preview", **body))
    assert [(t["key"], t["waits_for"], t["due_hours"]) for t in told["tasks"]] == [
        ("ask", [], 4),
        ("letter", ["ask"], 28),
    ]
    assert told["left_out"] == ["Tell the press office", "Pay back"]
    assert await desk.admin.list("case_types") == []
    with pytest.raises(Forbidden):
        await desk.agent.do("case_types.preview", **body)


KEYS = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8)


@st.composite
def plans(draw: st.DrawFn) -> list[PlannedTask]:
    keys = draw(KEYS)
    return [
        PlannedTask(
            key=key, subject=key, step=draw(st.integers(1, 3)),
            after=draw(st.lists(st.sampled_from(keys), unique=True, max_size=3)),
            due_hours=draw(st.none() | st.integers(1, 9)),
            due_from=draw(st.sampled_from(["opening", "turn"])),
        )
        for key in keys
    ]  # fmt: skip


@given(plans(), st.sets(st.sampled_from("abcdefgh")))
def test_whatever_plan_is_accepted_every_needed_task_comes_after_what_it_waits_for(
    plan: list[PlannedTask], wanted: set[str]
) -> None:
    if list(plan_faults(plan)):
        return
    needed = [task for task in plan if task.key in wanted]
    found = placed(needed, plan)
    assert {each.task.key for each in found} == {task.key for task in needed}
    order = [each.task.key for each in found]
    for place, each in enumerate(found):
        assert set(each.waits_for) <= set(order[:place])
