"""Files that people add to records.

A file is uploaded first and belongs to whoever uploaded it; once attached, it is seen by those who
see its record, and an internal one by staff only. It is always served as a download of unknown
type, in a sandbox, whatever it claims to be.
"""

import base64
import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen
from pydantic import BaseModel, EncodedBytes, EncoderProtocol
from pydantic_core import PydanticCustomError
from tortoise import fields

from infra.kernel.access import Caller
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Conflict, Fault, Invalid, NotFound
from infra.kernel.grants import Grant
from infra.kernel.jobs import periodic
from infra.kernel.model import BytesField, Record
from infra.kernel.multipart import harmless_name
from infra.kernel.multipart import media_type as known_media_type
from infra.kernel.quotas import require_room
from infra.kernel.resource import Resource, View, everything, match
from infra.kernel.services import Services
from infra.kernel.storage import Storage, Stored

DRAFT_DAYS_MAX = 7
_ADDING = ("attach", "comment", "say", "update")
"""Whoever may do one of these to a record may add a file to it."""


class _Base64(EncoderProtocol):
    """Strict base64 (RFC 4648 §4): what is no base64 is a fault, not an empty file."""

    @classmethod
    def decode(cls, data: bytes) -> bytes:
        try:
            return base64.b64decode(data, validate=True)
        except ValueError:
            raise PydanticCustomError("base64", "is not base64") from None

    @classmethod
    def encode(cls, value: bytes) -> bytes:
        return base64.b64encode(value)

    @classmethod
    def get_json_format(cls) -> str:
        return "base64"


class Visibility(StrEnum):
    PUBLIC = "public"
    INTERNAL = "internal"


class Attachment(Record):
    """A file, and the record it belongs to once it is attached."""

    kind = fields.CharField(max_length=80, null=True)
    record_id = fields.UUIDField(null=True)
    name = fields.CharField(max_length=200)
    media_type = fields.CharField(max_length=121)
    size_bytes = fields.BigIntField()
    sha256 = BytesField()
    storage_key = fields.CharField(max_length=80)
    visibility = fields.CharEnumField(Visibility, default=Visibility.PUBLIC)
    created_by = fields.UUIDField(null=True)

    class Meta:
        table = "attachments"


class AlreadyAttached(Conflict):
    type, title = "already-attached", "This file belongs to a record already"


_READ = (
    "id", "kind", "record_id", "name", "media_type", "size_bytes", "visibility", "created_by",
    "created_at", "version",
)  # fmt: skip

attachments = Resource(
    name="attachments",
    singular="attachment",
    summary="Files that people add to records.",
    model=Attachment,
    label="name",
    views={audience: View(read=_READ) for audience in ("staff", "customer", "partner", "public")},
    filters=("kind", "record_id", "name", "created_by"),
    sorts=("created_at", "name"),
    default_sort="-created_at",
    paths={
        "all": everything(),
        "own": match("created_by", "profile_id", {"record_id": None}),
        "uploaded": match("created_by", "profile_id"),
    },
    generic=(),
)


class AttachmentShown(BaseModel):
    """A file as a list of a record's files shows it."""

    id: UUID
    name: str
    media_type: str
    size_bytes: int
    visibility: Visibility
    created_by: UUID | None
    created_at: datetime


class Attachments(BaseModel):
    """The files of one record, oldest first."""

    data: list[AttachmentShown]


# ── Verbs ────────────────────────────────────────────────────────────────────────────────────


@action(attachments, on="collection", name="create", audiences=("staff", "customer", "partner"))
async def create(
    ctx: Context,
    *,
    name: Annotated[str, MinLen(1), MaxLen(500)],
    content: Annotated[bytes, EncodedBytes(encoder=_Base64), MaxLen(700_000)],
    media_type: Annotated[str, MaxLen(121)] = "application/octet-stream",
    kind: Annotated[str, MaxLen(80)] | None = None,
    record_id: UUID | None = None,
    visibility: Visibility = Visibility.PUBLIC,
) -> Attachment:
    """Store a small file given as base64; larger ones are sent as multipart/form-data."""
    stored = await storage_of(ctx.services).keep(ctx.tenant_id, content)
    shown = known_media_type(media_type.encode("utf-8", "replace"))
    return await record_file(
        ctx, stored, harmless_name(name), shown, kind=kind, record_id=record_id,
        visibility=visibility,
    )  # fmt: skip


@action(attachments, audiences=("staff", "customer", "partner"))
async def attach(
    ctx: Context,
    attachment: Attachment,
    *,
    kind: Annotated[str, MaxLen(80)],
    record_id: UUID,
    visibility: Visibility = Visibility.PUBLIC,
) -> None:
    """Add an uploaded file to a record."""
    if attachment.record_id is not None:
        raise AlreadyAttached("upload it again to add it to another record")
    await _require_place(ctx, kind, record_id, visibility)
    attachment.kind, attachment.record_id, attachment.visibility = kind, record_id, visibility
    await ctx.save(attachment)


@action(attachments, on="collection", method="GET", verb="read")
async def of_record(
    ctx: Context, *, kind: Annotated[str, MaxLen(80)], record_id: UUID
) -> Attachments:
    """List the files of a record that the caller may see."""
    if not await _reaches(ctx, kind, record_id, "read"):
        raise NotFound("no such record")
    rows = await ctx.fetch(
        """SELECT id, name, media_type, size_bytes, visibility, created_by, created_at
             FROM attachments WHERE tenant_id = $1 AND kind = $2 AND record_id = $3
              AND (visibility = 'public' OR $4) ORDER BY id LIMIT 500""",
        ctx.tenant_id,
        kind,
        record_id,
        _is_staff(ctx.caller),
    )
    return Attachments(data=[AttachmentShown(**dict(row)) for row in rows])


@action(attachments, name="delete", audiences=("staff", "customer", "partner"))
async def delete(ctx: Context, attachment: Attachment) -> None:
    """Remove a file for good."""
    await ctx.delete(attachment)
    path = storage_of(ctx.services).path(ctx.tenant_id, attachment.storage_key)

    def remove() -> None:
        with contextlib.suppress(OSError):  # the sweeper finds what stays behind
            path.unlink(missing_ok=True)

    ctx.after_commit(remove)


# ── For other domains ────────────────────────────────────────────────────────────────────────


async def record_file(
    ctx: Context,
    stored: Stored,
    name: str,
    media_type: str,
    *,
    kind: str | None = None,
    record_id: UUID | None = None,
    visibility: Visibility = Visibility.PUBLIC,
) -> Attachment:
    """The row of a stored file. Raises Invalid for a record the caller may not add to."""
    if (kind is None) != (record_id is None):
        missing = "/kind" if kind is None else "/record_id"
        raise Invalid([Fault(missing, "missing", "kind and record_id go together")])
    if kind is not None and record_id is not None:
        await _require_place(ctx, kind, record_id, visibility)
    await require_room(ctx, "storage_bytes_max", stored.size_bytes)
    row = Attachment(
        kind=kind, record_id=record_id, name=name, media_type=media_type,
        size_bytes=stored.size_bytes, sha256=stored.sha256, storage_key=stored.key,
        visibility=visibility, created_by=ctx.caller.profile_id,
    )  # fmt: skip
    await ctx.save(row)
    return row


async def adopt(
    ctx: Context,
    ids: Sequence[UUID],
    kind: str,
    record_id: UUID,
    *,
    visibility: Visibility = Visibility.PUBLIC,
    pointer: str = "",
) -> list[Attachment]:
    """Give the caller's own uploads to a record that the calling action has just written.

    Raises Invalid naming each id that is none of his unattached uploads; `pointer` is that of a
    field for a single file.
    """
    rows: list[Attachment] = []
    faults: list[Fault] = []
    for position, attachment_id in enumerate(ids):
        row = await ctx.find(attachments, attachment_id, lock=True)
        if row is None or row.record_id is not None or not _is_uploader(ctx.caller, row):
            place = pointer or f"/attachments/{position}"
            faults.append(Fault(place, "not_found", "is no upload of yours"))
        elif row not in rows:
            rows.append(row)
    if faults:
        raise Invalid(faults)
    for row in rows:
        row.kind, row.record_id, row.visibility = kind, record_id, visibility
        await ctx.save(row)
    return rows


async def downloadable(ctx: Context, attachment_id: UUID) -> Attachment:
    """The file, if the caller may have it: by its record, or as his own upload; raises NotFound."""
    row: Attachment | None = await ctx.find(attachments, attachment_id)
    if row is None:
        raise NotFound("no such attachment")
    if row.kind is not None and row.record_id is not None:
        hidden = row.visibility is Visibility.INTERNAL and not _is_staff(ctx.caller)
        if hidden or not await _reaches(ctx, row.kind, row.record_id, "read"):
            raise NotFound("no such attachment")
    elif not _is_uploader(ctx.caller, row) and not ctx.plan(attachments).is_total("read"):
        raise NotFound("no such attachment")
    return row


def storage_of(services: Services) -> Storage:
    """The storage of this process."""
    try:
        return services.get(Storage)
    except LookupError:
        settings = services.settings
        services.provide(Storage(settings.files_dir, bytes_max=settings.attachment_bytes_max))
        return services.get(Storage)


# ── Who may ──────────────────────────────────────────────────────────────────────────────────


async def _require_place(ctx: Context, kind: str, record_id: UUID, visibility: Visibility) -> None:
    faults = []
    if visibility is Visibility.INTERNAL and not _is_staff(ctx.caller):
        faults.append(Fault("/visibility", "choice", "must be public"))
    resource = ctx.services.registry.resources.get(kind)
    if resource is None or resource is attachments:
        faults.append(Fault("/kind", "choice", "is no kind of record"))
    elif not await _may_add(ctx, kind, record_id):
        faults.append(Fault("/record_id", "not_found", "there is no such record"))
    if faults:
        raise Invalid(faults)


async def _may_add(ctx: Context, kind: str, record_id: UUID) -> bool:
    for verb in _ADDING:
        if await _reaches(ctx, kind, record_id, verb):
            return True
    return False


async def _reaches(ctx: Context, kind: str, record_id: UUID, verb: str) -> bool:
    resource = ctx.services.registry.resources.get(kind)
    if resource is None or resource is attachments or not ctx.may(resource, verb):
        return False
    with contextlib.suppress(NotFound):
        await ctx.get(resource, record_id, verb=verb)
        return True
    return False


def _is_staff(caller: Caller) -> bool:
    return caller.is_system or caller.audience == "staff"


def _is_uploader(caller: Caller, row: Attachment) -> bool:
    return caller.is_system or (
        caller.profile_id is not None and row.created_by == caller.profile_id
    )


# ── Upkeep ───────────────────────────────────────────────────────────────────────────────────


@periodic("attachments.sweep", every_seconds=3600)
async def sweep(ctx: Context) -> None:
    """Forget uploads that were never attached, and remove files that no row points to."""
    await ctx.execute(
        """DELETE FROM attachments WHERE tenant_id = $1 AND id IN (
             SELECT id FROM attachments WHERE tenant_id = $1 AND kind IS NULL
                AND record_id IS NULL AND created_at < $2 ORDER BY id LIMIT 1000)""",
        ctx.tenant_id,
        ctx.now - timedelta(days=DRAFT_DAYS_MAX),
    )
    storage = storage_of(ctx.services)
    aged = await storage.aged_keys(ctx.tenant_id)
    for start in range(0, len(aged), 5_000):
        keys = aged[start : start + 5_000]
        rows = await ctx.fetch(
            "SELECT storage_key FROM attachments WHERE tenant_id = $1 AND storage_key = ANY($2)",
            ctx.tenant_id,
            keys,
        )
        known = {row["storage_key"] for row in rows}
        for key in keys:
            if key not in known:
                await storage.delete(ctx.tenant_id, key)


_PEOPLE = (
    "agent_b2b", "agent_b2c", "service_manager", "knowledge_manager", "account_contributor",
    "consumer_contributor", "relationship_contributor", "self_contributor",
    "service_organization_contributor", "middle_office", "case_viewer", "case_task_viewer",
    "customer_data_viewer", "customer", "customer_admin", "customer_case_manager", "partner",
    "partner_admin", "consumer", "location_agent", "business_location_contributor",
    "organization_supervisor", "dealer",
)  # fmt: skip

GRANTS: tuple[Grant, ...] = (
    *(Grant(role, "attachments", ("create", "attach"), "own") for role in _PEOPLE),
    *(Grant(role, "attachments", ("read", "delete"), "uploaded") for role in _PEOPLE),
    Grant("visitor", "attachments", ("read",), "uploaded"),
)
