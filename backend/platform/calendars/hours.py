"""The hours of stored calendars, and whose calendar is which."""

from uuid import UUID

from backend.platform.calendars.models import Calendar
from backend.platform.calendars.resources import calendar_assignments, calendars
from backend.platform.calendars.rules import WorkingHours
from backend.platform.calendars.week import STORED, working_hours
from infra.kernel.context import Context


def hours_of(calendar: Calendar | None) -> WorkingHours:
    """The hours that a stored calendar stands for; round the clock without one."""
    if calendar is None:
        return working_hours(None)
    return working_hours({name: getattr(calendar, name) for name in STORED})


async def assigned_calendars(
    ctx: Context, account_id: UUID | None, consumer_id: UUID | None, group_id: UUID | None
) -> dict[str, UUID | None]:
    """The calendars of a customer, a team and the tenant, as far as each has one."""
    found: dict[str, UUID | None] = {}
    for whose, column, holder_id in (
        ("customer", "account_id", account_id),
        ("customer", "consumer_id", consumer_id),
        ("team", "group_id", group_id),
    ):
        if holder_id is None:
            continue
        held = await ctx.every(calendar_assignments).filter(**{column: holder_id}).first()
        if held is not None:
            found[whose] = held.calendar_id
    default = await ctx.every(calendars).filter(is_default=True).first()
    return found | {"tenant": default.id if default else None}
