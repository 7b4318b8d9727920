"""Working time against an oracle that asks the wall clock, minute by minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.platform.calendars.rules import (
    ROUND_THE_CLOCK,
    NeverOpens,
    WorkingHours,
    add_working_time,
    is_open,
    working_between,
)

NINE_TO_FIVE = ((540, 1020),) * 5 + (None, None)
BERLIN = WorkingHours("Europe/Berlin", NINE_TO_FIVE)
MINUTE = timedelta(minutes=1)

# Zones whose clocks change at midnight, by half an hour, at odd offsets, or not at all.
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Kathmandu",
    "America/Havana",
    "Africa/Cairo",
)
CHANGES = (
    datetime(2026, 3, 29, tzinfo=UTC),
    datetime(2026, 10, 25, tzinfo=UTC),
    datetime(2026, 3, 8, tzinfo=UTC),
    datetime(2026, 11, 1, tzinfo=UTC),
    datetime(2026, 4, 4, tzinfo=UTC),
    datetime(2026, 9, 6, tzinfo=UTC),
    datetime(2026, 4, 24, tzinfo=UTC),
)


def berlin(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        (berlin(20, 10), 60, berlin(20, 11)),
        (berlin(20, 16, 30), 60, berlin(23, 9, 30)),  # a Friday evening runs on from Monday
        (berlin(21, 12), 60, berlin(23, 10)),
        (berlin(20, 9), 480, berlin(20, 17)),
        (berlin(20, 17), 1, berlin(23, 9, 1)),
        (berlin(20, 8), 0, berlin(20, 8)),
    ],
)
def test_the_clock_runs_only_while_the_desk_is_open(
    start: datetime, minutes: int, due: datetime
) -> None:
    assert add_working_time(start, timedelta(minutes=minutes), BERLIN) == due


def test_a_holiday_is_no_working_day() -> None:
    closed = WorkingHours("Europe/Berlin", NINE_TO_FIVE, frozenset({date(2026, 11, 23)}))
    assert add_working_time(berlin(20, 16), timedelta(hours=2), closed) == berlin(24, 10)


def test_two_cases_opened_overnight_are_due_at_the_same_minute() -> None:
    dues = {add_working_time(berlin(20, hour), timedelta(hours=1), BERLIN) for hour in (18, 23)}
    assert dues == {berlin(23, 10)}


def test_round_the_clock_is_plain_addition() -> None:
    start = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
    assert add_working_time(start, timedelta(days=2), ROUND_THE_CLOCK) == start + timedelta(days=2)


def test_an_all_day_window_has_23_hours_when_clocks_go_forward_and_25_when_they_go_back() -> None:
    always = WorkingHours("Europe/Berlin", ((0, 1440),) * 7)
    spring = working_between(berlin(29, 0, month=3), berlin(30, 0, month=3), always)
    autumn = working_between(berlin(25, 0, month=10), berlin(26, 0, month=10), always)
    assert (spring, autumn) == (timedelta(hours=23), timedelta(hours=25))


def test_a_calendar_without_a_working_day_never_ends_in_a_loop() -> None:
    with pytest.raises(NeverOpens):
        add_working_time(berlin(20, 9), MINUTE, WorkingHours("UTC", (None,) * 7))


@st.composite
def calendars(draw: st.DrawFn) -> WorkingHours:
    def window() -> tuple[int, int] | None:
        opens = draw(st.integers(0, 1439))
        closes = draw(st.integers(opens + 1, 1440))
        return (opens, closes) if draw(st.booleans()) else None

    windows = (*(window() for _ in range(6)), (draw(st.integers(0, 200)), 1440))
    base = draw(st.sampled_from(CHANGES)).date()
    holidays = frozenset(
        base + timedelta(days=days) for days in draw(st.sets(st.integers(-3, 3), max_size=2))
    )
    return WorkingHours(draw(st.sampled_from(ZONES)), windows, holidays)


@st.composite
def starts(draw: st.DrawFn) -> datetime:
    return draw(st.sampled_from(CHANGES)) + timedelta(minutes=draw(st.integers(-2_880, 2_880)))


def works(at: datetime, hours: WorkingHours) -> bool:
    wall = at.astimezone(ZoneInfo(hours.zone))
    window = hours.windows[wall.weekday()]
    if window is None or wall.date() in hours.holidays:
        return False
    return window[0] <= wall.hour * 60 + wall.minute < window[1]


@settings(max_examples=60, deadline=None)
@given(calendars(), starts(), st.integers(1, 1_500))
def test_a_deadline_is_where_the_minutes_of_the_wall_clock_run_out(
    hours: WorkingHours, start: datetime, minutes: int
) -> None:
    at, left = start, minutes
    for _ in range(40_000):
        if works(at, hours):
            left -= 1
        at += MINUTE
        if not left:
            break
    assert add_working_time(start, timedelta(minutes=minutes), hours) == at


@settings(max_examples=60, deadline=None)
@given(calendars(), starts(), st.integers(0, 4_000))
def test_working_time_between_is_the_count_of_open_minutes(
    hours: WorkingHours, start: datetime, minutes: int
) -> None:
    moments = [start + timedelta(minutes=each) for each in range(minutes)]
    open_minutes = [is_open(at, hours) for at in moments]
    assert open_minutes == [works(at, hours) for at in moments]
    end = start + timedelta(minutes=minutes)
    assert working_between(start, end, hours) == timedelta(minutes=sum(open_minutes))


@settings(max_examples=80, deadline=None)
@given(calendars(), starts(), st.integers(1, 5_000))
def test_the_working_time_up_to_a_deadline_is_its_target(
    hours: WorkingHours, start: datetime, minutes: int
) -> None:
    target = timedelta(minutes=minutes)
    assert working_between(start, add_working_time(start, target, hours), hours) == target
