"""When a deputy's time begins and ends: they read what their principal is asked about, or not."""

from uuid import UUID

from backend.platform.approvals import queries
from backend.platform.approvals.deputy_resource import approval_deputies
from backend.platform.approvals.links import void, write_to
from backend.platform.approvals.models import Approval, ApprovalDeputy, SeatState
from backend.platform.approvals.resources import approval_requests, approval_steps, approvals
from backend.platform.approvals.seats import let_in
from backend.platform.responsibilities.resources import held_responsibilities
from infra.kernel.context import Context
from infra.kernel.jobs import periodic

AT_ONCE_MAX = 500


async def begin(ctx: Context, deputy: ApprovalDeputy) -> None:
    """From now on the deputy decides, and reads what that takes."""
    deputy.active = True
    await ctx.save(deputy)
    reading = await _profiles(ctx, deputy)
    for row in await _open_seats(ctx, deputy):
        await let_in(ctx, row, reading)
        request = await ctx.find(approval_requests, row.request_id)
        step = await ctx.find(approval_steps, row.step_id)
        if request is not None and step is not None:
            await write_to(ctx, request, step, row, [deputy.deputy_id])


async def end(ctx: Context, deputy: ApprovalDeputy) -> None:
    """The deputy decides no more and reads no more than on their own account."""
    deputy.active = False
    await ctx.save(deputy)
    rows = await _open_seats(ctx, deputy)
    await void(ctx, rows, bearer=deputy.deputy_user_id)
    seats = [row.id for row in rows]
    readers = [deputy.deputy_id, *await _profiles(ctx, deputy)]
    held = ctx.every(held_responsibilities).filter(source_id__in=seats, holder_id__in=readers)
    for each in await held if seats else ():
        await ctx.delete(each)


async def _open_seats(ctx: Context, deputy: ApprovalDeputy) -> list[Approval]:
    found: list[Approval] = await ctx.every(approvals).filter(
        approver_user_id=deputy.principal_user_id, state=SeatState.OPEN
    )
    return found


async def _profiles(ctx: Context, deputy: ApprovalDeputy) -> list[UUID]:
    """As whom the deputy may look at it."""
    people = await queries.people(ctx, [deputy.deputy_id])
    looking = await queries.profiles_of(ctx, people.values())
    return [each for profiles in looking.values() for each in profiles]


@periodic("approvals.deputies", every_seconds=60)
async def turn(ctx: Context) -> None:
    """Let those begin whose time has come, and end those whose time is over."""
    over = ctx.every(approval_deputies).filter(active=True, ends_at__lte=ctx.now)
    for deputy in await over.order_by("ends_at").limit(AT_ONCE_MAX):
        await end(ctx, deputy)
    due = ctx.every(approval_deputies).filter(
        active=False, starts_at__lte=ctx.now, ends_at__gt=ctx.now
    )
    for deputy in await due.order_by("starts_at").limit(AT_ONCE_MAX):
        await begin(ctx, deputy)
