"""How work gets into the queue, out of it, and back with its age."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from backend.foundation.products.queries import skills_needed
from backend.omnichannel.routing import queries
from backend.omnichannel.routing.engine import wake_router
from backend.omnichannel.routing.events import (
    WorkItemCompleted,
    WorkItemQueued,
    WorkItemReturned,
)
from backend.omnichannel.routing.models import (
    CustomerKind,
    Queue,
    QueueChannel,
    WaitingReason,
    WorkItem,
    WorkKind,
    WorkState,
)
from backend.omnichannel.routing.resources import queues, work_items
from infra.kernel.context import Context
from infra.kernel.ids import uuid7

_NAMES: Mapping[QueueChannel, str] = {
    QueueChannel.WEB: "Web",
    QueueChannel.PORTAL: "Portal",
    QueueChannel.WIDGET: "Widget",
    QueueChannel.EMAIL: "E-mail",
    QueueChannel.CHAT: "Chat",
    QueueChannel.PHONE: "Phone",
    QueueChannel.API: "API",
}
_LIVE = frozenset({QueueChannel.CHAT, QueueChannel.PHONE})
"""Channels in which somebody waits with the page or the line open: served first by default."""


async def queue_of(ctx: Context, channel: QueueChannel) -> Queue:
    """The channel's queue, made on its first use."""
    for _ in range(2):
        found: Queue | None = await ctx.every(queues).filter(channel=channel).first()
        if found is not None:
            return found
        await queries.make_queue(ctx, channel, _NAMES[channel], 4 if channel in _LIVE else 5)
    raise RuntimeError(f"the queue of {channel} cannot be made")


async def enter(
    ctx: Context,
    kind: WorkKind,
    record_id: UUID,
    *,
    channel: QueueChannel,
    title: str,
    customer_kind: CustomerKind,
    customer_name: str = "",
    priority: int = 3,
    category: str | None = None,
    product_model_id: UUID | None = None,
    assignment_group_id: UUID | None = None,
    since: datetime | None = None,
) -> WorkItem:
    """The record's work item, queued now where it has none; the row is locked."""
    queue = await queue_of(ctx, channel)
    needed = await _skills(ctx, queue, category, product_model_id)
    item_id = await queries.insert_item(
        ctx,
        {
            "id": uuid7(),
            "kind": kind.value,
            "record_id": record_id,
            "queue_id": queue.id,
            "channel": channel.value,
            "title": title[:300],
            "customer_name": customer_name[:200],
            "customer_kind": customer_kind.value,
            "priority": priority,
            "rank": rank(queue, priority),
            "required_skills": list(needed),
            "required_levels": list(needed.values()),
            "assignment_group_id": assignment_group_id,
            "size": queue.item_size,
            "state": WorkState.QUEUED.value,
            "waiting_reason": WaitingReason.ROUTING.value,
            "queued_at": since or ctx.now,
            "created_at": ctx.now,
            "updated_at": ctx.now,
        },
    )
    if item_id is not None:
        ctx.emit(WorkItemQueued(item_id, work_kind=kind.value, work_id=record_id))
        wake_router(ctx)
    item = await item_of(ctx, record_id)
    if item is None:
        raise RuntimeError("a work item vanished while it was being made")
    return item


async def _skills(
    ctx: Context, queue: Queue, category: str | None, product_model_id: UUID | None
) -> dict[UUID, int]:
    """What the product, the category and the queue ask for; the higher level counts."""
    needed = await queries.skills_by_rule(ctx, queue.id, category)
    if product_model_id is not None:
        for skill_id, level in (await skills_needed(ctx, product_model_id)).items():
            needed[skill_id] = max(level, needed.get(skill_id, 0))
    return dict(sorted(needed.items()))


def rank(queue: Queue, priority: int) -> int:
    """The order of service: the queue's priority, then the work's own; age decides the rest."""
    return queue.priority * 10 + priority


async def item_of(ctx: Context, record_id: UUID) -> WorkItem | None:
    """The record's work item, locked."""
    found: WorkItem | None = (
        await ctx.every(work_items).filter(record_id=record_id).select_for_update().first()
    )
    return found


async def put_back(ctx: Context, item: WorkItem, *, declined_by: UUID | None = None) -> None:
    """Queue it again with the age it had, and give back the places it took."""
    holder = item.offered_to_id or item.accepted_by_id
    clear(item)
    item.state, item.waiting_reason = WorkState.QUEUED, WaitingReason.ROUTING
    item.accepted_by_id = item.accepted_at = item.finished_at = None
    if declined_by is not None:
        item.declined_by_ids = [*item.declined_by_ids, declined_by]
    await ctx.save(item)
    if holder is not None:
        await queries.free_places(ctx, holder, item.size)
    wake_router(ctx)


def clear(item: WorkItem) -> None:
    """Forget the offer."""
    item.offered_to_id = item.offered_at = item.offer_expires_at = None
    item.waiting_reason = None  # type: ignore[assignment]
    item.retry_at = None
    item.offer_reason = None  # type: ignore[assignment]


async def finish(ctx: Context, item: WorkItem, state: WorkState = WorkState.COMPLETED) -> None:
    """Nobody has to work on it any more; its holder has room for something else."""
    if item.state in {WorkState.COMPLETED, WorkState.CANCELLED}:
        return
    holder = item.offered_to_id
    if item.state is WorkState.ACCEPTED:
        holder = item.accepted_by_id
    clear(item)
    item.state, item.finished_at = state, ctx.now
    await ctx.save(item)
    if holder is not None:
        await queries.free_places(ctx, holder, item.size)
    ctx.emit(WorkItemCompleted(item.id))
    wake_router(ctx)


async def give_by_hand(ctx: Context, item: WorkItem, profile_id: UUID) -> None:
    """Somebody was given the work by name: it counts for them, whatever their room."""
    before = item.offered_to_id
    if item.state is WorkState.ACCEPTED:
        before = item.accepted_by_id
    if before == profile_id and item.state is WorkState.ACCEPTED:
        return
    clear(item)
    item.state, item.accepted_by_id, item.accepted_at = WorkState.ACCEPTED, profile_id, ctx.now
    item.finished_at = None
    await ctx.save(item)
    # In one order whoever gives to whom, so that two such moves cannot wait for each other.
    changes = [(profile_id, queries.take_places)]
    if before is not None:
        changes.append((before, queries.free_places))
    for agent, change in sorted(changes, key=lambda one: one[0]):
        await change(ctx, agent, item.size)
    if before is not None:
        wake_router(ctx)


async def give_to_group(ctx: Context, item: WorkItem, group_id: UUID | None) -> None:
    """It is for members of this group from now on, or for anybody; the caller saves it. What is on
    offer to somebody else goes back, with its age; who has accepted it keeps it."""
    item.assignment_group_id = group_id
    offered_to = item.offered_to_id
    named = group_id is not None and offered_to is not None
    if named and not await queries.belongs(ctx, offered_to, group_id):
        await put_back(ctx, item)
    wake_router(ctx)


async def requeue_finished(ctx: Context, item: WorkItem, *, reason: str = "reopened") -> None:
    """What was done, or taken out, has come back: it waits with the age it had."""
    item.declined_by_ids = []
    item.accepted_by_id = None
    await put_back(ctx, item)
    ctx.emit(WorkItemReturned(item.id, reason=reason))
