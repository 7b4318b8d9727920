"""Files that come with a form: kept first, given to their record once it has what they belong to.

A page's form carries words and files at once. The files go to disk and to rows that belong to their
uploader; only when the words are written are they attached, so a refusal leaves nothing behind
that anybody sees, and the sweeper takes the rest.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from starlette.datastructures import UploadFile

from infra.kernel.access import Caller
from infra.kernel.actions import definition_of
from infra.kernel.attachments import Attachment, create, record_file, storage_of
from infra.kernel.context import Context
from infra.kernel.database import Connection
from infra.kernel.errors import NotFound
from infra.kernel.ids import parse
from infra.kernel.multipart import harmless_name, media_type
from infra.kernel.performing import allow
from infra.kernel.storage import CHUNK_BYTES, Stored
from portals.visits import Visit

_KEPT_MOST = 20
_CREATE = definition_of(create)
_TAKES_FILES = re.compile(
    r"/(cases/new|chat|(workspace/)?cases/[^/]+/(comments|notes|reply)|admin/imports/new"
    r"|workspace/knowledge/folders)"
)


def takes_files(path: str) -> bool:
    """Whether a page's form at this address may carry files."""
    return _TAKES_FILES.fullmatch(path) is not None


async def keep(visit: Visit, files: Sequence[UploadFile]) -> list[UUID]:
    """Store the files as their uploader's own; raises TooLarge, Forbidden, InsufficientStorage."""
    kept: list[UUID] = []
    if files:
        allow(visit.services, visit.caller, _CREATE)
    for file in files:
        stored = await _stored(visit, file)
        name = harmless_name(file.filename or "file")
        kind = media_type((file.content_type or "").encode("latin-1", "replace"))
        kept.append(await _row(visit, stored, name, kind))
    return kept


async def drafts(visit: Visit) -> list[dict[str, Any]]:
    """The files of this form, with those that came with it before it was refused (its field
    `kept`); a form that is refused again shows them again."""
    ids = [found for text in visit.many.get("kept", [])[:_KEPT_MOST] if (found := parse(text))]
    ids += await keep(visit, visit.files)
    shown = []
    for attachment_id in ids:
        with suppress(NotFound):
            row = await visit.read("attachments", attachment_id)
            if row["record_id"] is None:
                shown.append(row | {"id": str(row["id"])})
    return shown


async def attach(visit: Visit, ids: Sequence[UUID | str], kind: str, record_id: str) -> None:
    """Give kept files to a record that their uploader may add to."""
    for attachment_id in ids:
        await visit.ask("attachments.attach", attachment_id, kind=kind, record_id=record_id)


async def _stored(visit: Visit, file: UploadFile) -> Stored:
    upload = await storage_of(visit.services).begin(visit.caller.tenant_id)
    try:
        while piece := await file.read(CHUNK_BYTES):
            await upload.write(piece)
        return await upload.finish()
    except BaseException:
        await upload.discard()
        raise


async def _row(visit: Visit, stored: Stored, name: str, kind: str) -> UUID:
    async def work(connection: Connection, caller: Caller) -> tuple[Attachment, Context]:
        ctx = Context(
            visit.services, connection, caller, action=_CREATE.permission,
            request_id=visit.request_id,
        )  # fmt: skip
        row = await record_file(ctx, stored, name, kind)
        await ctx.flush()
        return row, ctx

    row, ctx = await visit.services.transact(visit.caller, work)
    ctx.committed()
    return row.id
