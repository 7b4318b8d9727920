"""What follows for warranties when things are installed and days pass."""

from backend.foundation.installed.models import InstallBaseItem
from backend.foundation.installed.resources import install_base_items
from backend.foundation.warranties import queries
from backend.foundation.warranties.standing import bring_up_to_date
from infra.kernel.context import Context
from infra.kernel.events import RecordedEvent
from infra.kernel.jobs import periodic, reaction


@reaction("install_base_items.created", "install_base_items.updated")
async def cover_item(ctx: Context, event: RecordedEvent) -> None:
    """A new item, or one with another serial number, is under its product's warranty at once."""
    if event.type.endswith(".updated") and "serial_number" not in event.changes:
        return
    item: InstallBaseItem | None = await ctx.find(install_base_items, event.record_id)
    if item is not None:
        await bring_up_to_date(ctx, [item.sold_product_id])


@periodic("warranties.turn", every_seconds=3_600)
async def turn(ctx: Context) -> None:
    """See hourly what has begun or ceased to be under warranty."""
    if found := await queries.turned(ctx, ctx.now.date()):
        await bring_up_to_date(ctx, found)
