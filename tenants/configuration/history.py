"""Writing down what state the configuration is in.

What is changed by hand is written down when somebody next asks for the history, plans or applies:
one revision for all that happened since the last, with the names of whoever the audit says it was.
"""

import json
import zlib
from collections.abc import Sequence
from typing import Any

from infra.kernel.context import Context
from infra.kernel.errors import NotFound
from tenants.configuration import queries
from tenants.configuration.catalog import Catalog
from tenants.configuration.differences import differences
from tenants.configuration.models import ConfigRevision, Origin
from tenants.configuration.objects import Configuration, checksum
from tenants.configuration.reading import read_bundle
from tenants.configuration.resources import config_revisions

CHANGES_MOST = 2_000


def packed(files: dict[str, str]) -> bytes:
    """The files as they are stored."""
    return zlib.compress(json.dumps(files, ensure_ascii=False).encode(), 9)


def unpacked(bundle: bytes) -> dict[str, str]:
    """The files again."""
    files: dict[str, str] = json.loads(zlib.decompress(bundle))
    return files


async def keep(
    ctx: Context,
    number: int,
    state: Configuration,
    changes: list[dict[str, Any]],
    *,
    origin: Origin,
    comment: str = "",
    changed_by: Sequence[str] = (),
) -> ConfigRevision:
    """Write a state down as the next revision; the caller holds the lock."""
    files = state.files()
    revision = ConfigRevision(
        number=number,
        origin=origin,
        comment=comment,
        checksum=checksum(files),
        counts=counted(changes),
        changed_by=list(changed_by or [str(ctx.actor.get("name") or ctx.actor.get("kind"))]),
        differences=changes[:CHANGES_MOST],
        bundle=packed(files),
    )
    await ctx.save(revision)
    return revision


def counted(changes: list[dict[str, Any]]) -> dict[str, int]:
    """How many objects came, became different and went."""
    return {
        verb: sum(change["change"] == verb for change in changes)
        for verb in ("create", "update", "delete")
    }


async def keep_up(ctx: Context, catalog: Catalog, present: Configuration) -> int:
    """Write down what was changed by hand since the last revision; answers the newest number."""
    last = await queries.last_revision(ctx)
    files = present.files()
    if last is not None and last["checksum"] == checksum(files):
        return int(last["number"])
    if last is None:
        await keep(ctx, 1, present, [], origin=Origin.FOUND)
        return 1
    before, _ = read_bundle(catalog, unpacked(last["bundle"]))
    changes = [change.told() for change in differences(before, present, delete=True)]
    kinds = sorted({change["resource"] for change in changes})
    number = int(last["number"]) + 1
    await keep(
        ctx,
        number,
        present,
        changes,
        origin=Origin.BY_HAND,
        changed_by=await queries.who_changed(ctx, kinds, last["id"]),
    )
    return number


async def numbered(ctx: Context, number: int) -> ConfigRevision:
    """The revision of this number; raises NotFound."""
    found: ConfigRevision | None = await ctx.rows(config_revisions).filter(number=number).first()
    if found is None:
        raise NotFound(f"there is no revision {number}")
    return found
