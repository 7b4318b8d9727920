"""An asset does not stay with people who no longer have to do with its owner."""

from backend.foundation.assets.models import AssetContact
from backend.foundation.assets.queries import strayed
from backend.foundation.assets.resources import asset_contacts
from backend.platform.responsibilities.holding import release
from infra.kernel.context import Context
from infra.kernel.events import RecordedEvent
from infra.kernel.jobs import job, reaction

TAKE_BACK = "assets.take_back"
_AT_ONCE = 500


@reaction(
    "account_relationships.updated", "account_relationships.deleted",
    "contact_relationships.updated", "contact_relationships.deleted",
    "account_relationship_types.updated", "contacts.updated",
)  # fmt: skip
async def look_after_changes(ctx: Context, event: RecordedEvent) -> None:
    """Ask anew who may have which asset once partners part or people move."""
    if event.type == "contacts.updated" and "account_id" not in event.changes:
        return
    ctx.enqueue(TAKE_BACK, key=TAKE_BACK)


@job(TAKE_BACK)
async def take_back(ctx: Context) -> None:
    """Take assets back from contacts whom nothing ties to the owner any more."""
    ids = await strayed(ctx, _AT_ONCE)
    ties: list[AssetContact] = await ctx.every(asset_contacts).filter(id__in=ids)
    for tie in ties:
        await release(ctx, tie.id)
        await ctx.delete(tie)
    if len(ids) == _AT_ONCE:
        ctx.enqueue(TAKE_BACK, key=TAKE_BACK)
