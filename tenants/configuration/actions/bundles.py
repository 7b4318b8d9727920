"""The whole configuration, written out and read back."""

from infra.kernel.actions import action
from infra.kernel.context import Context
from tenants.configuration import carrying
from tenants.configuration.answers import (
    Application,
    Bundle,
    Checksum,
    Comment,
    Files,
    PackName,
    PacksTold,
    Plan,
)
from tenants.configuration.catalog import Catalog
from tenants.configuration.models import Origin
from tenants.configuration.objects import checksum
from tenants.configuration.packs import Packs
from tenants.configuration.resources import config_revisions
from tenants.configuration.snapshot import snapshot


@action(config_revisions, audiences=("staff",), on="collection", method="GET")
async def export(ctx: Context) -> Bundle:
    """All that admins configure, as files of YAML: no ids, no secrets, no records."""
    state = await snapshot(ctx, Catalog.of(ctx.services.registry).kinds)
    files = state.files()
    return Bundle(checksum=checksum(files), files=files)


@action(config_revisions, audiences=("staff",), on="collection")
async def plan(ctx: Context, *, files: Files, delete: bool = False) -> Plan:
    """What applying these files would change, weaken and be refused for; nothing is changed.

    Only kinds that have a file are spoken of. With `delete`, what a file does not name goes.
    """
    return await carrying.plan(ctx, files, delete=delete)


@action(config_revisions, audiences=("staff",), on="collection")
async def apply(
    ctx: Context,
    *,
    files: Files,
    delete: bool = False,
    base_checksum: Checksum | None = None,
    comment: Comment = "",
) -> Application:
    """Make the configuration what these files say: all of it, or nothing with every fault named.

    `base_checksum` is the plan's: with it, nothing is applied to another state than the plan saw.
    """
    return await carrying.carry_out(
        ctx,
        files,
        delete=delete,
        origin=Origin.APPLIED,
        comment=comment,
        base_checksum=base_checksum,
    )


@action(config_revisions, audiences=("staff",), on="collection", method="GET")
async def packs(ctx: Context) -> PacksTold:
    """Bundles that come with the product."""
    return PacksTold(data=Packs.of(ctx.services).all)


@action(config_revisions, audiences=("staff",), on="collection")
async def plan_pack(ctx: Context, *, name: PackName) -> Plan:
    """What a pack would add to the configuration or change in it."""
    return await carrying.plan(ctx, Packs.of(ctx.services).files(name), delete=False)


@action(config_revisions, audiences=("staff",), on="collection")
async def apply_pack(
    ctx: Context, *, name: PackName, base_checksum: Checksum | None = None, comment: Comment = ""
) -> Application:
    """Put a pack's objects beside what is there; nothing is deleted."""
    return await carrying.carry_out(
        ctx,
        Packs.of(ctx.services).files(name),
        delete=False,
        origin=Origin.PACK,
        comment=comment or f"Pack {name}",
        base_checksum=base_checksum,
    )
