"""What follows of itself: agreed verbs are done, and changed records are asked about again."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.platform.approvals import queries
from backend.platform.approvals.asking import PERFORM
from backend.platform.approvals.events import ApprovalFailed
from backend.platform.approvals.gate import use_up
from backend.platform.approvals.models import ApprovalRequest, RequestState
from backend.platform.approvals.resources import approval_requests
from backend.platform.approvals.seats import TOPIC, note
from backend.platform.approvals.staleness import renew
from backend.platform.automations.acting import caller_for
from backend.platform.notifications.telling import notify
from infra.kernel.context import Context
from infra.kernel.errors import Problem
from infra.kernel.events import RecordedEvent
from infra.kernel.jobs import job
from infra.kernel.performing import Outcome, perform_in
from infra.kernel.relay import JobRow

RENEW = "approvals.renew"
OWN = frozenset({"approval_requests", "approval_deputies", "approval_rules"})


@job(PERFORM)
async def perform(ctx: Context, *, request_id: UUID) -> None:
    """Do what was agreed to, as whoever asked and with what they may do now; or say why not."""
    request: ApprovalRequest | None = await ctx.find(approval_requests, request_id)
    if request is None or not _waits(request):
        return
    try:
        caller = await caller_for(ctx, request.requested_by_id)
        acting = Context(
            ctx.services,
            ctx.connection,
            caller,
            request_id=ctx.request_id,
            origin="approval",
            actor=caller.actor | {"approval": request.number},
        )
        async with acting.savepoint():
            outcome = await perform_in(
                acting,
                f"{request.kind}.{request.action}",
                record_id=request.record_id,
                body=request.body,
            )
        ctx.after_commit(acting.committed)
        if not _asks_again(outcome):
            await _spend(ctx, request_id)
    except Problem as refused:
        # Locked only now: whoever uses the verb locks the record first and the question then.
        await _fail(ctx, request_id, refused)


def _waits(request: ApprovalRequest) -> bool:
    return (
        request.state is RequestState.APPROVED
        and request.performed_at is None
        and request.failure is None
        and bool(request.action)
    )


def _asks_again(outcome: Outcome) -> bool:
    """Whether the verb waits still, since the record is another than was agreed to."""
    return isinstance(outcome.body, Mapping) and "approval_request_id" in outcome.body


async def _spend(ctx: Context, request_id: UUID) -> None:
    """Consent is used up by what was done, also where no rule asks for it any more."""
    request: ApprovalRequest = await ctx.find(approval_requests, request_id, lock=True)
    if _waits(request):
        await use_up(ctx, request)


async def _fail(ctx: Context, request_id: UUID, refused: Problem) -> None:
    request: ApprovalRequest = await ctx.find(approval_requests, request_id, lock=True)
    if not _waits(request):
        return
    request.failure = f"{refused.title}: {refused.detail}"[:1000]
    await ctx.save(request)
    await note(ctx, request, "failed", text=request.failure)
    ctx.emit(
        ApprovalFailed(request.id, request.kind, request.record_id, request.action, request.failure)
    )
    await notify(
        ctx, [request.requested_by_id], topic=TOPIC,
        title=f"{request.subject}: approved, but it could not be done", body=request.failure,
        about=("approval_requests", request.id),
    )  # fmt: skip


async def follow(connection: Any, tenant_id: UUID, events: Sequence[RecordedEvent]) -> list[JobRow]:
    """Questions about records that have changed, or are gone, are looked at again."""
    changed = {
        e.record_id: e
        for e in events
        if (e.changes or e.type == f"{e.kind}.deleted") and e.kind not in OWN
    }
    if not changed:
        return []
    found = await queries.touched(connection, tenant_id, list(changed))
    last = next(iter(changed.values()))
    return [
        JobRow(
            name=RENEW,
            arguments={"request_id": str(request_id)},
            actor=last.actor,
            key=f"{RENEW}:{request_id}",
            attempts_max=5,
            request_id=last.request_id,
            priority=4,
        )
        for request_id in found
    ]


@job(RENEW)
async def look_again(ctx: Context, *, request_id: UUID) -> None:
    """Ask again where what the rules looked at is another by now."""
    await renew(ctx, request_id)
