"""The one way to write into an activity stream."""

from typing import Any
from uuid import UUID

from backend.platform.activity.models import ActivityEntry, AuthorKind, EntryType, Visibility
from infra.kernel.context import Context

BODY_CHARACTERS_MAX = 50_000
_AUTHORS = {
    "staff": AuthorKind.STAFF,
    "customer": AuthorKind.CUSTOMER,
    "partner": AuthorKind.PARTNER,
}


async def write(
    ctx: Context,
    kind: str,
    record_id: UUID,
    entry_type: EntryType,
    body: str = "",
    *,
    visibility: Visibility = Visibility.PUBLIC,
    details: dict[str, Any] | None = None,
) -> ActivityEntry:
    """Add an entry in the caller's name."""
    caller = ctx.caller
    entry = ActivityEntry(
        kind=kind,
        record_id=record_id,
        entry_type=entry_type,
        visibility=visibility,
        body=body,
        details=details or {},
        author_profile_id=caller.profile_id,
        author_name=caller.name[:200],
        author_kind=_AUTHORS.get(caller.audience, AuthorKind.SYSTEM),
        at=ctx.now,
    )
    await ctx.save(entry)
    return entry


async def write_system(ctx: Context, kind: str, record_id: UUID, body: str) -> None:
    """Add a note of the service itself, for staff only."""
    await write(ctx, kind, record_id, EntryType.SYSTEM, body, visibility=Visibility.INTERNAL)
