from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from infra.kernel import database
from infra.kernel.clock import (
    Moment,
    ZoneName,
    day_span,
    local_moment,
    parse_rfc3339,
    rfc3339,
    zone,
)
from infra.kernel.config import Settings

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_moment_is_shown_in_utc() -> None:
    east = timezone(timedelta(hours=2))
    assert rfc3339(datetime(2026, 7, 1, 11, 30, tzinfo=east)) == "2026-07-01T09:30:00Z"
    with pytest.raises(ValueError, match="without a zone"):
        rfc3339(datetime(2026, 7, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-07-01T11:30:00+02:00", datetime(2026, 7, 1, 9, 30, tzinfo=UTC)),
        ("2026-07-01t09:30:00.5z", datetime(2026, 7, 1, 9, 30, 0, 500_000, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2026-01-01T00:00:00.123456789Z", datetime(2026, 1, 1, 0, 0, 0, 123_456, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read(text: str, expected: datetime) -> None:
    assert parse_rfc3339(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-07-01",
        "2026-07-01T09:30:00",
        "2026-13-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:60Z",
        "٢٠٢٦-07-01T09:30:00Z",
        "",
        "now",
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="moment"):
        parse_rfc3339(text)


def test_a_skipped_hour_is_the_moment_the_clocks_jump() -> None:
    berlin = zone("Europe/Berlin")
    jump = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert local_moment(date(2026, 3, 29), time(2, 30), berlin) == jump
    assert local_moment(date(2026, 3, 29), time(3, 0), berlin) == jump


def test_of_an_hour_that_occurs_twice_the_first_is_meant() -> None:
    twice = local_moment(date(2026, 10, 25), time(2, 30), zone("Europe/Berlin"))
    assert twice == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_days_have_23_24_or_25_hours() -> None:
    berlin = zone("Europe/Berlin")
    hours = []
    for day in (date(2026, 3, 29), date(2026, 6, 1), date(2026, 10, 25)):
        first, last = day_span(day, berlin)
        hours.append((last - first) / timedelta(hours=1))
    assert hours == [23, 24, 25]


@pytest.mark.parametrize("name", ["../../etc/passwd", "Mars/Base", "", "europe/berlin", "/etc"])
def test_only_zones_of_the_database_are_known(name: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        zone(name)
    with pytest.raises(ValidationError):
        TypeAdapter(ZoneName).validate_python(name)


def test_a_moment_of_the_input_must_carry_its_offset() -> None:
    adapter: TypeAdapter[datetime] = TypeAdapter(Moment)
    assert adapter.validate_python("2026-01-01T01:00:00+01:00") == datetime(2026, 1, 1, tzinfo=UTC)
    for text in ("2026-01-01T01:00:00", "0001-01-01T00:00:00+14:00"):
        with pytest.raises(ValidationError):
            adapter.validate_python(text)


class SlowLine:
    """A database whose clock stands still, and answers that take as long as they are told to."""

    def __init__(self, *answers: float) -> None:
        self.asked, self._answers, self._passed = 0, list(answers), 0.0

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator["SlowLine"]:
        yield self

    async def fetchval(self, _sql: str) -> datetime:
        self.asked += 1
        read = EPOCH + timedelta(seconds=self._passed)
        self._passed += self._answers.pop(0)
        return read

    def monotonic(self) -> float:
        return self._passed


@pytest.mark.parametrize(("answers", "asked"), [((0.004,), 1), ((3.0, 2.0, 0.02, 1.0), 4)])
async def test_a_busy_machine_takes_the_clock_from_its_quickest_reading(
    monkeypatch: pytest.MonkeyPatch, answers: tuple[float, ...], asked: int
) -> None:
    line: Any = SlowLine(*answers)
    monkeypatch.setattr(database, "time", line)
    kept = database.Database(line, Settings(app_dsn="", redis_url=""))
    await kept._sync_clock()
    apart = abs(kept.now() - (EPOCH + timedelta(seconds=line.monotonic())))
    assert apart <= timedelta(seconds=min(answers) / 2, microseconds=2)
    assert line.asked == asked
