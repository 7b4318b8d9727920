"""A calendar as people write it."""

from datetime import UTC, date, datetime, timedelta

from backend.platform.calendars.week import (
    Opening,
    SpecialDay,
    Window,
    calendar_faults,
    minutes_of,
    opens_within_a_year,
    working_hours,
)

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
    assert hours.windows == (((540, 1050),), (), (), (), (), (), ((0, 1440),))
    assert hours.holidays == {date(2026, 12, 25)}


def test_the_end_of_the_day_is_written_24() -> None:
    assert minutes_of("24:00") == 1440


def test_a_calendar_without_a_working_day_is_refused() -> None:
    assert [fault.code for fault in calendar_faults("UTC", [], [])] == ["no_working_day"]


def test_every_fault_of_a_week_is_named_at_once() -> None:
    backwards = Opening(weekday="monday", opens="17:00", closes="09:00")
    day = date(2026, 12, 24)
    overlapping = (Window(opens="09:00", closes="12:00"), Window(opens="11:00", closes="13:00"))
    faults = calendar_faults(
        "Mars/Olympus",
        [MONDAY, backwards],
        [day] * 1_001,
        "QQ",
        exceptions=[SpecialDay(date=day), SpecialDay(date=day, windows=overlapping)],
    )
    assert [fault.pointer for fault in faults] == [
        "/zone",
        "/hours/1/closes",
        "/holidays",
        "/country",
        "/exceptions/1/date",
        "/exceptions/1/windows/1/opens",
    ]


def test_a_good_week_has_no_fault() -> None:
    assert calendar_faults("Asia/Kathmandu", [MONDAY], [date(2026, 12, 25)]) == []


def test_a_weekday_has_as_many_windows_as_it_needs_but_none_over_another() -> None:
    morning = Opening(weekday="monday", opens="08:00", closes="12:00")
    afternoon = Opening(weekday="monday", opens="12:30", closes="18:00")
    assert calendar_faults("UTC", [afternoon, morning], []) == []
    (fault,) = calendar_faults("UTC", [morning, MONDAY], [])
    assert (fault.pointer, fault.code) == ("/hours/1/opens", "overlap")


def test_a_region_is_one_of_its_country() -> None:
    assert calendar_faults("UTC", [MONDAY], [], "DE", "BY") == []
    (fault,) = calendar_faults("UTC", [MONDAY], [], "DE", "TX")
    assert (fault.pointer, fault.code) == ("/region", "region")
    (fault,) = calendar_faults("UTC", [MONDAY], [], None, "BY")
    assert (fault.pointer, fault.code) == ("/region", "country")


def test_a_week_whose_only_days_are_all_closed_has_no_working_day() -> None:
    first = date(2026, 11, 23)
    mondays = [(first + timedelta(weeks=week)).isoformat() for week in range(60)]
    stored = {"zone": "UTC", "hours": [MONDAY.model_dump()], "holidays": mondays}
    assert not opens_within_a_year(working_hours(stored), datetime(2026, 11, 20, tzinfo=UTC))
    stored["holidays"] = mondays[1:]
    assert opens_within_a_year(working_hours(stored), datetime(2026, 11, 20, tzinfo=UTC))
