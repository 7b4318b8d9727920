"""Whether a question is about the record as it was then, and what becomes of it if not.

What a rule looked at is kept with each step. A rule that was changed, switched off or taken away
since leaves the question as it was asked: only the record, or another rule of that time that has
come to apply to it, make it stale. Then it is asked anew, by the rules as they are.
"""

from collections.abc import Sequence
from uuid import UUID

from backend.platform.approvals.asking import ask, refuse, take_back
from backend.platform.approvals.errors import NobodyToAsk
from backend.platform.approvals.models import ApprovalRequest, ApprovalStep, RequestState
from backend.platform.approvals.planning import Plan, Wish, plan_for
from backend.platform.approvals.resources import approval_requests, approval_steps
from backend.platform.approvals.rules import digest, seen
from backend.platform.approvals.seating import Seating
from backend.platform.approvals.seats import TOPIC, note
from backend.platform.notifications.telling import notify
from infra.kernel.context import Context
from infra.kernel.errors import NotFound

GONE = "the record is no longer there"


def wish_of(ctx: Context, request: ApprovalRequest) -> Wish:
    """What was wished for, to be planned anew."""
    return Wish(
        ctx.services.registry.resources[request.kind],
        request.record_id,
        request.requested_by_id,
        request.action,
        request.body,
        request.note,
    )


async def is_stale(ctx: Context, request: ApprovalRequest, steps: Sequence[ApprovalStep]) -> bool:
    """Whether the record is another by now than was asked about; raises NotFound where it is gone.

    Rules are asked as of the moment of the question, so that time alone changes nothing.
    """
    plan = await plan_for(ctx, wish_of(ctx, request), at=request.requested_at)
    same = {m.rule.key for m in plan.matches if m.rule.updated_at <= request.requested_at}
    now = {step.identity: step.fingerprint for step in plan.steps if step.rule.key in same}
    then = {(step.rule_key, step.level): step for step in steps if step.rule_key in same}
    if now.keys() != then.keys():
        return True
    return any(_moved(plan, step, now.get((step.rule_key, step.level))) for step in steps)


def _moved(plan: Plan, step: ApprovalStep, fingerprint: str | None) -> bool:
    """Whether what a step looked at is another by now."""
    looked_at = Seating.read(step.plan).seen
    if looked_at is None:
        return fingerprint is not None and fingerprint != step.fingerprint
    return bool(digest(seen(plan.record, looked_at["places"])) != looked_at["digest"])


async def renew(ctx: Context, request_id: UUID) -> ApprovalRequest | None:
    """Ask again where the record is another by now: those levels only that are concerned. Where it
    is gone, the question goes with it."""
    request = await _locked(ctx, request_id)
    if request is None or request.performed_at is not None or request.failure is not None:
        return None
    if request.state not in {RequestState.PENDING, RequestState.APPROVED}:
        return None
    steps = await ctx.every(approval_steps).filter(request_id=request.id)
    try:
        if not await is_stale(ctx, request, steps):
            return None
    except NotFound:
        await let_lapse(ctx, request)
        return None
    try:
        async with ctx.savepoint():
            await note(ctx, request, "stale")
            await take_back(ctx, request, RequestState.STALE)
            return await ask(ctx, wish_of(ctx, request), follows=request)
    except NobodyToAsk as nobody:
        # As it was read before: nothing of what was tried stays.
        before: ApprovalRequest = await ctx.find(approval_requests, request_id, lock=True)
        await refuse(ctx, before, f"nobody is left to ask: {nobody.detail}"[:4000])
        return None


async def _locked(ctx: Context, request_id: UUID) -> ApprovalRequest | None:
    """The question, locked after its record, as whoever changes the record and asks does."""
    request: ApprovalRequest | None = await ctx.find(approval_requests, request_id)
    if request is not None:
        resource = ctx.services.registry.resources[request.kind]
        await ctx.find(resource, request.record_id, lock=True)
        request = await ctx.find(approval_requests, request_id, lock=True)
    return request


async def let_lapse(ctx: Context, request: ApprovalRequest) -> None:
    """End a question whose record is gone; one that was answered stays as it is."""
    if request.state is not RequestState.PENDING:
        return
    request.reason = GONE
    await note(ctx, request, "recalled", text=GONE)
    await take_back(ctx, request, RequestState.RECALLED)
    await notify(
        ctx, [request.requested_by_id], topic=TOPIC, title=f"{request.subject}: taken back",
        body=GONE, about=("approval_requests", request.id),
    )  # fmt: skip
