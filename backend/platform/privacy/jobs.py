"""Answering people's requests, a step at a time."""

from uuid import UUID

from backend.platform.privacy import erasing
from backend.platform.privacy.copying import copy_for
from backend.platform.privacy.models import RequestKind, RequestState, SubjectRequest
from backend.platform.privacy.resources import subject_requests
from infra.kernel.context import Context
from infra.kernel.jobs import job


@job("privacy.answer", attempts_max=20, timeout_seconds=120)
async def answer(ctx: Context, *, request_id: UUID) -> None:
    """Do a step of a request that runs; goes on where it stopped."""
    request: SubjectRequest | None = await ctx.find(subject_requests, request_id, lock=True)
    if request is None or request.state is not RequestState.RUNNING:
        return
    if request.kind is RequestKind.ACCESS:
        await copy_for(ctx, request)
    elif request.kind is RequestKind.ERASURE:
        pause = await erasing.step(ctx, request)
        if pause is not None:
            run_at = ctx.now + pause if pause else None
            ctx.enqueue("privacy.answer", {"request_id": str(request_id)}, run_at=run_at)
