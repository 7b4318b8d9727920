"""The work of an export: pages through the caller's own plan, into a file that is theirs alone."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from backend.platform.transfers.actions.exports import JOB
from backend.platform.transfers.asking import caller_of
from backend.platform.transfers.errors import UnreadableFile
from backend.platform.transfers.formats.writing import Writer, writer_of
from backend.platform.transfers.importing import SECONDS_MOST, told
from backend.platform.transfers.models import Export, TransferState
from backend.platform.transfers.queries import expired_exports, note_rows
from backend.platform.transfers.resources import exports
from infra.kernel.attachments import attachments, record_file, storage_of
from infra.kernel.context import Context
from infra.kernel.errors import BadRequest, Forbidden, NotFound, Problem, TooLarge
from infra.kernel.jobs import JobRun, job, periodic
from infra.kernel.query import LIMIT_MOST
from infra.kernel.quotas import QuotaReached
from infra.kernel.reading import read_list
from infra.kernel.resource import CUSTOM
from infra.kernel.storage import CHUNK_BYTES, Stored, Upload

KEPT = timedelta(days=3)
BYTES_MOST = 1024 * 1024 * 1024
PAGES_A_CALLER = 10
"""After so many pages whoever asked is looked up again: a role that was taken ends the export."""

Record = Mapping[str, Any]
_REFUSALS = (UnreadableFile, Forbidden, NotFound, BadRequest, TooLarge, QuotaReached)


class _Over(Exception):
    """Somebody has called the export off."""


@job(JOB, network=True, timeout_seconds=SECONDS_MOST, attempts_max=8)
async def run_export(run: JobRun, *, export_id: UUID) -> None:
    """Write the file and hand it over; a run that is broken off leaves nothing and begins again."""
    async with run.transaction() as ctx:
        row: Export | None = await ctx.find(exports, export_id, lock=True)
        if row is None or row.state not in {TransferState.QUEUED, TransferState.RUNNING}:
            return
        row.state, row.started_at, row.row_count = TransferState.RUNNING, ctx.now, 0
        ctx.action = "exports.begin"
        await ctx.save(row)
    upload = await storage_of(run.services).begin(run.tenant_id, bytes_max=BYTES_MOST)
    kept = False
    try:
        rows = await _write(run, row, upload)
        kept = await _hand_over(run, export_id, await upload.finish(), rows)
    except _Over:
        return
    except _REFUSALS as refused:
        await _fail(run, export_id, refused)
    finally:
        if not kept:
            await upload.discard()


async def _write(run: JobRun, row: Export, upload: Upload) -> int:
    """How many records went into the file."""
    writer = writer_of(row.format, row.columns)
    count = 0
    async for page in _pages(run, row):
        await upload.write(await asyncio.to_thread(writer.page, page))
        count += len(page)
        async with run.transaction() as ctx:
            if not await note_rows(ctx, row.id, count):
                raise _Over
    await _write_rest(writer, upload)
    return count


async def _write_rest(writer: Writer, upload: Upload) -> None:
    rest = await asyncio.to_thread(writer.rest)
    if isinstance(rest, bytes):
        await upload.write(rest)
        return
    try:
        with await asyncio.to_thread(rest.open, "rb") as file:
            while piece := await asyncio.to_thread(file.read, CHUNK_BYTES):
                await upload.write(piece)
    finally:
        await asyncio.to_thread(_unlink, rest)


def _unlink(path: Path) -> None:
    path.unlink(missing_ok=True)


async def _pages(run: JobRun, row: Export) -> AsyncIterator[Sequence[Record]]:
    """The records, a page after the other, with the fields of related records put in."""
    resource = run.services.registry.resources[row.resource]
    own = [name for name in row.columns if "." not in name]
    related = sorted({name.partition(".")[0] for name in row.columns if "." in name})
    if CUSTOM in related and resource.is_customizable:
        related.remove(CUSTOM)
        own = list(dict.fromkeys((*own, CUSTOM)))
    query = {str(name): str(value) for name, value in row.conditions.items()}
    query |= {"limit": str(LIMIT_MOST), "fields": ",".join(own or ["id"])}
    query |= {k: v for k, v in (("sort", row.sort), ("q", row.words)) if v is not None}
    if related:
        query["expand"] = ",".join(related)
    number, caller = 0, await caller_of(run.services, run.tenant_id, row)
    while True:
        if number % PAGES_A_CALLER == PAGES_A_CALLER - 1:
            caller = await caller_of(run.services, run.tenant_id, row)
        page = await read_list(run.services, caller, resource.name, query)
        yield [_flat(record, row.columns) for record in page.data]
        if page.next is None:
            return
        query["after"], number = page.next, number + 1


def _flat(record: Record, columns: Sequence[str]) -> Record:
    shown = {}
    for name in columns:
        relation, _, column = name.partition(".")
        inner = record.get(relation) if column else None
        shown[name] = (inner or {}).get(column) if column else record.get(name)
    return shown


async def _hand_over(run: JobRun, export_id: UUID, stored: Stored, rows: int) -> bool:
    """Attach the file to the export; False where nobody waits for it any more."""
    async with run.transaction() as ctx:
        row: Export = await ctx.find(exports, export_id, lock=True)
        if row.state is not TransferState.RUNNING:
            return False
        name = f"{row.resource}-{ctx.now:%Y-%m-%d}.{row.format.value}"
        file = await record_file(
            ctx, stored, name, "application/octet-stream", kind=exports.name, record_id=row.id
        )
        file.created_by = row.profile_id
        row.state, row.attachment_id, row.row_count = TransferState.DONE, file.id, rows
        row.finished_at, row.expires_at = ctx.now, ctx.now + KEPT
        ctx.action = "exports.finish"
        await ctx.save(row)
        told_ = {"resource": row.resource, "conditions": row.conditions, "rows": rows}
        ctx.note("exports.written", exports, row.id, told_)
    return True


async def _fail(run: JobRun, export_id: UUID, problem: Problem) -> None:
    async with run.transaction() as ctx:
        row: Export = await ctx.find(exports, export_id, lock=True)
        if row.state is TransferState.RUNNING:
            row.state, row.finished_at, row.problem = TransferState.FAILED, ctx.now, told(problem)
            ctx.action = "exports.finish"
            await ctx.save(row)


@periodic("transfers.expire", every_seconds=3600)
async def expire(ctx: Context) -> None:
    """Remove the files of exports that have been kept long enough."""
    for export_id in await expired_exports(ctx, ctx.now, 200):
        row: Export = await ctx.find(exports, export_id, lock=True)
        file = await ctx.find(attachments, row.attachment_id, lock=True)
        row.state, row.attachment_id = TransferState.EXPIRED, None
        await ctx.save(row)
        if file is not None:
            await ctx.delete(file)
            path = storage_of(ctx.services).path(ctx.tenant_id, file.storage_key)
            ctx.after_commit(partial(path.unlink, missing_ok=True))
