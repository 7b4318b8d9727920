"""The refused rows of an import as a file: with the columns they came in, to be mended and sent
again."""

import csv
import io
from dataclasses import dataclass
from uuid import UUID

import orjson

from backend.platform.transfers.cells import text_of
from backend.platform.transfers.formats.guarding import guard
from backend.platform.transfers.models import Import
from backend.platform.transfers.queries import faults_after
from backend.platform.transfers.resources import imports
from infra.kernel.attachments import record_file, storage_of
from infra.kernel.context import Context
from infra.kernel.jobs import JobRun
from infra.kernel.quotas import QuotaReached
from infra.kernel.storage import Stored

_PAGE = 500
_BYTES_MOST = 256 * 1024 * 1024


@dataclass(frozen=True)
class Report:
    """A report that is on disk and belongs to nobody yet."""

    stored: Stored
    name: str

    async def keep(self, ctx: Context, row: Import) -> UUID | None:
        """Give it to the import; the file's id, or None where there is no room."""
        try:
            file = await record_file(
                ctx, self.stored, self.name, "text/plain", kind=imports.name, record_id=row.id
            )
        except QuotaReached:
            return None
        file.created_by = row.profile_id
        file_id: UUID = file.id
        return file_id

    async def discard(self, run: JobRun) -> None:
        await storage_of(run.services).delete(run.tenant_id, self.stored.key)


async def write_report(run: JobRun, row: Import, headings: tuple[str, ...] | None) -> Report | None:
    """The refused rows as CSV, or as NDJSON where rows name their own columns; None of none."""
    last, storage = 0, storage_of(run.services)
    upload = await storage.begin(run.tenant_id, bytes_max=_BYTES_MOST)
    try:
        while True:
            async with run.transaction() as ctx:
                refused = await faults_after(ctx, row.id, last, _PAGE)
            if not refused:
                break
            if headings is not None and last == 0:
                await upload.write(_line([*headings, "row", "faults"]))
            for one in refused:
                await upload.write(_told(one, headings))
            last = refused[-1]["row"]
        if last == 0:
            await upload.discard()
            return None
        ending = "ndjson" if headings is None else "csv"
        return Report(await upload.finish(), f"{row.resource}-refused.{ending}")
    except BaseException:
        await upload.discard()
        raise


def _told(one: dict[str, object], headings: tuple[str, ...] | None) -> bytes:
    if headings is None:
        return orjson.dumps(one) + b"\n"
    cells, faults = one["cells"], one["faults"]
    assert isinstance(cells, dict) and isinstance(faults, list)  # noqa: PT018, S101
    why = "; ".join(f"{f['column'] or 'row'}: {f['message']}" for f in faults)
    return _line([*(text_of(cells.get(name)) for name in headings), str(one["row"]), why])


def _line(cells: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([guard(cell) for cell in cells])
    return text.getvalue().encode()
