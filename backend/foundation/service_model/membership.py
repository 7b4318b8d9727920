"""What a place on the staff gives beyond the person's role: the responsibility held there, from the
first day to the last."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from backend.foundation.service_model.models import StaffMember
from backend.foundation.service_model.resources import staff_members
from backend.platform.responsibilities.holding import hold, release
from infra.kernel.context import Context
from infra.kernel.jobs import job


async def take_up(ctx: Context, member: StaffMember) -> None:
    """Let the member hold the responsibility on the place or the organisation, if it is time, and
    look again when the next change is due."""
    await release(ctx, member.id)
    await ctx.flush()
    today = ctx.now.date()
    holder = member.profile_id or member.contact_id
    if member.responsibility_id is None or holder is None:
        return
    if member.starts_on <= today and (member.ends_on is None or member.ends_on >= today):
        place = member.business_location_id
        await hold(
            ctx,
            source=member,
            responsibility_id=member.responsibility_id,
            holder_id=holder,
            anchor_kind="business_locations" if place else "service_organizations",
            anchor_id=place or member.service_organization_id,
        )
    turns = [member.starts_on] + ([member.ends_on + timedelta(days=1)] if member.ends_on else [])
    for day in turns:
        if day > today:
            run_at = midnight(day)
            ctx.enqueue("staff_members.turn", {"member_id": str(member.id)}, run_at=run_at)
            break


def midnight(day: date) -> datetime:
    """When the day begins, in UTC."""
    return datetime.combine(day, time(), UTC)


@job("staff_members.turn")
async def turn(ctx: Context, *, member_id: UUID) -> None:
    """Give or take what somebody's first or last day on a staff changes."""
    member: StaffMember | None = await ctx.find(staff_members, member_id)
    if member is not None:
        await take_up(ctx, member)
