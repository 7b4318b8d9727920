"""Verbs that wait: whoever uses one asks for consent, and with it the verb is done for them.

A verb is covered by consent that was given to the same person, for the same record, with the same
words, as long as what the rules looked at is still as it was. Consent is used up by the verb it was
given for. The record is locked by whoever uses the verb, and the question after it, so two who come
at once find each other's doing and the verb is done once.
"""

from typing import Any
from uuid import UUID

from backend.platform.approvals.asking import ask, take_back
from backend.platform.approvals.errors import ApprovalPending, NobodyToAsk
from backend.platform.approvals.events import ApprovalPerformed
from backend.platform.approvals.models import ApprovalRequest, RequestState
from backend.platform.approvals.planning import Wish, plan_for
from backend.platform.approvals.resources import approval_requests, approval_steps
from backend.platform.approvals.seats import note
from backend.platform.approvals.staleness import is_stale
from infra.kernel.context import Context
from infra.kernel.gates import Attempt, Told


async def gate(ctx: Context, attempt: Attempt) -> Told | None:
    """Lets a verb pass that nobody has to agree to, or that was agreed to; else asks."""
    resource = attempt.definition.resource
    asking = ctx.caller.profile_id
    if asking is None:
        raise NobodyToAsk("this needs consent, for which only people with a profile can ask")
    wish = Wish(resource, attempt.row.id, asking, attempt.definition.name, attempt.body)
    plan = await plan_for(ctx, wish)
    if not plan.steps:
        return None
    before = await _open_request(ctx, wish)
    if before is not None and before.state is RequestState.APPROVED:
        if await _is_covered(ctx, before, wish):
            await use_up(ctx, before)
            return None
        if before.requested_by_id == asking and before.body_hash == wish.body_hash:
            await attempt.rehearse(ctx)
            await take_back(ctx, before, RequestState.STALE)
            return told(await ask(ctx, wish, plan=plan, follows=before))
        before = None
    if before is None:
        await attempt.rehearse(ctx)
        return told(await ask(ctx, wish, plan=plan))
    if before.requested_by_id == asking and before.body_hash == wish.body_hash:
        return told(before)
    raise ApprovalPending(
        f"{before.number} waits for consent; it can be recalled",
        approval_request_id=str(before.id),
    )


async def _open_request(ctx: Context, wish: Wish) -> ApprovalRequest | None:
    """What has consent to these very words and is not done yet; or else what waits for consent, or
    has it for other words. Locked."""
    rows: list[ApprovalRequest] = await (
        ctx.every(approval_requests)
        .filter(
            record_id=wish.record_id,
            action=wish.action,
            kind=wish.resource.name,
            state__in=[RequestState.PENDING, RequestState.APPROVED],
            performed_at__isnull=True,
            failure__isnull=True,
        )
        .order_by("-requested_at")
    )
    waiting = [row for row in rows if row.state is RequestState.PENDING]
    mine = [row for row in rows if row.requested_by_id == wish.requester_id]
    agreed = [row for row in mine if row.body_hash == wish.body_hash and row not in waiting]
    chosen = next(iter(agreed or waiting or mine), None)
    if chosen is None:
        return None
    locked: ApprovalRequest = await ctx.find(approval_requests, chosen.id, lock=True)
    open_still = locked.state in {RequestState.PENDING, RequestState.APPROVED}
    return locked if open_still and locked.performed_at is None else None


async def _is_covered(ctx: Context, request: ApprovalRequest, wish: Wish) -> bool:
    if request.requested_by_id != wish.requester_id or request.body_hash != wish.body_hash:
        return False
    steps = await ctx.every(approval_steps).filter(request_id=request.id)
    return not await is_stale(ctx, request, steps)


async def use_up(ctx: Context, request: ApprovalRequest) -> None:
    """What consent was given for is done, once."""
    request.performed_at = ctx.now
    await ctx.save(request)
    await note(ctx, request, "performed")
    ctx.emit(ApprovalPerformed(request.id, request.kind, request.record_id, request.action))


def told(request: ApprovalRequest | None) -> dict[str, Any]:
    """What the caller learns who used a verb that waits."""
    if request is None:  # pragma: no cover - there are steps, so somebody is asked
        raise AssertionError("nobody was asked")
    return {
        "approval_request_id": request.id,
        "number": request.number,
        "state": request.state.value,
    }


async def is_agreed(ctx: Context, kind: str, record_id: UUID, action: str = "") -> bool:
    """Whether the latest question about the record was answered with yes and still stands."""
    latest: ApprovalRequest | None = (
        await ctx.every(approval_requests)
        .filter(kind=kind, record_id=record_id, action=action)
        .order_by("-requested_at")
        .first()
    )
    return latest is not None and latest.state is RequestState.APPROVED
