"""Trying a promise before it is kept: the clocks that a task would get, rule by rule."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from annotated_types import MaxLen
from pydantic import BaseModel, ConfigDict

from backend.platform.calendars.hours import assigned_calendars, hours_of
from backend.platform.calendars.models import Calendar
from backend.platform.calendars.resources import calendars
from backend.platform.calendars.rules import NeverOpens, WorkingHours
from backend.platform.calendars.schedule import add_working_time
from backend.platform.slas.actions.define import refuse_faults
from backend.platform.slas.choosing import Promise, choose_calendar, promises_of
from backend.platform.slas.models import SlaDefinition
from backend.platform.slas.promises import definition_of
from backend.platform.slas.resources import CalendarSource, Word, sla_definitions
from backend.platform.slas.terms import (
    RULES,
    Milestone,
    Moments,
    Verdict,
    judge,
    seen_of,
    terms_of,
)
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import NotFound
from infra.kernel.ids import uuid7

Stand = Literal["not_started", "running", "held", "ended", "given_up"]


class Facts(BaseModel):
    """What a task's domain would tell of it."""

    model_config = ConfigDict(extra="forbid")

    answered: bool = False
    awaited: bool = False
    waits: bool = False
    finished: bool = False
    cancelled: bool = False
    escalated: bool = False
    held: bool = False


class RuleSeen(BaseModel):
    """A rule of a clock, and whether it holds; null where it cannot be told, and why."""

    rule: str
    text: str
    holds: bool | None
    fault: str | None


class ClockSeen(BaseModel):
    """A clock as it would stand now, begun at this moment."""

    target: str
    name: str
    minutes: int
    stand: Stand
    warn_at: datetime | None
    due_at: datetime | None
    rules: list[RuleSeen]


class PreviewedPromise(BaseModel):
    """The clocks of a task, by the hours of this calendar."""

    calendar: str | None
    zone: str
    clocks: list[ClockSeen]


@action(sla_definitions, on="collection", name="preview", verb="update", audiences=("staff",))
async def preview(
    ctx: Context,
    *,
    kind: Word = "cases",
    response_minutes: int | None = None,
    next_response_minutes: int | None = None,
    resolution_minutes: int | None = None,
    milestones: Annotated[list[Milestone], MaxLen(100)] = [],  # noqa: B006  never changed
    warning_percent: int = 75,
    calendar_id: UUID | None = None,
    calendar_order: list[CalendarSource] | None = None,
    record_id: UUID | None = None,
    facts: Facts = Facts(),  # noqa: B008
) -> PreviewedPromise:
    """Show which clocks a task would get and how their rules stand after these facts."""
    definition = SlaDefinition(
        id=uuid7(), name="preview", kind=kind, response_minutes=response_minutes,
        next_response_minutes=next_response_minutes, resolution_minutes=resolution_minutes,
        milestones=[each.model_dump(mode="json") for each in milestones],
        warning_percent=warning_percent, calendar_id=calendar_id,
        **({"calendar_order": list(calendar_order)} if calendar_order is not None else {}),
    )  # fmt: skip
    refuse_faults(ctx, definition)
    calendar = await _calendar(ctx, definition)
    hours = hours_of(calendar)
    seen = await _seen(ctx, definition.kind, record_id, Moments(**facts.model_dump()))
    promised = promises_of(
        definition_of(definition), hours=hours, calendar_id=calendar.id if calendar else None
    )
    return PreviewedPromise(
        calendar=calendar.name if calendar else None,
        zone=hours.zone,
        clocks=[_clock(each, hours, seen, ctx.now) for each in promised],
    )


async def _calendar(ctx: Context, definition: SlaDefinition) -> Calendar | None:
    """The promise's own calendar or the tenant's; a sample has neither customer nor team."""
    known = await assigned_calendars(ctx, None, None, None)
    chosen = choose_calendar(definition.calendar_order, known | {"own": definition.calendar_id})
    found: Calendar | None = await ctx.find(calendars, chosen)
    return found


async def _seen(
    ctx: Context, kind: str, record_id: UUID | None, moments: Moments
) -> dict[str, Any]:
    """What the rules see: of a record, or of one of which nothing is known."""
    resource = ctx.services.registry.resources[kind]
    if record_id is None:
        return asdict(moments) | {"task": dict.fromkeys(resource.columns)}
    task = await ctx.rows(resource).filter(id=record_id).first()
    if task is None:
        raise NotFound(f"no such {resource.title}")
    return seen_of(task, resource, moments)


def _clock(
    promise: Promise, hours: WorkingHours, seen: Mapping[str, Any], now: datetime
) -> ClockSeen:
    terms = terms_of(promise.target, promise.terms)
    verdict = judge(terms, seen)
    faults = dict(verdict.faults)
    held = {"start_when": verdict.start, "pause_when": verdict.pause, "stop_when": verdict.stop,
            "reset_when": verdict.reset, "cancel_when": verdict.cancel}  # fmt: skip
    return ClockSeen(
        target=promise.target,
        name=promise.name,
        minutes=promise.minutes,
        stand=stand_of(verdict),
        warn_at=_due(now, promise.minutes * promise.warning_percent / 100, hours),
        due_at=_due(now, promise.minutes, hours),
        rules=[
            RuleSeen(
                rule=name,
                text=getattr(terms, name),
                holds=None if name in faults else bool(held[name]),
                fault=faults.get(name),
            )
            for name in RULES
        ],
    )


def stand_of(verdict: Verdict) -> Stand:
    """How a clock stands of which this is said at its first moment."""
    if verdict.cancel:
        return "given_up"
    if not verdict.start:
        return "not_started"
    if verdict.stop:
        return "ended"
    return "held" if verdict.pause else "running"


def _due(now: datetime, minutes: float, hours: WorkingHours) -> datetime | None:
    try:
        return add_working_time(now, timedelta(minutes=minutes), hours)
    except NeverOpens:
        return None
