"""The end of a request: its proof, sealed with the audit."""

from backend.platform.privacy import proof_queries
from backend.platform.privacy.models import ErasureCertificate, RequestState, SubjectRequest
from backend.platform.privacy.resources import subject_requests
from backend.platform.privacy.rules import digest_of, outcome_of, tally
from infra.kernel.context import Context


async def certify(
    ctx: Context, request: SubjectRequest, state: RequestState = RequestState.DONE
) -> None:
    """Write down how much was erased, kept and blocked, and let the audit seal the digest of it."""
    lines = [dict(row) for row in await proof_queries.entries_of(ctx, request.id)]
    counts = tally(await proof_queries.entry_counts(ctx, request.id))
    certificate = ErasureCertificate(
        request_id=request.id,
        outcome=outcome_of(counts, blocked=state is RequestState.BLOCKED),
        counts=counts,
        digest=digest_of(lines),
    )
    await ctx.save(certificate)
    told = {"digest": [None, certificate.digest], "counts": [None, counts]}
    ctx.note("subject_requests.certify", subject_requests, request.id, told)
    await settle(ctx, request, state)
    if state is RequestState.DONE:
        ctx.enqueue("ai.catch_up", key="ai.catch_up")


async def settle(ctx: Context, request: SubjectRequest, state: RequestState) -> None:
    """The request is answered, or waits for a hold to end."""
    request.state = state
    request.progress = {}
    request.finished_at = None if state is RequestState.BLOCKED else ctx.now
    await ctx.save(request)
