"""The copy of all that is about a person: a zip with JSON lines for each kind of record."""

import io
import zipfile
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from backend.platform.merging.queries import references_to
from backend.platform.privacy import proof_queries, queries, sweep_queries
from backend.platform.privacy.models import RequestState, SubjectRequest
from backend.platform.privacy.proving import settle
from backend.platform.privacy.rules import Person
from infra.kernel.attachments import Visibility, record_file, storage_of
from infra.kernel.context import Context
from tenants.directory.exporting import SECRET_COLUMNS, SECRET_TABLES

ADDRESSES = frozenset({"email", "sender", "recipient", "from_address", "to_address"})
NUMBERS = frozenset({"phone", "mobile"})
LEFT = frozenset(
    (
        *SECRET_TABLES, "match_keys", "match_locks", "merge_rows", "chunks", "search_entries",
        "jobs", "erasure_entries",
    )
)  # fmt: skip
HIDDEN = SECRET_COLUMNS | {
    "content_hash",
    "embedding",
    "body_tsv",
    "storage_key",
    "sha256",
    "sealed",
    "hash",
}


class Copy:
    """Rows by table, each once."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[UUID, str]] = {}

    def add(self, table: str, rows: Iterable[Any]) -> None:
        """Take rows up."""
        known = self.tables.setdefault(table, {})
        known.update({row["id"]: row["told"] for row in rows})

    def ids(self, table: str) -> list[UUID]:
        """The rows of a table so far."""
        return list(self.tables.get(table, ()))

    def zipped(self) -> bytes:
        """One file of JSON lines for each table that has any."""
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for table, rows in sorted(self.tables.items()):
                if rows:
                    lines = "".join(f"{told}\n" for _, told in sorted(rows.items()))
                    archive.writestr(f"{table}.ndjson", lines)
        return content.getvalue()


async def copy_for(ctx: Context, request: SubjectRequest) -> None:
    """Gather everything about the person and keep it as a file of the request."""
    person = await queries.person_of(ctx, request.subject_kind, request.subject_id)
    if person is None:
        await settle(ctx, request, RequestState.REJECTED)
        return
    copied = await gather(ctx, person)
    stored = await storage_of(ctx.services).keep(ctx.tenant_id, copied.zipped())
    file = await record_file(
        ctx, stored, f"data-{request.id}.zip", "application/zip", kind="subject_requests",
        record_id=request.id, visibility=Visibility.INTERNAL,
    )  # fmt: skip
    request.attachment_id = file.id
    counts = {table: len(rows) for table, rows in copied.tables.items() if rows}
    ctx.note("subject_requests.copy", "subject_requests", request.id, {"rows": [None, counts]})
    await settle(ctx, request, RequestState.DONE)


async def gather(ctx: Context, person: Person) -> Copy:
    """The person's records, what names them, what is addressed to them, and what was said on it."""
    known = await sweep_queries.sheets(ctx)
    copied = Copy()
    parts = {**person.records, "profiles": person.profiles}
    for kind, ids in parts.items():
        copied.add(kind, await proof_queries.rows_naming(ctx, kind, "id", ids, HIDDEN))
        for reference in await references_to(ctx, kind):
            if reference.table in known and reference.table not in LEFT and ids:
                rows = await proof_queries.rows_naming(
                    ctx, reference.table, reference.column, ids, HIDDEN
                )
                copied.add(reference.table, rows)
    for sheet in known.values():
        for columns, told in ((ADDRESSES, person.emails), (NUMBERS, person.phones)):
            for column in columns.intersection(sheet.texts) if sheet.name not in LEFT else ():
                rows = await proof_queries.rows_reaching(ctx, sheet.name, column, told, HIDDEN)
                copied.add(sheet.name, rows)
    for table in ("cases", "interactions"):
        for reference in await references_to(ctx, table):
            if reference.table in known and reference.table not in LEFT:
                found = copied.ids(table)
                rows = await proof_queries.rows_naming(
                    ctx, reference.table, reference.column, found, HIDDEN
                )
                copied.add(reference.table, rows)
    return copied
