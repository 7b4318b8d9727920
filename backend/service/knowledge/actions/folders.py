"""Bringing a folder of texts in, and taking a base out as one."""

from typing import Any
from uuid import UUID

from backend.platform.transfers.asking import require_profile
from backend.service.knowledge.folders.jobs import EXPORT, IMPORT
from backend.service.knowledge.resources import articles
from backend.service.knowledge.shelves import knowledge_bases
from infra.kernel.actions import Accepted, action
from infra.kernel.attachments import downloadable
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid, NotFound


@action(articles, on="collection", audiences=("staff",))
async def import_folder(
    ctx: Context, *, attachment_id: UUID, knowledge_base_id: UUID, dry_run: bool = False
) -> Accepted:
    """Make drafts of a zip of Markdown and HTML; a folder that is brought again changes them.

    The answer comes as a notification with a report of every file. A dry run keeps nothing.
    """
    try:
        await downloadable(ctx, attachment_id)
    except NotFound:
        raise Invalid([Fault("/attachment_id", "not_found", "is no upload of yours")]) from None
    body = {"attachment_id": str(attachment_id), "dry_run": dry_run}
    return await _queued(ctx, IMPORT, knowledge_base_id, body)


@action(articles, on="collection", audiences=("staff",))
async def export_folder(ctx: Context, *, knowledge_base_id: UUID) -> Accepted:
    """Write a base into a zip of Markdown that can be imported again; a notification brings it."""
    return await _queued(ctx, EXPORT, knowledge_base_id, {})


async def _queued(ctx: Context, job: str, base_id: UUID, body: dict[str, Any]) -> Accepted:
    try:
        await ctx.get(knowledge_bases, base_id)
    except NotFound:
        fault = Fault("/knowledge_base_id", "not_found", "there is no such record")
        raise Invalid([fault]) from None
    caller = ctx.caller
    body |= {
        "knowledge_base_id": str(base_id),
        "profile_id": str(require_profile(ctx)),
        "roles": sorted(caller.roles),
        "scopes": None if caller.scopes is None else sorted(caller.scopes),
    }
    return Accepted(job=ctx.enqueue(job, body))
