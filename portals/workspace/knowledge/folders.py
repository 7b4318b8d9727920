"""Folders of texts in and out: asked for here, done as jobs, with a report of every file."""

import asyncio
from typing import Any
from uuid import UUID

import orjson
from starlette.responses import Response

from infra.kernel.access import Caller
from infra.kernel.attachments import downloadable, storage_of
from infra.kernel.context import Context
from infra.kernel.database import Connection
from infra.kernel.errors import Fault, Forbidden, Invalid, NotFound, Problem
from portals.faults import Errors
from portals.uploads import keep
from portals.visits import Visit
from portals.workspace.desk import reader_of, show
from portals.workspace.knowledge.reports import worded
from portals.workspace.reader import Reader, Row

PATH = "/workspace/knowledge/folders"
IMPORTED, EXPORTED = "articles.import", "articles.export"
REPORTS_SHOWN = 5
BASES_MOST = 200


def may_see(reader: Reader) -> bool:
    """Whether there is anything on the page for this person."""
    return reader.may("articles", "import_folder") or reader.may("articles", "export_folder")


async def folders_page(visit: Visit) -> Response:
    """`GET /workspace/knowledge/folders`."""
    return await _drawn(visit)


async def _drawn(visit: Visit, errors: Errors | None = None, *, status: int = 200) -> Response:
    reader = reader_of(visit)
    if not may_see(reader):
        raise Forbidden("you may not move folders of articles")
    asked = {"topic[in]": f"{IMPORTED},{EXPORTED}", "limit": str(REPORTS_SHOWN)}
    bases, told = await asyncio.gather(
        reader.rows("knowledge_bases", {"limit": str(BASES_MOST)}),
        reader.rows("notifications", asked),
    )
    return await show(
        visit, "workspace/knowledge_folders.html", status=status, errors=errors or [],
        bases=[{"value": str(each["id"]), "label": each["name"]} for each in bases],
        values=visit.typed, can_import=reader.may("articles", "import_folder"),
        can_export=reader.may("articles", "export_folder"),
        results=await asyncio.gather(*(_result(visit, reader, each) for each in told)),
    )  # fmt: skip


async def _result(visit: Visit, reader: Reader, note: Row) -> Row:
    """What a job that has ended left: a report of an import, or a folder to take away."""
    report = await _report(reader, note["record_id"]) if note["topic"] == IMPORTED else None
    return {
        "at": note["created_at"],
        "url": f"/api/v1/attachments/{note['record_id']}/content",
        "report": worded(report, visit.say) if report else None,
        "is_export": note["topic"] == EXPORTED,
    }


async def _report(reader: Reader, attachment_id: UUID) -> Row | None:
    """The report, as far as it is still kept."""

    async def work(connection: Connection, caller: Caller) -> str:
        ctx = Context(reader.services, connection, caller)
        return (await downloadable(ctx, attachment_id)).storage_key

    try:
        key = await reader.services.transact(reader.caller, work, read_only=True)
        pieces = storage_of(reader.services).read(reader.caller.tenant_id, key)
        told: Row = orjson.loads(b"".join([piece async for piece in pieces]))
    except (NotFound, OSError):
        return None
    return told


async def move(visit: Visit) -> Response:
    """`POST /workspace/knowledge/folders`: bring a folder in, try it, or take a base out."""
    try:
        typed = await visit.form()
        body: dict[str, Any] = {"knowledge_base_id": typed.get("base_id", "")}
        if typed.get("do") == "export":
            await visit.do("articles.export_folder", **body)
            return visit.go(PATH, notice=visit.say("The folder is being written. It shows here."))
        if not visit.files:
            raise Invalid([Fault("/file", "missing", "is missing")])
        (kept,) = await keep(visit, visit.files[:1])
        body |= {"attachment_id": str(kept), "dry_run": typed.get("do") != "import"}
        await visit.do("articles.import_folder", **body)
    except (NotFound, Forbidden):
        raise
    except Problem as refused:
        errors = visit.errors(refused, knowledge_base_id="base_id", attachment_id="file")
        return await _drawn(visit, errors, status=refused.status)
    return visit.go(PATH, notice=visit.say("The folder is being read. Its report shows here."))
