"""A calendar as people write it."""

from datetime import date

from backend.platform.calendars.week import Opening, minutes_of, week_faults, working_hours

MONDAY = Opening(weekday="monday", opens="09:00", closes="17:00")


def test_a_week_becomes_minutes() -> None:
    hours = working_hours(
        {
            "zone": "Europe/Berlin",
            "hours": [
                {"weekday": "monday", "opens": "09:00", "closes": "17:30"},
                {"weekday": "sunday", "opens": "00:00", "closes": "24:00"},
            ],
            "holidays": ["2026-12-25"],
        }
    )
    assert hours.windows == ((540, 1050), None, None, None, None, None, (0, 1440))
    assert hours.holidays == {date(2026, 12, 25)}


def test_the_end_of_the_day_is_written_24() -> None:
    assert minutes_of("24:00") == 1440


def test_a_calendar_without_a_working_day_is_refused() -> None:
    assert [fault.code for fault in week_faults("UTC", [], [])] == ["no_working_day"]


def test_every_fault_of_a_week_is_named_at_once() -> None:
    backwards = Opening(weekday="monday", opens="17:00", closes="09:00")
    faults = week_faults("Mars/Olympus", [MONDAY, backwards], [])
    assert [fault.pointer for fault in faults] == [
        "/zone",
        "/hours/1/weekday",
        "/hours/1/closes",
    ]


def test_a_good_week_has_no_fault() -> None:
    assert week_faults("Asia/Kathmandu", [MONDAY], [date(2026, 12, 25)]) == []
