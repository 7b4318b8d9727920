"""Keeping no more of people's searches than is needed, and that not for long."""

from datetime import timedelta

from backend.service.learning import search_queries as queries
from infra.kernel.context import Context
from infra.kernel.jobs import periodic

KEPT = timedelta(days=90)
KEPT_MOST = 100_000
SEARCHERS = timedelta(days=1)


@periodic("learning.forget", every_seconds=21_600)
async def forget(ctx: Context) -> None:
    """Forget who searched after a day, and what was searched after three months."""
    await queries.forget_searchers(ctx, ctx.now - SEARCHERS)
    await queries.forget_searches(ctx, ctx.now - KEPT, KEPT_MOST)
