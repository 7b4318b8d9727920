"""The two addresses of attachments that are not JSON: sending a file, and fetching one."""

import re
from collections.abc import AsyncIterator, Mapping
from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from infra.kernel import attachments as rules
from infra.kernel.access import Caller
from infra.kernel.actions import definition_of
from infra.kernel.admission import caller_of
from infra.kernel.attachments import Attachment, Visibility, storage_of
from infra.kernel.context import Context
from infra.kernel.database import Connection
from infra.kernel.described import described
from infra.kernel.errors import Fault, Invalid, NotFound, Problem
from infra.kernel.etags import names_any, tag_of
from infra.kernel.headers import FILE_POLICY
from infra.kernel.idempotency import keyed
from infra.kernel.ids import parse
from infra.kernel.multipart import Form, UploadedFile, read_form
from infra.kernel.performing import Outcome, allow, remember, replayed
from infra.kernel.problems import problem_response
from infra.kernel.ratelimit import client_address, trusted_networks
from infra.kernel.registry import Domain
from infra.kernel.representation import of_row
from infra.kernel.services import Services

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_FILE, _BINARY = "application/octet-stream", {"type": "string", "format": "binary"}
_CREATE = definition_of(rules.create)


class RangeNotSatisfiable(Problem):
    status, type, title = 416, "range-not-satisfiable", "The file is shorter than that"

    def __init__(self, size: int) -> None:
        super().__init__(f"it has {size} bytes")
        self.size = size


@described(
    "attachments.upload",
    tag="attachments",
    answers={201: ("application/json", {"type": "object"})},
    body=(
        "multipart/form-data",
        {
            "type": "object",
            "required": ["file"],
            "properties": {
                "file": {"type": "string", "format": "binary"},
                "kind": {"type": "string", "description": "The collection of the record"},
                "record_id": {"type": "string", "format": "uuid"},
                "visibility": {"enum": [each.value for each in Visibility], "default": "public"},
            },
        },
    ),
    headers=("Idempotency-Key",),
)
async def upload(request: Request) -> Response:
    """`POST /api/v1/attachments`, multipart: `file`, and `kind`, `record_id`, `visibility`."""
    services: Services = request.app.state.services
    caller = await caller_of(request)
    allow(services, caller, _CREATE)
    storage = storage_of(services)
    form = await read_form(
        request.stream(),
        request.headers.get("content-type", ""),
        lambda: storage.begin(caller.tenant_id),
        fields=("kind", "record_id", "visibility"),
    )
    file = _file(form)
    stays = False
    try:
        place = _place(form.fields)
        outcome = await _record(request, services, caller, file, place)
        stays = outcome.raw is None
    finally:
        if not stays:
            await storage.delete(caller.tenant_id, file.stored.key)
    headers = {"Cache-Control": "no-store"} | outcome.headers
    return Response(outcome.content(), outcome.status, headers, "application/json")


def _file(form: Form) -> UploadedFile:
    if form.file is None:
        raise Invalid([Fault("/file", "missing", "is required")])
    return form.file


def _place(given: Mapping[str, str]) -> dict[str, str | UUID | Visibility | None]:
    faults = []
    record = given.get("record_id") or None
    record_id = parse(record) if record else None
    if record and record_id is None:
        faults.append(Fault("/record_id", "uuid", "is not an id"))
    visibility = given.get("visibility") or "public"
    if visibility not in set(Visibility):
        faults.append(Fault("/visibility", "choice", "must be public or internal"))
    if "\0" in (given.get("kind") or ""):
        faults.append(Fault("/kind", "text", "holds a character that no text may hold"))
    if faults:
        raise Invalid(faults)
    return {
        "kind": given.get("kind") or None,
        "record_id": record_id,
        "visibility": Visibility(visibility),
    }


async def _record(
    request: Request,
    services: Services,
    caller: Caller,
    file: UploadedFile,
    place: Mapping[str, str | UUID | Visibility | None],
) -> Outcome:
    told = {"name": file.name, "sha256": file.stored.sha256.hex()} | dict(place)
    key = keyed(
        request.headers.get("idempotency-key"),
        caller,
        _CREATE.permission,
        told,
        secret_key=services.settings.secret_key,
    )

    async def work(connection: Connection, caller: Caller) -> tuple[Outcome, Context | None]:
        plan = allow(services, caller, _CREATE)
        if key and (before := await replayed(key, connection)):
            return before, None
        ctx = Context(
            services,
            connection,
            caller,
            action=_CREATE.permission,
            request_id=getattr(request.state, "request_id", ""),
            origin=client_address(
                request.scope, trusted_networks(services.settings.trusted_proxies)
            ),
        )
        row = await rules.record_file(
            ctx,
            file.stored,
            file.name,
            file.media_type,
            **place,  # type: ignore[arg-type]
        )
        await ctx.flush()
        headers = {
            "Location": f"/api/v1/attachments/{row.id}",
            "ETag": tag_of(row.version),
        }
        outcome = Outcome(201, of_row(plan, row), headers)
        if key:
            await remember(key, connection, outcome)
        return outcome, ctx

    outcome, ctx = await services.transact(caller, work)
    if ctx is not None:
        ctx.committed()
    return outcome


@described(
    "attachments.content",
    tag="attachments",
    answers={
        200: (_FILE, _BINARY),
        206: (_FILE, _BINARY),
        304: ("", None),
    },
    headers=("Range", "If-Range", "If-None-Match"),
    problems=("400", "401", "403", "404", "416", "429", "503"),
)
async def content(request: Request) -> Response:
    """`GET /api/v1/attachments/{id}/content`: the file as a download; one `Range` is honoured."""
    services: Services = request.app.state.services
    caller = await caller_of(request)
    attachment_id = parse(request.path_params["id"])
    if attachment_id is None:
        raise NotFound("no such attachment")

    async def work(connection: Connection, caller: Caller) -> Attachment:
        return await rules.downloadable(Context(services, connection, caller), attachment_id)

    row = await services.transact(caller, work, read_only=True)
    etag = f'"{row.sha256.hex()[:32]}"'
    headers = _download_headers(row, etag)
    if names_any(request.headers.get("if-none-match", ""), etag, weak=True):
        return Response(status_code=304, headers=headers)
    if_range = request.headers.get("if-range")
    wanted = request.headers.get("range") if if_range in (None, etag) else None
    try:
        start, length = _slice(wanted, row.size_bytes)
    except RangeNotSatisfiable as refused:
        refusal = problem_response(request, refused)
        refusal.headers["Content-Range"] = f"bytes */{refused.size}"
        return refusal
    headers["Content-Length"] = str(length)
    status = 200
    if length != row.size_bytes:
        status = 206
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{row.size_bytes}"
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    pieces = storage_of(services).read(caller.tenant_id, row.storage_key, start, length)
    return StreamingResponse(await _begun(pieces), status, headers)


async def _begun(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces, once the first was read: a file out of reach is a problem, not half an answer."""
    first = await anext(pieces, b"")

    async def all_of_it() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    return all_of_it()


def _download_headers(row: Attachment, etag: str) -> dict[str, str]:
    return {
        "Content-Type": _FILE,
        "Content-Disposition": disposition(row.name),
        "Content-Security-Policy": FILE_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "ETag": etag,
    }


def disposition(name: str) -> str:
    """Content-Disposition for a download (RFC 6266, RFC 8187)."""
    plain = "".join(
        c if c.isascii() and c.isprintable() and c not in '"\\%;' else "_" for c in name
    )
    encoded = quote(name.encode("utf-8", "replace"), safe="")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"


def _slice(wanted: str | None, size: int) -> tuple[int, int]:
    """Start and length of one range; a list of ranges, or nonsense, is the whole file."""
    found = _RANGE.fullmatch(wanted.strip()) if wanted else None
    if not found or found.groups() == ("", ""):
        return 0, size
    first, last = found.groups()
    if not first:
        length = min(int(last), size)
        if length == 0:
            raise RangeNotSatisfiable(size)
        return size - length, length
    start = int(first)
    end = min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return 0, size
    if start >= size:
        raise RangeNotSatisfiable(size)
    return start, end - start + 1


domain = Domain(
    name="attachments",
    summary="Files that people add to records.",
    resources=(rules.attachments,),
    actions=(rules.create, rules.attach, rules.of_record, rules.delete),
    grants=rules.GRANTS,
    periodic=(rules.sweep,),
    routes=(
        Route("/api/v1/attachments", upload, methods=["POST"]),
        Route("/api/v1/attachments/{id}/content", content, methods=["GET"]),
    ),
)
