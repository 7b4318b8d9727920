"""The clock of a tenant's articles: one job that waits for the next moment of any of them."""

from datetime import datetime, timedelta

from infra.kernel.context import Context

JOB = "knowledge.clock"
BETWEEN = timedelta(seconds=1)


def set_clock(ctx: Context, moment: datetime) -> None:
    """See that the clock looks at the articles by then; a watch finds what this may miss."""
    ctx.enqueue(JOB, {}, run_at=max(moment, ctx.now), key=JOB, priority=5, earliest=True)
