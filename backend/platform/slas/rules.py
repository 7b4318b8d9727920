"""How a promise of time runs, waits, is kept or is broken. Pure: rows in, changed rows out.

Deadlines are never moved, they are derived: from when the clock started, from its pauses and from
its target. So a pause takes nothing from the promise, and another target or calendar in the middle
counts with the same pauses.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from backend.platform.calendars.rules import DAYS_AHEAD_MAX, NeverOpens, WorkingHours
from backend.platform.calendars.schedule import add_working_time, spans_from, working_between
from backend.platform.slas.models import SlaState, TaskSla
from backend.platform.slas.terms import Verdict

Span = tuple[datetime, datetime]
OPEN = frozenset({SlaState.RUNNING, SlaState.PAUSED})


def deadline(start: datetime, span: timedelta, hours: WorkingHours) -> datetime:
    """When the span of working time is over; the end of reach where the calendar has less."""
    try:
        return add_working_time(start, span, hours)
    except NeverOpens:
        return start + timedelta(days=DAYS_AHEAD_MAX)


def pauses_of(sla: TaskSla) -> list[Span]:
    """The pauses that are over."""
    moment = datetime.fromisoformat
    return [(moment(pause["from"]), moment(pause["to"])) for pause in sla.pauses]


def moment_of(sla: TaskSla, target: timedelta, hours: WorkingHours) -> datetime:
    """When so much of the promise is used up, the pauses left out."""
    begin, left = _started(sla), target
    for since, until in pauses_of(sla):
        worked = working_between(begin, since, hours)
        if worked >= left:
            break
        begin, left = until, left - worked
    return deadline(begin, left, hours)


def derive(sla: TaskSla, hours: WorkingHours) -> None:
    """Set the deadline and the warning from the facts."""
    target = timedelta(minutes=sla.target_minutes)
    sla.due_at = moment_of(sla, target, hours)
    sla.warn_at = moment_of(sla, target * sla.warning_percent / 100, hours)


def begin(sla: TaskSla, at: datetime, hours: WorkingHours) -> None:
    """Let a promise run from now on."""
    sla.state, sla.started_at = SlaState.RUNNING, at
    derive(sla, hours)


def begin_before(
    sla: TaskSla, opened: datetime, beside: TaskSla | None, hours: WorkingHours
) -> None:
    """Let a promise count from when its task was opened, without what a clock beside it, which is
    held by the same rule, has waited since."""
    if beside is not None:
        sla.pauses, sla.paused_at = list(beside.pauses), beside.paused_at
    begin(sla, opened, hours)


def settle(sla: TaskSla, at: datetime) -> bool:
    """Note a breach that the timer has not told yet; whether there was one."""
    until = at if sla.state is SlaState.RUNNING else sla.paused_at
    if sla.state not in OPEN or until is None or sla.due_at is None or until < sla.due_at:
        return False
    sla.state, sla.breached_at = SlaState.BREACHED, sla.due_at
    return True


def pause(sla: TaskSla, at: datetime) -> None:
    """Hold a running clock. One that is broken or withdrawn is held as a fact, for the day when
    other terms make it run again."""
    if sla.state is SlaState.RUNNING:
        sla.state = SlaState.PAUSED
    elif sla.state is not SlaState.BREACHED and sla.withdrawn_at is None:
        return
    sla.paused_at = sla.paused_at or at


def resume(sla: TaskSla, at: datetime, hours: WorkingHours) -> None:
    """Let a held clock run on with the working time that it had left."""
    if _end_pause(sla, at) and sla.state is SlaState.PAUSED:
        sla.state = SlaState.RUNNING
        derive(sla, hours)


def stop(sla: TaskSla, at: datetime, hours: WorkingHours | None = None) -> None:
    """The promise is fulfilled, in time or late; what is fulfilled or cancelled stays as it is. One
    that was held until now had its time for later."""
    if sla.stopped_at is not None or sla.state is SlaState.CANCELLED:
        return
    if _end_pause(sla, at) and hours is not None and sla.state is SlaState.PAUSED:
        derive(sla, hours)
    if sla.state is not SlaState.BREACHED:
        sla.state = SlaState.MET
    sla.stopped_at = at


def cancel(sla: TaskSla, at: datetime) -> None:
    """Nobody waits any longer."""
    if sla.stopped_at is None:
        sla.state, sla.stopped_at, sla.paused_at = SlaState.CANCELLED, at, None


def withdraw(sla: TaskSla, at: datetime) -> None:
    """It is promised no longer; what has been worked and waited stays known."""
    if sla.stopped_at is None:
        sla.state, sla.stopped_at, sla.withdrawn_at = SlaState.CANCELLED, at, at


def promise_again(sla: TaskSla) -> None:
    """What was withdrawn is promised after all, and counts from when it began."""
    if sla.withdrawn_at is None:
        return
    sla.stopped_at = sla.withdrawn_at = None
    if sla.started_at is None:
        sla.state = SlaState.PENDING
    elif sla.breached_at is not None:
        sla.state = SlaState.BREACHED
    else:
        sla.state = SlaState.PAUSED if sla.paused_at else SlaState.RUNNING


def restart(sla: TaskSla, at: datetime, hours: WorkingHours) -> None:
    """The answer did not hold: the time since it was given counts as a pause."""
    if sla.stopped_at is None or sla.state not in {SlaState.MET, SlaState.BREACHED}:
        return
    if sla.state is SlaState.MET:
        sla.state = SlaState.PAUSED
    sla.paused_at, sla.stopped_at = sla.stopped_at, None
    resume(sla, at, hours)


def reset(sla: TaskSla, at: datetime, hours: WorkingHours) -> None:
    """Begin anew; what was before is kept as a fact."""
    _end_pause(sla, at)
    before = {"at": at.isoformat(), "started_at": _started(sla).isoformat(), "pauses": sla.pauses}
    sla.resets = [*sla.resets, before]
    sla.pauses, sla.warned_at, sla.breached_at = [], None, None
    begin(sla, at, hours)


def recount(sla: TaskSla, minutes: int, hours: WorkingHours, at: datetime) -> None:
    """Another target or calendar: deadlines anew from the same facts, whatever was said before."""
    sla.target_minutes = minutes
    if sla.started_at is None or sla.stopped_at is not None or sla.state is SlaState.CANCELLED:
        return
    derive(sla, hours)
    until = sla.paused_at or at
    if sla.state is SlaState.BREACHED and sla.due_at is not None and sla.due_at > until:
        sla.state = SlaState.PAUSED if sla.paused_at else SlaState.RUNNING
        sla.breached_at = None
    if sla.warned_at is not None and sla.warn_at is not None and sla.warn_at > at:
        sla.warned_at = None


def step(
    sla: TaskSla,
    verdict: Verdict,
    at: datetime,
    hours: WorkingHours,
    *,
    recurring: bool = False,
    start: Callable[[TaskSla, datetime, WorkingHours], None] = begin,
) -> None:
    """Do what the rules say; a recurring clock that has ended is left to its next one."""
    faults = dict(verdict.faults)
    if sla.rule_faults != faults:
        sla.rule_faults = faults
    if sla.state is SlaState.CANCELLED:
        _hold(sla, verdict, at, hours)
    elif sla.stopped_at is not None:
        if not (verdict.stop or verdict.cancel or recurring):
            restart(sla, at, hours)
    elif verdict.cancel:
        cancel(sla, at)
    elif sla.state is SlaState.PENDING:
        if verdict.start and not verdict.stop:
            start(sla, at, hours)
            _hold(sla, verdict, at, hours)
            sla.reset_holds = verdict.reset
    elif verdict.stop:
        stop(sla, at, hours)
    else:
        if verdict.reset and not sla.reset_holds:
            reset(sla, at, hours)
        sla.reset_holds = verdict.reset
        _hold(sla, verdict, at, hours)


def working_intervals(sla: TaskSla, hours: WorkingHours) -> Iterator[Span]:
    """The working time of which the promise is made, up to its deadline."""
    left = timedelta(minutes=sla.target_minutes)
    begin = _started(sla)
    held = [*pauses_of(sla)] + ([(sla.paused_at, sla.paused_at)] if sla.paused_at else [])
    for since, until in held:
        for opens, closes in spans_from(begin, hours):
            if opens >= since or left <= timedelta(0):
                break
            end = min(closes, since, opens + left)
            left -= end - opens
            yield opens, end
        begin = until
    for opens, closes in spans_from(begin, hours):
        if left <= timedelta(0):
            return
        end = min(closes, opens + left)
        left -= end - opens
        yield opens, end


def next_moment(sla: TaskSla) -> datetime | None:
    """When the timer has to look at a promise again; None where it does not run."""
    if sla.state is not SlaState.RUNNING or sla.due_at is None or sla.warn_at is None:
        return None
    return sla.due_at if sla.warned_at is not None else min(sla.warn_at, sla.due_at)


def _hold(sla: TaskSla, verdict: Verdict, at: datetime, hours: WorkingHours) -> None:
    if verdict.pause is True:
        pause(sla, at)
    elif verdict.pause is False:
        resume(sla, at, hours)


def _end_pause(sla: TaskSla, at: datetime) -> bool:
    since, sla.paused_at = sla.paused_at, None
    if since is None:
        return False
    sla.pauses = [*sla.pauses, {"from": since.isoformat(), "to": at.isoformat()}]
    return True


def _started(sla: TaskSla) -> datetime:
    if sla.started_at is None:
        raise ValueError("this clock has not begun")
    return sla.started_at
