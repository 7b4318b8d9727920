"""How a promise of time runs, waits, is kept or is broken."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.platform.calendars.rules import ROUND_THE_CLOCK, WorkingHours
from backend.platform.calendars.schedule import working_between
from backend.platform.slas import rules
from backend.platform.slas.models import SlaState, Target, TaskKind, TaskSla
from backend.platform.slas.rules import Definition, choose_definition

NINE = datetime(2026, 11, 20, 9, tzinfo=UTC)
OFFICE = WorkingHours("UTC", (((540, 1020),),) * 5 + ((), ()))
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def promise(minutes: int = 240, hours: WorkingHours = OFFICE, **given: object) -> TaskSla:
    sla = TaskSla(
        kind=TaskKind.CASES,
        record_id=uuid4(),
        target=Target.RESOLUTION,
        target_minutes=minutes,
        warning_percent=75,
        started_at=NINE,
        pauses=[],
        **given,
    )
    rules.count(sla, hours)
    return sla


def test_a_promise_warns_at_its_percentage_and_is_due_at_its_target() -> None:
    sla = promise()
    assert (sla.warn_at, sla.due_at) == (NINE + 3 * HOUR, NINE + 4 * HOUR)
    assert rules.next_moment(sla) == sla.warn_at


def test_a_pause_takes_nothing_from_the_promise() -> None:
    sla = promise()
    rules.pause(sla, NINE + HOUR)
    assert sla.state is SlaState.PAUSED
    monday = NINE + timedelta(days=3)
    rules.resume(sla, monday, OFFICE)
    assert (sla.state, sla.due_at, sla.paused_at) == (SlaState.RUNNING, monday + 3 * HOUR, None)
    assert sla.warn_at == monday + 2 * HOUR
    assert sla.pauses == [{"from": (NINE + HOUR).isoformat(), "to": monday.isoformat()}]


def test_an_answer_in_time_keeps_the_promise() -> None:
    sla = promise()
    assert not rules.settle(sla, NINE + HOUR)
    rules.stop(sla, NINE + HOUR)
    assert (sla.state, sla.stopped_at, sla.breached_at) == (SlaState.MET, NINE + HOUR, None)


def test_a_late_answer_leaves_the_breach_at_the_minute_it_happened() -> None:
    sla = promise()
    late = NINE + 5 * HOUR
    assert rules.settle(sla, late)
    assert not rules.settle(sla, late)
    rules.stop(sla, late)
    assert (sla.state, sla.breached_at, sla.stopped_at) == (SlaState.BREACHED, sla.due_at, late)


def test_the_last_instant_is_already_late() -> None:
    sla = promise()
    assert not rules.settle(sla, sla.due_at - MINUTE)
    assert rules.settle(sla, sla.due_at)


def test_a_waiting_promise_is_not_broken_however_long_it_waits() -> None:
    sla = promise()
    rules.pause(sla, NINE + HOUR)
    assert not rules.settle(sla, NINE + timedelta(days=400))


def test_it_warns_once() -> None:
    sla = promise()
    assert not rules.warn(sla, sla.warn_at - MINUTE)
    assert rules.warn(sla, sla.warn_at)
    assert not rules.warn(sla, sla.warn_at)
    assert rules.next_moment(sla) == sla.due_at


def test_an_answer_that_did_not_hold_lets_the_clock_run_on() -> None:
    sla = promise()
    rules.stop(sla, NINE + HOUR)
    rules.restart(sla, NINE + 2 * HOUR, OFFICE)
    assert (sla.state, sla.stopped_at, sla.due_at) == (SlaState.RUNNING, None, NINE + 5 * HOUR)


def test_a_first_response_is_given_once() -> None:
    sla = promise()
    sla.target = Target.RESPONSE
    rules.stop(sla, NINE + HOUR)
    rules.restart(sla, NINE + 2 * HOUR, OFFICE)
    assert sla.state is SlaState.MET


def test_what_is_cancelled_stays_cancelled() -> None:
    sla = promise()
    rules.cancel(sla, NINE + HOUR)
    rules.stop(sla, NINE + 2 * HOUR)
    rules.resume(sla, NINE + 2 * HOUR, OFFICE)
    assert (sla.state, sla.stopped_at) == (SlaState.CANCELLED, NINE + HOUR)


def test_another_target_counts_what_has_been_worked() -> None:
    sla = promise()
    rules.recount(sla, 480, OFFICE, NINE + HOUR)
    assert (sla.target_minutes, sla.due_at) == (480, NINE + 8 * HOUR)


def test_a_calendar_that_never_opens_again_gives_the_end_of_reach_and_no_error() -> None:
    sla = promise(hours=WorkingHours("UTC", ((),) * 7))
    assert sla.due_at > NINE + timedelta(days=3_000)


steps = st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 3_000)), max_size=6)


@given(st.integers(1, 3_000), steps)
def test_worked_time_without_the_pauses_is_the_target(
    minutes: int, gaps: list[tuple[int, int]]
) -> None:
    sla, now = promise(minutes), NINE
    for run, wait in gaps:
        now += run * MINUTE
        if now >= sla.due_at:
            break
        rules.pause(sla, now)
        now += wait * MINUTE
        rules.resume(sla, now, OFFICE)
    worked = working_between(sla.started_at, sla.due_at, OFFICE)
    for gap in sla.pauses:
        start, end = (datetime.fromisoformat(gap[name]) for name in ("from", "to"))
        worked -= working_between(start, end, OFFICE)
    assert worked == minutes * MINUTE


def definition(number: int, **given: object) -> Definition:
    values: dict[str, object] = {
        "priority": None,
        "tier": None,
        "response_minutes": 60,
        "resolution_minutes": 240,
        "warning_percent": 75,
        "calendar_id": None,
    }
    return Definition(id=UUID(int=number), name=f"D{number}", **(values | given))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("priority", "tier", "chosen"),
    [(1, "gold", 4), (1, None, 2), (2, "gold", 3), (3, None, 1), (3, "bronze", 1)],
)
def test_the_most_specific_definition_holds(priority: int, tier: str | None, chosen: int) -> None:
    known = [
        definition(1),
        definition(2, priority=1),
        definition(3, tier="gold"),
        definition(4, tier="gold", priority=1),
    ]
    found = choose_definition(known, priority=priority, tier=tier)
    assert found is not None
    assert found.id == UUID(int=chosen)


def test_no_definition_is_an_answer_too() -> None:
    assert choose_definition([definition(1, tier="gold")], priority=1, tier=None) is None
    assert ROUND_THE_CLOCK.has_working_day
