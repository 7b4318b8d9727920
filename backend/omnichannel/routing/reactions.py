"""What routing does when cases and people change."""

from backend.omnichannel.routing import intake, queries
from backend.omnichannel.routing.engine import wake_router
from backend.omnichannel.routing.events import (
    PresenceChanged,
    WorkItemCompleted,
    WorkItemDeclined,
    WorkItemQueued,
    WorkItemReturned,
    WorkItemTimedOut,
)
from backend.omnichannel.routing.models import (
    CustomerKind,
    QueueChannel,
    WorkItem,
    WorkKind,
    WorkState,
)
from backend.omnichannel.routing.resources import queues
from backend.service.cases.events import (
    CaseAssigned,
    CaseCancelled,
    CaseClosed,
    CaseHeld,
    CaseMerged,
    CaseOpened,
    CaseReleased,
    CaseReopened,
    CaseResolved,
)
from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from backend.service.cases.rules import WORKED_ON
from infra.kernel.context import Context
from infra.kernel.events import RecordedEvent
from infra.kernel.jobs import reaction

_FINISHED = (WorkState.COMPLETED, WorkState.CANCELLED)


@reaction(
    CaseOpened, CaseAssigned, CaseResolved, CaseClosed, CaseCancelled, CaseMerged, CaseReopened,
    CaseHeld, CaseReleased,
)  # fmt: skip
async def follow_case(ctx: Context, event: RecordedEvent) -> None:
    """Bring a case's work item to where the case is now, whatever order the news came in."""
    item = await intake.item_of(ctx, event.record_id)
    case: Case | None = await ctx.find(cases, event.record_id)
    if case is None:
        return
    if case.state not in WORKED_ON:
        if item is not None:
            await intake.finish(ctx, item)
        return
    if case.held_since is not None and case.assigned_to_id is None:
        await take_out(ctx, item)
        return
    if item is None:
        item = await enter_case(ctx, case)
    elif item.state in _FINISHED and event.type == CaseReopened.type:
        await intake.requeue_finished(ctx, item)
    elif item.state is WorkState.CANCELLED:
        await intake.requeue_finished(ctx, item, reason="released")
    await follow_assignment(ctx, case, item, event)


async def take_out(ctx: Context, item: WorkItem | None) -> None:
    """Nobody is offered what waits for consent; whoever has accepted it already keeps it."""
    if item is not None and item.state in {WorkState.QUEUED, WorkState.OFFERED}:
        await intake.finish(ctx, item, WorkState.CANCELLED)


async def enter_case(ctx: Context, case: Case) -> WorkItem:
    """Queue a case for the agents of its channel."""
    return await intake.enter(
        ctx,
        WorkKind.CASES,
        case.id,
        channel=QueueChannel(case.channel.value),
        title=f"{case.number}  {case.subject}",
        customer_kind=CustomerKind(case.customer_kind.value),
        customer_name=await queries.customer_name(
            ctx, case.contact_id, case.consumer_id, case.account_id
        ),
        priority=case.priority,
        category=case.category,
        product_model_id=case.product_model_id,
        assignment_group_id=case.assignment_group_id,
        since=case.opened_at,
    )


async def follow_assignment(ctx: Context, case: Case, item: WorkItem, event: RecordedEvent) -> None:
    """Somebody was given the case by name, or it was taken away from everybody."""
    if event.type not in {CaseAssigned.type, CaseOpened.type, CaseReleased.type}:
        return
    if case.assigned_to_id is not None:
        # Accepting assigns too: that news changes nothing, even where the work is done by now.
        if item.accepted_by_id != case.assigned_to_id:
            await intake.give_by_hand(ctx, item, case.assigned_to_id)
    elif item.state is WorkState.ACCEPTED:
        await intake.put_back(ctx, item)


@reaction("cases.updated")
async def follow_change(ctx: Context, event: RecordedEvent) -> None:
    """A case that has become more or less urgent moves in its queue; one that a group is given is
    for its members."""
    if not event.changes.keys() & {"priority", "subject", "assignment_group_id"}:
        return
    item = await intake.item_of(ctx, event.record_id)
    case: Case | None = await ctx.find(cases, event.record_id)
    if case is None or item is None or item.state in _FINISHED:
        return
    queue = await ctx.find(queues, item.queue_id)
    item.priority, item.title = case.priority, f"{case.number}  {case.subject}"[:300]
    item.rank = intake.rank(queue, case.priority)
    if item.assignment_group_id != case.assignment_group_id:
        await intake.give_to_group(ctx, item, case.assignment_group_id)
    await ctx.save(item)


@reaction(
    WorkItemQueued, WorkItemDeclined, WorkItemTimedOut, WorkItemReturned, WorkItemCompleted,
    PresenceChanged, "user_skills.created", "user_skills.updated", "group_members.created",
    "groups.updated",
)  # fmt: skip
async def make_sure(ctx: Context, _event: RecordedEvent) -> None:
    """Wake the router once more after the fact.

    The wake-up of the transaction itself may have been merged into one that ran before its
    commit; by now the commit is behind us, and no such pass can overlook it.
    """
    waiting, _, _ = await queries.anything_to_do(ctx)
    if waiting:
        wake_router(ctx)
