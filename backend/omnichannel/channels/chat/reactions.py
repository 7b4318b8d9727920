"""What a chat's end does to the work behind it."""

from backend.omnichannel.interactions.events import InteractionClosed
from backend.omnichannel.routing.intake import finish, item_of
from infra.kernel.context import Context
from infra.kernel.events import RecordedEvent
from infra.kernel.jobs import reaction


@reaction(InteractionClosed)
async def free_the_agent(ctx: Context, event: RecordedEvent) -> None:
    """A chat that is over takes nobody's room any more."""
    item = await item_of(ctx, event.record_id)
    if item is not None:
        await finish(ctx, item)
