"""What an agent says to an offer."""

from uuid import UUID

from backend.omnichannel.routing import intake
from backend.omnichannel.routing.errors import (
    AlreadyAccepted,
    NotOffered,
    OfferedToAnother,
    OfferExpired,
)
from backend.omnichannel.routing.events import WorkItemAccepted, WorkItemDeclined
from backend.omnichannel.routing.models import WorkItem, WorkState
from backend.omnichannel.routing.records import begin_work
from backend.omnichannel.routing.resources import work_items
from infra.kernel.actions import action
from infra.kernel.context import Context


@action(work_items, audiences=("staff",), emits=(WorkItemAccepted,))
async def accept(ctx: Context, item: WorkItem) -> None:
    """Take the offered work: it is yours from now on, and in progress."""
    me = require_mine(ctx, item)
    intake.clear(item)
    item.state, item.accepted_by_id, item.accepted_at = WorkState.ACCEPTED, me, ctx.now
    await ctx.save(item)
    await begin_work(ctx, item)
    ctx.emit(
        WorkItemAccepted(
            item.id, accepted_by_id=me, work_kind=item.kind.value, work_id=item.record_id
        )
    )


@action(work_items, audiences=("staff",), emits=(WorkItemDeclined,))
async def decline(ctx: Context, item: WorkItem) -> None:
    """Pass on the offered work; it goes to somebody else, with the age it has."""
    me = require_mine(ctx, item)
    await intake.put_back(ctx, item, declined_by=me)
    ctx.emit(WorkItemDeclined(item.id, declined_by_id=me))


def require_mine(ctx: Context, item: WorkItem) -> UUID:
    """The caller's profile, if this is on offer to them now; raises the Conflict that says why."""
    me = ctx.caller.profile_id
    if item.state is WorkState.ACCEPTED:
        raise AlreadyAccepted("it was accepted", accepted_by_you=item.accepted_by_id == me)
    if item.state is not WorkState.OFFERED:
        raise NotOffered(f"it is {item.state.value}")
    if me is None or item.offered_to_id != me:
        raise OfferedToAnother("only whom it is offered to can answer")
    if item.offer_expires_at is not None and item.offer_expires_at <= ctx.now:
        raise OfferExpired("it goes to somebody else")
    return me
