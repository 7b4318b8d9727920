"""Views are mailed at an hour of the tenant's own day, across the change of clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.service.insights.models import Cadence
from backend.service.insights.schedule import next_sending

BERLIN = "Europe/Berlin"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "cadence", "hour", "day", "expected"),
    [
        ("2026-03-28T07:00", Cadence.DAILY, 7, 1, "2026-03-29T05:00"),  # an hour less that night
        ("2026-10-24T06:00", Cadence.DAILY, 7, 1, "2026-10-25T06:00"),  # an hour more
        ("2026-03-28T02:00", Cadence.DAILY, 2, 1, "2026-03-29T01:00"),  # two o'clock is left out
        ("2026-11-27T06:00", Cadence.DAILY, 7, 1, "2026-11-28T06:00"),  # at that moment: tomorrow
        ("2026-11-27T12:00", Cadence.WEEKLY, 7, 1, "2026-11-30T06:00"),
        ("2026-01-31T12:00", Cadence.MONTHLY, 7, 31, "2026-02-28T06:00"),
        ("2026-02-28T06:00", Cadence.MONTHLY, 7, 31, "2026-03-31T05:00"),
    ],
)
def test_the_hour_is_that_of_the_place(
    after: str, cadence: Cadence, hour: int, day: int, expected: str
) -> None:
    assert next_sending(at(after), cadence, hour, day, BERLIN) == at(expected)


def test_what_is_never_mailed_has_no_next_time() -> None:
    assert next_sending(at("2026-01-01T00:00"), Cadence.NEVER, 7, 1, BERLIN) is None


@given(
    st.integers(0, 15 * 365 * 24 * 60),
    st.sampled_from([Cadence.DAILY, Cadence.WEEKLY, Cadence.MONTHLY]),
    st.integers(0, 23), st.integers(1, 31),
    st.sampled_from([BERLIN, "America/Santiago", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
)  # fmt: skip
def test_the_next_time_is_later_and_soon_enough(
    minutes: int, cadence: Cadence, hour: int, day: int, zone: str
) -> None:
    began = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    moment = next_sending(began, cadence, hour, day, zone)
    assert moment is not None
    most = {Cadence.DAILY: 2, Cadence.WEEKLY: 8, Cadence.MONTHLY: 32}[cadence]
    assert timedelta(0) < moment - began <= timedelta(days=most)
    local = moment.astimezone(ZoneInfo(zone))
    assert local.hour in {hour, (hour + 1) % 24}
