"""Working time against an oracle that asks the wall clock, minute by minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.platform.calendars.holidays import holidays_of
from backend.platform.calendars.rules import ROUND_THE_CLOCK, NeverOpens, WorkingHours
from backend.platform.calendars.schedule import (
    CHAPTER_DAYS,
    add_working_time,
    is_open,
    spans_from,
    working_between,
)

NINE_TO_FIVE = (((540, 1020),),) * 5 + ((), ())
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
    always = WorkingHours("Europe/Berlin", (((0, 1440),),) * 7)
    spring = working_between(berlin(29, 0, month=3), berlin(30, 0, month=3), always)
    autumn = working_between(berlin(25, 0, month=10), berlin(26, 0, month=10), always)
    assert (spring, autumn) == (timedelta(hours=23), timedelta(hours=25))


def test_a_calendar_without_a_working_day_never_ends_in_a_loop() -> None:
    with pytest.raises(NeverOpens):
        add_working_time(berlin(20, 9), MINUTE, WorkingHours("UTC", ((),) * 7))


# One day in each of these is a holiday of the country or of the region alone.
PLACES = ((None, None), ("DE", None), ("DE", "SN"), ("US", "TX"))


@st.composite
def windows(draw: st.DrawFn, least: int = 0) -> tuple[tuple[int, int], ...]:
    """Windows of a day with breaks between them."""
    edges = sorted(draw(st.sets(st.integers(0, 1440), min_size=2 * least, max_size=6)))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> WorkingHours:
    week = (*(draw(windows()) for _ in range(6)), draw(windows(1)))
    base = draw(st.sampled_from(CHANGES)).date()
    near = st.integers(-3, 3).map(lambda days: base + timedelta(days=days))
    country, region = draw(st.sampled_from(PLACES))
    return WorkingHours(
        draw(st.sampled_from(ZONES)),
        week,
        draw(st.frozensets(near, max_size=2)),
        country,
        region,
        tuple(draw(st.dictionaries(near, windows(), max_size=2)).items()),
    )


@st.composite
def starts(draw: st.DrawFn) -> datetime:
    return draw(st.sampled_from(CHANGES)) + timedelta(minutes=draw(st.integers(-2_880, 2_880)))


def works(at: datetime, hours: WorkingHours) -> bool:
    """What the wall clock says, without any of our arithmetic."""
    wall = at.astimezone(ZoneInfo(hours.zone))
    day, minute = wall.date(), wall.hour * 60 + wall.minute
    given = dict(hours.exceptions).get(day)
    if given is None:
        public = holidays_of(hours.country, hours.region, day.year) if hours.country else {}
        given = () if day in hours.holidays or day in public else hours.windows[day.weekday()]
    return any(opens <= minute < closes for opens, closes in given)


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


@settings(max_examples=80, deadline=None)
@given(calendars(), starts(), st.integers(1, 5_000))
def test_the_spans_up_to_a_deadline_sum_to_its_target(
    hours: WorkingHours, start: datetime, minutes: int
) -> None:
    target = timedelta(minutes=minutes)
    due = add_working_time(start, target, hours)
    worked = timedelta(0)
    for begin, end in spans_from(start, hours):
        if begin >= due:
            break
        worked += min(end, due) - begin
    assert worked == target


def test_a_lunch_break_is_no_working_time() -> None:
    split = WorkingHours("Europe/Berlin", (((540, 720), (780, 1020)),) * 5 + ((), ()))
    assert add_working_time(berlin(20, 11, 30), timedelta(hours=1), split) == berlin(20, 13, 30)
    assert not is_open(berlin(20, 12, 30), split)
    assert working_between(berlin(20, 0), berlin(21, 0), split) == timedelta(hours=7)


def test_a_regional_holiday_closes_in_its_region_alone() -> None:
    # The day of repentance is a holiday in Saxony: Wednesday the 18th of November 2026.
    saxony = WorkingHours("Europe/Berlin", NINE_TO_FIVE, country="DE", region="SN")
    bavaria = WorkingHours("Europe/Berlin", NINE_TO_FIVE, country="DE", region="BY")
    start = berlin(17, 16)
    assert add_working_time(start, timedelta(hours=2), saxony) == berlin(19, 10)
    assert add_working_time(start, timedelta(hours=2), bavaria) == berlin(18, 10)


def test_a_special_opening_beats_the_weekday_and_the_holiday() -> None:
    sunday = (berlin(22, 0).date(), ((600, 660),))
    holiday = frozenset({berlin(22, 0).date()})
    hours = WorkingHours("Europe/Berlin", NINE_TO_FIVE, holiday, exceptions=(sunday,))
    assert add_working_time(berlin(20, 17), timedelta(hours=1), hours) == berlin(22, 11)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_where_two_chapters_meet_nothing_is_lost_or_counted_twice(zone: str) -> None:
    hours = WorkingHours(zone, (((60, 1380),),) * 7)
    edge = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=CHAPTER_DAYS * 162)
    for quarter in range(-300, 300):
        start = edge + timedelta(minutes=15 * quarter)
        oracle = sum(works(start + timedelta(minutes=m), hours) for m in range(1440))
        assert working_between(start, start + timedelta(days=1), hours) == oracle * MINUTE
        due = add_working_time(start, timedelta(hours=30), hours)
        assert working_between(start, due, hours) == timedelta(hours=30)


def test_a_deadline_beyond_ten_years_is_not_reached() -> None:
    once_a_week = WorkingHours("UTC", (((540, 541),), (), (), (), (), (), ()))
    assert add_working_time(berlin(20, 9), 520 * MINUTE, once_a_week).year == 2036
    with pytest.raises(NeverOpens):
        add_working_time(berlin(20, 9), 600 * MINUTE, once_a_week)
