"""How a promise of time runs, waits, is kept or is broken."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.platform.calendars.rules import WorkingHours
from backend.platform.calendars.schedule import working_between
from backend.platform.slas import rules
from backend.platform.slas.choosing import Asked, Definition, choose_calendar, choose_definition
from backend.platform.slas.models import SlaState, Target, TaskSla
from backend.platform.slas.terms import Terms, Verdict, judge, terms_of

NINE = datetime(2026, 11, 20, 9, tzinfo=UTC)
OFFICE = WorkingHours("UTC", (((540, 1020),),) * 5 + ((), ()))
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def promise(minutes: int = 240, hours: WorkingHours = OFFICE, **given: object) -> TaskSla:
    sla = TaskSla(
        kind="cases",
        record_id=uuid4(),
        target=Target.RESOLUTION,
        target_minutes=minutes,
        warning_percent=75,
        pauses=[],
        **given,
    )
    rules.begin(sla, NINE, hours)
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


def test_an_answer_that_did_not_hold_lets_the_clock_run_on() -> None:
    sla = promise()
    rules.stop(sla, NINE + HOUR)
    rules.restart(sla, NINE + 2 * HOUR, OFFICE)
    assert (sla.state, sla.stopped_at, sla.due_at) == (SlaState.RUNNING, None, NINE + 5 * HOUR)


def test_what_is_kept_while_it_was_held_was_due_later_by_that() -> None:
    sla = promise()
    rules.pause(sla, NINE + HOUR)
    kept = NINE + timedelta(days=3)
    rules.step(sla, Verdict(start=True, stop=True), kept, OFFICE)
    assert (sla.state, sla.stopped_at, sla.due_at) == (SlaState.MET, kept, kept + 3 * HOUR)
    assert list(rules.working_intervals(sla, OFFICE))[-1][1] == sla.due_at


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
    values: dict[str, object] = {"response_minutes": 60, "resolution_minutes": 240}
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
    found = choose_definition(known, Asked(priority, tier))
    assert found is not None
    assert found.id == UUID(int=chosen)


def test_no_definition_is_an_answer_too() -> None:
    assert choose_definition([definition(1, tier="gold")], Asked(1)) is None


def test_what_a_customer_was_promised_goes_before_tier_channel_and_priority() -> None:
    mine, other = uuid4(), uuid4()
    known = [
        definition(1, tier="gold", channel="phone", priority=1),
        definition(2, account_id=mine),
        definition(3, account_id=other, priority=1),
        definition(4, tier="gold", channel="phone"),
        definition(5, tier="gold"),
    ]
    gold = Asked(1, "gold", "phone", "business", mine)
    found = choose_definition(known, gold)
    assert found is not None
    assert found.id == UUID(int=2)
    found = choose_definition(known, Asked(2, "gold", "phone", "business"))
    assert found is not None
    assert found.id == UUID(int=4)


def test_the_calendar_is_the_first_in_the_order_that_there_is() -> None:
    team, tenant = uuid4(), uuid4()
    known = {"own": None, "team": team, "tenant": tenant}
    assert choose_calendar(("own", "customer", "team", "tenant"), known) == team
    assert choose_calendar(("tenant", "team"), known) == tenant
    assert choose_calendar(("customer",), known) is None


def test_another_policy_in_the_middle_keeps_the_pauses() -> None:
    sla = promise()
    rules.pause(sla, NINE + HOUR)
    rules.resume(sla, NINE + 3 * HOUR, OFFICE)
    assert sla.due_at == NINE + 6 * HOUR
    rules.recount(sla, 300, OFFICE, NINE + 4 * HOUR)
    assert (sla.due_at, len(sla.pauses)) == (NINE + 7 * HOUR, 1)


def test_a_breach_that_was_none_by_the_new_policy_is_taken_back() -> None:
    sla = promise(60)
    assert rules.settle(sla, NINE + 2 * HOUR)
    rules.recount(sla, 240, OFFICE, NINE + 2 * HOUR)
    assert (sla.state, sla.breached_at, sla.due_at) == (SlaState.RUNNING, None, NINE + 4 * HOUR)
    rules.recount(sla, 60, OFFICE, NINE + 2 * HOUR)
    assert rules.settle(sla, NINE + 2 * HOUR)
    assert sla.breached_at == NINE + HOUR


def test_waiting_after_a_breach_counts_once_a_longer_promise_takes_the_breach_back() -> None:
    sla = promise(60)
    assert rules.settle(sla, NINE + HOUR)
    rules.pause(sla, NINE + 2 * HOUR)
    assert (sla.state, sla.breached_at) == (SlaState.BREACHED, NINE + HOUR)
    rules.resume(sla, NINE + 4 * HOUR, OFFICE)
    rules.recount(sla, 240, OFFICE, NINE + 5 * HOUR)
    assert (sla.state, sla.breached_at, sla.due_at) == (SlaState.RUNNING, None, NINE + 6 * HOUR)


def test_a_broken_promise_that_waits_is_held_when_the_breach_is_taken_back() -> None:
    sla = promise(60)
    assert rules.settle(sla, NINE + HOUR)
    rules.pause(sla, NINE + 2 * HOUR)
    rules.recount(sla, 240, OFFICE, NINE + 7 * HOUR)
    assert (sla.state, sla.paused_at) == (SlaState.PAUSED, NINE + 2 * HOUR)
    rules.resume(sla, NINE + 7 * HOUR, OFFICE)
    assert sla.due_at == NINE + timedelta(days=3, hours=1)


def test_the_time_after_a_late_answer_counts_for_nothing() -> None:
    sla = promise(60)
    assert rules.settle(sla, NINE + 2 * HOUR)
    rules.stop(sla, NINE + 2 * HOUR)
    rules.restart(sla, NINE + 5 * HOUR, OFFICE)
    assert (sla.state, sla.stopped_at) == (SlaState.BREACHED, None)
    rules.recount(sla, 240, OFFICE, NINE + 5 * HOUR)
    assert (sla.state, sla.due_at) == (SlaState.RUNNING, NINE + 7 * HOUR)


def test_what_is_promised_again_counts_from_when_it_began() -> None:
    sla = promise(240)
    rules.pause(sla, NINE + HOUR)
    rules.resume(sla, NINE + 2 * HOUR, OFFICE)
    rules.withdraw(sla, NINE + 3 * HOUR)
    assert (sla.state, rules.next_moment(sla)) == (SlaState.CANCELLED, None)
    rules.step(sla, Verdict(start=True, pause=True), NINE + 3 * HOUR, OFFICE)
    assert sla.state is SlaState.CANCELLED
    rules.step(sla, Verdict(start=True), NINE + 4 * HOUR, OFFICE)
    rules.promise_again(sla)
    rules.recount(sla, 240, OFFICE, NINE + 4 * HOUR)
    assert (sla.state, sla.withdrawn_at, sla.due_at) == (SlaState.RUNNING, None, NINE + 6 * HOUR)


def test_what_its_own_rule_has_cancelled_is_not_promised_again() -> None:
    sla = promise()
    rules.cancel(sla, NINE + HOUR)
    rules.promise_again(sla)
    assert sla.state is SlaState.CANCELLED


def test_a_reset_begins_anew_once_and_keeps_what_was() -> None:
    sla = promise()
    holds = Verdict(start=True, reset=True)
    rules.step(sla, holds, NINE + HOUR, OFFICE)
    rules.step(sla, holds, NINE + 2 * HOUR, OFFICE)
    assert (sla.started_at, sla.due_at) == (NINE + HOUR, NINE + 5 * HOUR)
    assert [each["started_at"] for each in sla.resets] == [NINE.isoformat()]
    rules.step(sla, Verdict(start=True), NINE + 3 * HOUR, OFFICE)
    rules.step(sla, holds, NINE + 4 * HOUR, OFFICE)
    assert (sla.started_at, len(sla.resets)) == (NINE + 4 * HOUR, 2)


def test_the_usual_terms_hold_for_what_a_milestone_leaves_open() -> None:
    terms = terms_of("diagnosis", {"stop_when": "task.category == 'known'"})
    assert (terms.pause_when, terms.cancel_when) == ("waits", "cancelled")
    assert terms_of(Target.NEXT_RESPONSE, {}).recurring


def test_in_doubt_the_clock_runs_and_says_which_rule_cannot_be_told() -> None:
    terms = Terms(pause_when="task.nothing == 1", stop_when="size(task.priority) > 1")
    verdict = judge(terms, {"task": {"priority": 1}, "waits": False, "cancelled": False})
    assert (verdict.start, verdict.pause, verdict.stop) == (True, None, False)
    assert [name for name, _ in verdict.faults] == ["pause_when", "stop_when"]
    sla = promise()
    rules.step(sla, verdict, NINE + HOUR, OFFICE)
    assert (sla.state, set(sla.rule_faults)) == (SlaState.RUNNING, {"pause_when", "stop_when"})


@given(st.integers(1, 3_000), steps, st.integers(1, 3_000))
def test_the_printed_intervals_sum_to_the_target_and_end_at_the_deadline(
    minutes: int, gaps: list[tuple[int, int]], later: int
) -> None:
    sla, now = promise(minutes), NINE
    for run, wait in gaps:
        now += run * MINUTE
        if rules.settle(sla, now):
            break
        rules.pause(sla, now)
        now += wait * MINUTE
        rules.resume(sla, now, OFFICE)
    for target in (minutes, later):
        rules.recount(sla, target, OFFICE, now)
        printed = list(rules.working_intervals(sla, OFFICE))
        assert sum(((end - begin) for begin, end in printed), timedelta(0)) == target * MINUTE
        assert printed[-1][1] == sla.due_at
        for begin, end in printed:
            assert working_between(begin, end, OFFICE) == end - begin
            for since, until in rules.pauses_of(sla):
                assert end <= since or begin >= until or since == until


@given(st.integers(1, 600), steps)
def test_a_deadline_is_where_an_oracle_that_counts_minutes_says(
    minutes: int, gaps: list[tuple[int, int]]
) -> None:
    sla, now = promise(minutes), NINE
    held: set[datetime] = set()
    for run, wait in gaps:
        now += run * MINUTE
        if rules.settle(sla, now):
            break
        rules.pause(sla, now)
        held |= {now + minute * MINUTE for minute in range(wait)}
        now += wait * MINUTE
        rules.resume(sla, now, OFFICE)
    at, left = NINE, minutes
    while left:
        is_working = at.weekday() < 5 and 540 <= at.hour * 60 + at.minute < 1020
        left -= is_working and at not in held
        at += MINUTE
    assert sla.due_at == at
