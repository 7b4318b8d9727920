"""An import as a job: how it begins, and how it ends."""

from typing import Any
from uuid import UUID

from backend.platform.transfers.actions.imports import JOB
from backend.platform.transfers.errors import UnreadableFile
from backend.platform.transfers.models import Import, TransferState
from backend.platform.transfers.queries import start_over
from backend.platform.transfers.reports import Report, write_report
from backend.platform.transfers.resources import imports
from backend.platform.transfers.walking import Over, Walk
from infra.kernel.attachments import attachments
from infra.kernel.errors import Forbidden, NotFound, Problem
from infra.kernel.jobs import JobRun, job

SECONDS_MOST = 4 * 3600.0


@job(JOB, network=True, timeout_seconds=SECONDS_MOST, attempts_max=20)
async def run_import(run: JobRun, *, import_id: UUID) -> None:
    """Read the file from where the last run stopped, and make records of it."""
    walk = await _begin(run, import_id)
    if walk is None:
        return
    state, problem = TransferState.FAILED, None
    try:
        state = await walk.run()
    except Over:
        return
    except (UnreadableFile, Forbidden, NotFound) as refused:
        problem = refused
    report = await write_report(run, walk.row, walk.headings)
    try:
        await _end(run, import_id, state, problem, report)
    except BaseException:
        if report is not None:
            await report.discard(run)
        raise


async def _begin(run: JobRun, import_id: UUID) -> Walk | None:
    async with run.transaction() as ctx:
        row: Import | None = await ctx.find(imports, import_id, lock=True)
        if row is None or row.state not in {TransferState.QUEUED, TransferState.RUNNING}:
            return None
        file = await ctx.find(attachments, row.attachment_id)
        if row.dry_run and row.position:
            await start_over(ctx, row.id)
            row = await ctx.find(imports, import_id, lock=True)
        row.state, row.started_at = TransferState.RUNNING, row.started_at or ctx.now
        ctx.action = "imports.begin"
        await ctx.save(row)
    return Walk(run, row, file.storage_key if file else "")


async def _end(
    run: JobRun,
    import_id: UUID,
    state: TransferState,
    problem: Problem | None,
    report: Report | None,
) -> None:
    async with run.transaction() as ctx:
        row: Import = await ctx.find(imports, import_id, lock=True)
        row.report_id = await report.keep(ctx, row) if report is not None else None
        if row.state is TransferState.RUNNING:
            row.state, row.finished_at, row.problem = state, ctx.now, told(problem)
            row.progress = 100 if state is TransferState.DONE else row.progress
        ctx.action = "imports.finish"
        await ctx.save(row)


def told(problem: Problem | None) -> dict[str, Any] | None:
    """A problem as a record keeps it."""
    if problem is None:
        return None
    errors = [{"pointer": f.pointer, "code": f.code, "message": f.message} for f in problem.faults]
    return {"type": problem.type, "detail": problem.detail, "errors": errors}
