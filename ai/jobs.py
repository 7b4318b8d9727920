"""What the advice rooms do beside requests."""

from ai import cells, indexing
from ai.providers import providers_of
from infra.kernel.context import Context
from infra.kernel.jobs import JobRun, job, periodic

_ROUNDS_MAX = 40


@job("ai.catch_up", network=True, attempts_max=12, timeout_seconds=120)
async def catch_up(run: JobRun) -> None:
    """Give vectors to pieces that wait for one, and sort a tenant that has grown large."""
    async with run.transaction() as ctx:
        embedder = await providers_of(run.services).embedder(ctx)
    for _ in range(_ROUNDS_MAX):
        done = await indexing.embed_waiting(run.transaction, embedder, tenant_id=run.tenant_id)
        if done == 0:
            break
    else:
        # The rest in another run, so that one tenant's flood is not one long job.
        async with run.transaction() as ctx:
            ctx.enqueue("ai.catch_up", key="ai.catch_up")
        return
    await cells.sort_into_cells(run.transaction, tenant_id=run.tenant_id)


@periodic("ai.keep_up", every_seconds=3600)
async def keep_up(ctx: Context) -> None:
    """See hourly whether something was left without a vector or outgrew its cells."""
    ctx.enqueue("ai.catch_up", key="ai.catch_up")
