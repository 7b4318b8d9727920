"""Days of odd length, windows that meet at midnight, and deadlines at the edge of a window."""

from datetime import UTC, date, datetime, timedelta

import pytest

from backend.platform.calendars.rules import WorkingHours
from backend.platform.calendars.schedule import add_working_time, is_open, working_between
from tests.platform.test_working_time import works

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NIGHTS = (((0, 360), (1320, 1440)),) * 7
"""From ten in the evening to six in the morning."""
NINE_TO_FIVE = (((540, 1020),),) * 5 + ((), ())

CHANGES = [
    ("Australia/Lord_Howe", date(2026, 4, 5), "24:30:00"),
    ("Australia/Lord_Howe", date(2026, 10, 4), "23:30:00"),
    ("Pacific/Apia", date(2011, 12, 29), "24:00:00"),
    ("Pacific/Apia", date(2011, 12, 30), "0:00:00"),
    ("Pacific/Apia", date(2011, 12, 31), "24:00:00"),
    ("Pacific/Kwajalein", date(1993, 8, 21), "0:00:00"),
    ("Africa/Casablanca", date(2026, 2, 15), "25:00:00"),
    ("Africa/Casablanca", date(2026, 3, 22), "23:00:00"),
    ("Asia/Gaza", date(2026, 3, 28), "23:00:00"),
    ("Asia/Gaza", date(2026, 10, 24), "25:00:00"),
    ("Antarctica/Troll", date(2026, 3, 29), "22:00:00"),
    ("America/Santiago", date(2026, 9, 6), "23:00:00"),
    ("Europe/Dublin", date(2026, 10, 25), "25:00:00"),
    ("America/Nuuk", date(2026, 3, 28), "23:00:00"),
    ("Asia/Kathmandu", date(1986, 1, 1), "23:45:00"),
]


@pytest.mark.parametrize(("zone", "day", "length"), CHANGES)
def test_a_day_is_as_long_as_it_really_is(zone: str, day: date, length: str) -> None:
    hours = WorkingHours(zone, ((),) * 7, exceptions=((day, ((0, 1440),)),))
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    hour, minute, _ = map(int, length.split(":"))
    assert working_between(noon - 3 * DAY, noon + 3 * DAY, hours) == hour * HOUR + minute * MINUTE


@pytest.mark.parametrize(("zone", "day", "length"), CHANGES)
@pytest.mark.parametrize("week", [NIGHTS, (((75, 165), (200, 201)),) * 7])
def test_windows_of_a_night_on_which_clocks_change_are_those_of_the_wall(
    zone: str, day: date, length: str, week: tuple[tuple[tuple[int, int], ...], ...]
) -> None:
    hours = WorkingHours(zone, week)
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC) - DAY
    worked, due = 0, begin
    for number in range(3 * 1440):
        at = begin + number * MINUTE
        assert is_open(at, hours) == works(at, hours), at
        if works(at, hours):
            worked += 1
            due = at + MINUTE
    assert length
    assert working_between(begin, begin + 3 * DAY, hours) == worked * MINUTE
    assert add_working_time(begin, worked * MINUTE, hours) == due


def test_windows_that_meet_at_midnight_are_one_night() -> None:
    hours = WorkingHours("UTC", NIGHTS)
    friday = datetime(2026, 11, 27, 23, tzinfo=UTC)
    assert add_working_time(friday, 7 * HOUR, hours) == datetime(2026, 11, 28, 6, tzinfo=UTC)
    assert add_working_time(friday, 7 * HOUR + MINUTE, hours) == datetime(
        2026, 11, 28, 22, 1, tzinfo=UTC
    )
    assert is_open(datetime(2026, 11, 28, tzinfo=UTC), hours)


def test_a_deadline_at_the_end_of_a_window_is_that_end_and_not_the_next_morning() -> None:
    hours = WorkingHours("UTC", NINE_TO_FIVE)
    friday = datetime(2026, 11, 27, 9, tzinfo=UTC)
    closing = friday + 8 * HOUR
    assert add_working_time(friday, 8 * HOUR, hours) == closing
    assert not is_open(closing, hours)
    assert is_open(closing - timedelta(microseconds=1), hours)
    monday = datetime(2026, 11, 30, 9, tzinfo=UTC)
    for start in (closing, closing + HOUR, monday):
        assert add_working_time(start, timedelta(microseconds=1), hours) == monday + timedelta(
            microseconds=1
        )
    assert working_between(closing, monday, hours) == timedelta(0)


def test_a_day_may_have_as_many_windows_as_hours() -> None:
    hours = WorkingHours("UTC", (tuple((60 * n, 60 * n + 30) for n in range(24)),) * 7)
    begin = datetime(2026, 11, 27, tzinfo=UTC)
    assert working_between(begin, begin + DAY, hours) == 12 * HOUR
    assert add_working_time(begin, 12 * HOUR + MINUTE, hours) == begin + DAY + MINUTE


@pytest.mark.parametrize(
    ("country", "region", "day"),
    [
        ("US", None, date(2027, 12, 31)),  # New Year's Day of 2028 is a Saturday
        ("US", None, date(2027, 7, 5)),
        ("GB", "ENG", date(2027, 12, 28)),
        ("DE", "SN", date(2026, 11, 18)),
    ],
)
def test_a_holiday_is_kept_on_the_day_on_which_it_is_observed(
    country: str, region: str | None, day: date
) -> None:
    hours = WorkingHours("UTC", NINE_TO_FIVE, country=country, region=region)
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    assert hours.windows_on(day) == ()
    assert working_between(begin, begin + DAY, hours) == timedelta(0)
    plain = WorkingHours("UTC", NINE_TO_FIVE)
    assert working_between(begin, begin + DAY, plain) == 8 * HOUR


def test_half_a_holiday_is_worked_in_its_own_windows() -> None:
    eve = date(2026, 12, 25)
    hours = WorkingHours(
        "Europe/Berlin", NINE_TO_FIVE, country="DE", exceptions=((eve, ((540, 720),)),)
    )
    begin = datetime(2026, 12, 24, 23, tzinfo=UTC)
    assert working_between(begin, begin + DAY, hours) == 3 * HOUR
    assert add_working_time(begin, 4 * HOUR, hours) == datetime(2026, 12, 28, 9, tzinfo=UTC)
