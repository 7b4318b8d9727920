"""Folders coming in and going out, as jobs in the name of whoever asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from backend.platform.notifications.telling import notify
from backend.service.knowledge.folders.archive import Archive, opened
from backend.service.knowledge.folders.exporting import folder_of
from backend.service.knowledge.folders.faults import FileFault, Unfit
from backend.service.knowledge.folders.importing import Report, Shelving
from backend.service.knowledge.shelves import knowledge_bases
from infra.kernel.access import Caller
from infra.kernel.attachments import attachments, record_file, storage_of
from infra.kernel.context import Context
from infra.kernel.database import Connection
from infra.kernel.errors import Problem, Unavailable
from infra.kernel.jobs import JobRun, job
from infra.kernel.refusals import ConcurrentChange
from infra.kernel.storage import Stored

IMPORT, EXPORT = "knowledge.import_folder", "knowledge.export_folder"
SECONDS_MOST = 900.0


class _Undone(Exception):
    """The end of a dry run: everything was done, and nothing stays."""


@job(IMPORT, network=True, timeout_seconds=SECONDS_MOST, attempts_max=3)
async def import_folder(
    run: JobRun,
    *,
    attachment_id: UUID,
    knowledge_base_id: UUID,
    dry_run: bool,
    profile_id: UUID,
    roles: list[str],
    scopes: list[str] | None,
) -> None:
    """Make articles of a folder, and tell whoever asked what became of each file."""
    async with run.transaction() as ctx:
        file = await ctx.find(attachments, attachment_id)
    caller = await _caller(run, profile_id, roles, scopes)
    report = Report(dry_run=dry_run)

    async def work(connection: Connection, caller: Caller) -> None:
        nonlocal report
        report = Report(dry_run=dry_run)  # anew, should the transaction be begun again
        ctx = Context(run.services, connection, caller, action="articles.import_folder")
        with _reading(run, file) as archive:
            await Shelving(ctx, archive, knowledge_base_id, report).run()
        await ctx.flush()
        if dry_run:
            raise _Undone

    try:
        await run.acting(caller, work)
    except _Undone:
        pass
    except Problem as refused:
        if isinstance(refused, ConcurrentChange | Unavailable) and not run.is_last_attempt:
            raise
        wrong = refused if isinstance(refused, Unfit) else Unfit("refused", refused.detail)
        report = Report(dry_run=dry_run, refused=1, faults=[wrong.at("")])
    await _tell(run, profile_id, report)


@contextmanager
def _reading(run: JobRun, file: Any) -> Iterator[Archive]:
    if file is None:
        raise Unfit("gone")
    path: Path = storage_of(run.services).path(run.tenant_id, file.storage_key)
    with opened(path) as archive:
        yield archive


async def _tell(run: JobRun, profile_id: UUID, report: Report) -> None:
    content = report.model_dump_json(indent=2).encode()
    stored = await storage_of(run.services).keep(run.tenant_id, content)
    what = "would be imported" if report.dry_run else "were imported"
    told = (
        f"{report.created} new, {report.changed} changed, {report.unchanged} as before, "
        f"{report.refused} refused, {len(report.broken)} broken links"
    )
    async with run.transaction() as ctx:
        file = await record_file(ctx, stored, "import-report.json", "application/json")
        file.created_by = profile_id
        lines = [_told(each) for each in [*report.faults, *report.broken][:20]]
        await notify(
            ctx, [profile_id], topic="articles.import", title=f"Articles that {what}: {told}",
            body="\n".join(lines), about=(attachments.name, file.id),
        )  # fmt: skip


def _told(fault: FileFault) -> str:
    place = fault.path if fault.line is None else f"{fault.path}, line {fault.line}"
    return f"{place}: {fault.message}"


@job(EXPORT, network=True, timeout_seconds=SECONDS_MOST, attempts_max=3)
async def export_folder(
    run: JobRun,
    *,
    knowledge_base_id: UUID,
    profile_id: UUID,
    roles: list[str],
    scopes: list[str] | None,
) -> None:
    """Write a base into a folder, and give it to whoever asked."""
    caller = await _caller(run, profile_id, roles, scopes)

    async def work(connection: Connection, caller: Caller) -> Stored:
        ctx = Context(run.services, connection, caller)
        await ctx.get(knowledge_bases, knowledge_base_id)
        return await folder_of(ctx, knowledge_base_id)

    stored = await run.services.transact(caller, work, read_only=True)
    async with run.transaction() as ctx:
        file = await record_file(ctx, stored, "knowledge.zip", "application/zip")
        file.created_by = profile_id
        await notify(
            ctx, [profile_id], topic="articles.export", title="Your folder of articles is ready",
            about=(attachments.name, file.id),
        )  # fmt: skip
        ctx.note("articles.exported", attachments, file.id, {"base": str(knowledge_base_id)})


async def _caller(
    run: JobRun, profile_id: UUID, roles: list[str], scopes: list[str] | None
) -> Caller:
    """Whoever asked, with no more than they had then and have now."""
    now: Caller = await run.services.callers.of_profile(run.tenant_id, profile_id)
    return replace(
        now,
        roles=now.roles & frozenset(roles),
        scopes=None if scopes is None else frozenset(scopes),
    )
