"""Going back in the history of the configuration."""

from infra.kernel.actions import action
from infra.kernel.context import Context
from tenants.configuration import carrying, history, queries
from tenants.configuration.answers import (
    Application,
    Checksum,
    Comment,
    Number,
    ObjectChange,
    Plan,
    RevisionBundle,
)
from tenants.configuration.catalog import Catalog
from tenants.configuration.models import ConfigRevision, Origin
from tenants.configuration.resources import config_revisions
from tenants.configuration.snapshot import snapshot


@action(config_revisions, audiences=("staff",), on="collection")
async def keep_up(ctx: Context) -> ConfigRevision:
    """Write down, as one revision, what was changed by hand since the last; answers the newest."""
    await queries.lock(ctx)
    catalog = Catalog.of(ctx.services.registry)
    number = await history.keep_up(ctx, catalog, await snapshot(ctx, catalog.kinds))
    return await history.numbered(ctx, number)


@action(config_revisions, audiences=("staff",), on="collection")
async def rollback(
    ctx: Context,
    *,
    revision: Number,
    base_checksum: Checksum | None = None,
    comment: Comment = "",
) -> Application:
    """Make the configuration again what it was; what came since goes, as a new revision."""
    chosen = await history.numbered(ctx, revision)
    return await carrying.carry_out(
        ctx,
        history.unpacked(chosen.bundle),
        delete=True,
        origin=Origin.ROLLED_BACK,
        comment=comment or f"Back to revision {revision}",
        base_checksum=base_checksum,
    )


@action(config_revisions, audiences=("staff",), on="collection")
async def plan_rollback(ctx: Context, *, revision: Number) -> Plan:
    """What going back to a revision would change and be refused for."""
    chosen = await history.numbered(ctx, revision)
    return await carrying.plan(ctx, history.unpacked(chosen.bundle), delete=True)


@action(config_revisions, audiences=("staff",), method="GET", name="bundle")
async def bundle(ctx: Context, revision: ConfigRevision) -> RevisionBundle:
    """The files as they were, and what had changed."""
    return RevisionBundle(
        number=revision.number,
        checksum=revision.checksum,
        files=history.unpacked(revision.bundle),
        changes=[ObjectChange.model_validate(change) for change in revision.differences],
    )
