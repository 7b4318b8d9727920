"""When a level is due and its people are reminded: working time, by the clock of all promises."""

from datetime import datetime, timedelta
from uuid import UUID

from backend.platform.approvals.models import ApprovalStep
from backend.platform.calendars.hours import hours_of
from backend.platform.calendars.models import Calendar
from backend.platform.calendars.resources import calendars
from backend.platform.calendars.rules import WorkingHours
from backend.platform.calendars.schedule import working_between
from backend.platform.slas.rules import deadline
from infra.kernel.context import Context


async def calendar_named(ctx: Context, name: str) -> Calendar | None:
    """The calendar with this name; the older one where two share it."""
    found: Calendar | None = (
        await ctx.every(calendars).filter(name=name).order_by("created_at", "id").first()
    )
    return found


async def hours_for(ctx: Context, calendar_id: UUID | None) -> WorkingHours:
    """The hours of the calendar, else of the tenant's default, else round the clock."""
    found: Calendar | None = None
    if calendar_id is not None:
        found = await ctx.find(calendars, calendar_id)
    return hours_of(found or await ctx.every(calendars).filter(is_default=True).first())


def start(
    step: ApprovalStep,
    at: datetime,
    hours: WorkingHours,
    *,
    due_hours: int | None,
    remind_hours: int | None,
) -> None:
    """Let the time of a level begin."""
    step.opened_at = at
    step.due_at = deadline(at, timedelta(hours=due_hours), hours) if due_hours else None
    step.remind_at = deadline(at, timedelta(hours=remind_hours), hours) if remind_hours else None


def resume(step: ApprovalStep, at: datetime, hours: WorkingHours) -> None:
    """Let the time of a level that was held go on with what was left of it."""
    if step.held_at is None:
        return
    step.due_at = _moved(step.due_at, step.held_at, at, hours)
    step.remind_at = _moved(step.remind_at, step.held_at, at, hours)
    step.held_at = None


def _moved(
    moment: datetime | None, held_at: datetime, at: datetime, hours: WorkingHours
) -> datetime | None:
    """The same moment after the hold; what was over before stays over."""
    if moment is None or moment <= held_at:
        return moment
    return deadline(at, working_between(held_at, moment, hours), hours)
