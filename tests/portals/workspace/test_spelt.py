"""Opening hours and the steps of a run, as a page spells them out."""

from portals.workspace.records.spelt import outcome_lines, special_lines, week_lines


def test_days_in_a_row_with_the_same_hours_are_said_at_once() -> None:
    office = [("09:00", "12:00"), ("13:00", "17:00")]
    hours = [
        {"weekday": day, "opens": opens, "closes": closes}
        for opens, closes in office
        for day in ("monday", "tuesday", "thursday")
    ]
    assert week_lines(
        [*hours, {"weekday": "sunday", "opens": "10:00", "closes": "11:00"}], str
    ) == [
        "Monday – Tuesday: 09:00–12:00, 13:00–17:00",
        "Thursday: 09:00–12:00, 13:00–17:00",
        "Sunday: 10:00–11:00",
    ]


def test_a_special_day_says_its_hours_or_that_it_is_closed_and_why() -> None:
    noon = {"opens": "09:00", "closes": "12:00"}
    days = [
        {"date": "2026-12-24", "windows": [noon], "reason": ""},
        {"date": "2026-12-28", "windows": [], "reason": "Stocktaking"},
    ]
    assert special_lines(days, str) == [
        "2026-12-24: 09:00–12:00",
        "2026-12-28: Closed (Stocktaking)",
    ]


def test_each_step_of_a_run_says_what_it_was_and_what_became_of_it() -> None:
    told = [
        {"step": 0, "do": "act", "action": "cases.escalate", "outcome": "undone", "id": "x"},
        {"step": 1, "outcome": "failed", "fault": "invalid", "reason": "is missing"},
    ]
    assert outcome_lines(told, str) == ["1. Escalate: Undone", "2. Failed – is missing"]
