"""The walk over a file. Each batch commits with the place it ends at, so whoever takes over from a
worker that died goes on with the next row, and none is done twice."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from backend.platform.transfers.asking import caller_of
from backend.platform.transfers.batches import Batch, Line, Task, read_line, told
from backend.platform.transfers.columns import KEYS, Reader, importable
from backend.platform.transfers.errors import UnreadableFile
from backend.platform.transfers.formats.delimited import Delimited
from backend.platform.transfers.formats.lines import Lines
from backend.platform.transfers.formats.source import Source, SourceRow, skip, take
from backend.platform.transfers.formats.workbooks import Workbook
from backend.platform.transfers.models import Format, Import, OnError, TransferState
from backend.platform.transfers.naming import Key
from backend.platform.transfers.options import Options
from backend.platform.transfers.queries import advance, keep_faults, unique_columns
from backend.platform.transfers.resources import imports
from infra.kernel.access import Caller
from infra.kernel.attachments import storage_of
from infra.kernel.context import Context
from infra.kernel.database import Connection
from infra.kernel.jobs import JobRun
from infra.kernel.performing import allow

BATCH_ROWS = 500
FAILED_MOST = 10_000
"""A file with more refused rows than this is the wrong file."""


class Over(Exception):
    """Somebody has ended the import meanwhile."""


@dataclass
class _Done:
    """What became of a batch."""

    ctx: Context
    lines: Sequence[Line]

    @property
    def counts(self) -> Counter[str]:
        return Counter(line.outcome for line in self.lines)

    @property
    def refused(self) -> list[Line]:
        return [line for line in self.lines if line.outcome == "failed"]


class _Rehearsed(Exception):
    """Undoes the rows of a dry run and carries what became of them."""

    def __init__(self, done: _Done) -> None:
        super().__init__()
        self.done = done


@dataclass
class Walk:
    """One run over the file."""

    job: JobRun
    row: Import
    storage_key: str
    task: Task = field(init=False)
    reader: Reader = field(init=False)
    headings: tuple[str, ...] | None = None
    position: int = 0
    failed: int = 0
    rehearsed: set[Key] | None = None

    async def run(self) -> TransferState:
        """The state that it ends in; raises UnreadableFile, Forbidden, NotFound, Over."""
        options = Options.model_validate(self.row.options, strict=False)
        self.position, self.failed = self.row.position, self.row.failed_count
        self.rehearsed = set() if self.row.dry_run else None
        source = await asyncio.to_thread(self._open, options)
        self.headings = source.headings
        try:
            await self._prepare(source, options)
            rows = source.rows()
            await asyncio.to_thread(skip, rows, self.position)
            return await self._walk(source, rows)
        finally:
            await asyncio.to_thread(source.close)

    def _open(self, options: Options) -> Source:
        if not self.storage_key:
            raise UnreadableFile("the file is gone")
        path = storage_of(self.job.services).path(self.job.tenant_id, self.storage_key)
        match self.row.format:
            case Format.CSV:
                return Delimited(path, options)
            case Format.XLSX:
                return Workbook(path, options)
        return Lines(path)

    async def _prepare(self, source: Source, options: Options) -> None:
        """Understand the headings; ignored ones are noted, unknown ones end the import."""
        services, row = self.job.services, self.row
        registry = services.registry
        caller = await self._caller()
        form = importable(registry, row.resource, caller, row.mode)
        if form is None:
            raise UnreadableFile(f"{row.resource} cannot be imported any more")
        named = {registry.resources[r.resource] for r in form.resource.relations.values()}
        async with self.job.transaction() as ctx:
            unique = await unique_columns(ctx, [form.resource, *named])
            open_ = {
                resource.name: unique[resource.name]
                & services.plans.of(caller, resource).open_columns
                for resource in (form.resource, *named)
            }
            plan = services.plans.of(caller, form.resource)
            self.reader = Reader(form, row.mapping, plan, open_, registry)
            layout = self.reader.lay_out(source.headings)
            if layout.faults:
                raise UnreadableFile("its columns do not fit", faults=layout.faults)
            if row.ignored_columns != layout.ignored:
                found: Import = await ctx.find(imports, row.id, lock=True)
                found.ignored_columns = layout.ignored
                await ctx.save(found)
        self.task = Task(
            form, layout, options, row.mode, row.match_on or "", row.source,
            unique[form.resource.name] - set(KEYS),
        )  # fmt: skip

    async def _walk(self, source: Source, rows: Iterator[SourceRow]) -> TransferState:
        while batch := await asyncio.to_thread(take, rows, BATCH_ROWS):
            if source.headings is None:
                self._learn(batch)
            done = await self._batch(batch, min(99, int(source.share() * 100)))
            self.position += len(done.lines)
            self.failed += len(done.refused)
            is_stopped = self.row.on_error is OnError.STOP and done.refused
            if is_stopped or self.failed >= FAILED_MOST:
                return TransferState.STOPPED
        return TransferState.DONE

    def _learn(self, batch: Sequence[SourceRow]) -> None:
        """Take up the headings of rows that name their own; unknown ones are each row's fault."""
        layout = self.task.layout
        known = layout.columns.keys() | set(layout.ignored)
        self.reader.extend(layout, {n: None for row in batch for n in row.cells if n not in known})
        layout.faults.clear()

    async def _batch(self, batch: Sequence[SourceRow], progress: int) -> _Done:
        """The rows of the batch and the place behind them, in one transaction."""

        async def work(connection: Connection, caller: Caller) -> _Done:
            for definition in filter(None, (self.task.form.create, self.task.form.update)):
                allow(self.job.services, caller, definition)
            ctx = Context(
                self.job.services, connection, caller, action=f"{self.row.resource}.import",
                request_id=self.job.request_id, origin=f"import {self.row.id}",
            )  # fmt: skip
            lines = [read_line(self.task, row) for row in batch]
            doing = Batch(ctx, self.task, self.rehearsed)
            if self.row.on_error is OnError.STOP:
                lines = await doing.run_until_refused(lines)
            else:
                await doing.run(lines)
            await ctx.flush()
            done = _Done(ctx, lines)
            if self.rehearsed is not None:
                raise _Rehearsed(done)
            await self._note(ctx, done, progress)
            return done

        async def note(connection: Connection, caller: Caller) -> None:
            await self._note(Context(self.job.services, connection, caller), done, progress)

        caller = await self._caller()
        try:
            done = await self.job.acting(caller, work)
            done.ctx.committed()
        except _Rehearsed as rehearsed:
            done = rehearsed.done
            await self.job.acting(caller, note)
        return done

    async def _note(self, ctx: Context, done: _Done, progress: int) -> None:
        refused = [(li.source.number, li.source.cells, told(li, self.task)) for li in done.refused]
        if refused:
            await keep_faults(ctx, self.row.id, self.row.profile_id, refused)
        place = self.position + len(done.lines)
        if not await advance(ctx, self.row.id, self.position, place, progress, done.counts):
            raise Over

    async def _caller(self) -> Caller:
        return await caller_of(self.job.services, self.job.tenant_id, self.row)
