"""What ends by the calendar."""

from uuid import UUID

from backend.foundation.relationships.accounts import finish_pair
from backend.foundation.relationships.models import AccountRelationship
from backend.foundation.relationships.ties import END_ON_DATE, find_tie, finish, is_over
from infra.kernel.context import Context
from infra.kernel.jobs import job


@job(END_ON_DATE)
async def end_on_date(ctx: Context, *, collection: str, record_id: UUID) -> None:
    """End a tie whose last day is over; one that was given another day has a job of its own."""
    tie = await find_tie(ctx, collection, record_id)
    if tie is None or not is_over(tie, ctx.now.date()):
        return
    if isinstance(tie, AccountRelationship):
        await finish_pair(ctx, tie)
    else:
        await finish(ctx, tie)
