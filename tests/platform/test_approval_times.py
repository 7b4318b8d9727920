"""The time of a level: only working time counts, whatever lies between."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.platform.approvals.models import ApprovalStep
from backend.platform.approvals.times import resume, start
from backend.platform.calendars.rules import ROUND_THE_CLOCK, WorkingHours
from backend.platform.calendars.schedule import working_between
from infra.kernel.errors import Invalid
from tests.platform.consent import Desk, Member, people
from tests.world import World

_DAY = ((9 * 60, 17 * 60),)
_HALF_DAYS = [
    {"weekday": day, "opens": "00:00", "closes": "12:00"}
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
]
OFFICE = WorkingHours("UTC", (_DAY,) * 5 + ((),) * 2, holidays=frozenset({date(2026, 5, 25)}))
"""Nine to five from Monday to Friday, closed on Whit Monday."""
MORNINGS = WorkingHours("UTC", (((0, 12 * 60),),) * 7)

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
HOURS = st.sampled_from([OFFICE, ROUND_THE_CLOCK])


@pytest.fixture
async def desk(world: World) -> Desk:
    return Desk(world, await world.tenant())


def at(day: int, hour: int, month: int = 5) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def opened(when: datetime, hours: WorkingHours, due: int, remind: int) -> ApprovalStep:
    step = ApprovalStep()
    start(step, when, hours, due_hours=due, remind_hours=remind)
    return step


def test_a_weekend_and_a_holiday_do_not_count() -> None:
    step = opened(at(22, 16), OFFICE, 4, 2)  # the Friday before Whit Monday
    assert (step.remind_at, step.due_at) == (at(26, 10), at(26, 12))


def test_what_is_asked_outside_hours_begins_with_the_next_ones() -> None:
    step = opened(at(23, 11), OFFICE, 8, 1)
    assert (step.remind_at, step.due_at) == (at(26, 10), at(26, 17))


def test_without_a_time_nothing_is_due() -> None:
    step = ApprovalStep()
    start(step, at(22, 16), OFFICE, due_hours=None, remind_hours=None)
    assert (step.opened_at, step.due_at, step.remind_at) == (at(22, 16), None, None)


def test_a_hold_leaves_what_was_left_of_the_working_time() -> None:
    step = opened(at(22, 10), OFFICE, 8, 2)
    step.held_at = at(22, 16)  # reminded at twelve; two hours are left
    resume(step, at(24, 12), OFFICE)  # answered on Sunday
    assert (step.remind_at, step.due_at, step.held_at) == (at(22, 12), at(26, 11), None)


@given(begin=MOMENTS, due=st.integers(1, 300), hours=HOURS)
def test_the_time_until_it_is_due_is_the_working_time_given(
    begin: datetime, due: int, hours: WorkingHours
) -> None:
    step = opened(begin, hours, due, due)
    assert step.due_at is not None
    assert working_between(begin, step.due_at, hours) == timedelta(hours=due)
    assert step.remind_at == step.due_at


@given(
    begin=MOMENTS,
    due=st.integers(1, 100),
    before=st.integers(0, 20_000),
    held=st.integers(0, 20_000),
    hours=HOURS,
)
def test_a_hold_neither_takes_time_nor_gives_any(
    begin: datetime, due: int, before: int, held: int, hours: WorkingHours
) -> None:
    step = opened(begin, hours, due, due)
    was_due = step.due_at
    assert was_due is not None
    step.held_at = begin + timedelta(minutes=before)
    on = step.held_at + timedelta(minutes=held)
    worked = working_between(begin, step.held_at, hours)
    resume(step, on, hours)
    assert step.due_at is not None
    if was_due <= begin + timedelta(minutes=before):
        assert step.due_at == was_due, "what was over stays over"
    else:
        assert worked + working_between(on, step.due_at, hours) == timedelta(hours=due)


async def test_a_level_counts_by_its_own_calendar_else_by_the_rules_else_by_the_tenants(
    desk: Desk,
) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    halves = await desk.admin.do("calendars.create", name="Mornings", zone="UTC", hours=_HALF_DAYS)
    whole = [day | {"closes": "24:00"} for day in _HALF_DAYS]
    await desk.admin.do("calendars.create", name="Always", zone="UTC", hours=whole)
    level = {"approvers": [people(boss)], "due_hours": 24}
    rule = await desk.rule("all", level, calendar_id=str(halves["id"]))
    assert await _counted_by(desk, agent) == MORNINGS
    own = [level | {"calendar": "Always"}]
    await desk.admin.do("approval_rules.update", rule["id"], levels=own)
    assert await _counted_by(desk, agent) == ROUND_THE_CLOCK
    await desk.admin.do("approval_rules.update", rule["id"], levels=[level], calendar_id=None)
    assert await _counted_by(desk, agent) == ROUND_THE_CLOCK
    await desk.admin.do("calendars.update", halves["id"], is_default=True)
    assert await _counted_by(desk, agent) == MORNINGS


async def _counted_by(desk: Desk, agent: Member) -> WorkingHours:
    """By which hours the day that a level has is counted: mornings alone take longer than a day."""
    request = await desk.asked(agent, await desk.case(agent))
    (step,) = await desk.admin.list("approval_steps", request_id=str(request["id"]))
    (seat,) = await desk.admin.list("approvals", request_id=str(request["id"]))
    assert seat["due_at"] == step["due_at"]
    begin, end = step["opened_at"], step["due_at"]
    (found,) = [
        hours
        for hours in (MORNINGS, ROUND_THE_CLOCK)
        if working_between(begin, end, hours) == timedelta(hours=24)
    ]
    return found


async def test_a_calendar_that_there_is_not_is_refused(desk: Desk) -> None:
    boss = await desk.member("Bea Boss")
    with pytest.raises(Invalid) as refused:
        await desk.rule("all", {"approvers": [people(boss)], "calendar": "Nowhere"})
    assert [fault.pointer for fault in refused.value.faults] == ["/levels/0/calendar"]
