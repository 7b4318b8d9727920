"""The one way to write into an activity stream."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.platform.activity.models import ActivityEntry, AuthorKind, EntryType, Visibility
from infra.kernel.context import Context

Told = Mapping[str, str]
"""`{"told": "merged_into", "number": "CS0001"}`: a code, and what its sentence names."""
BODY_CHARACTERS_MAX = 50_000
_AUTHORS = {
    "staff": AuthorKind.STAFF,
    "customer": AuthorKind.CUSTOMER,
    "partner": AuthorKind.PARTNER,
}


@dataclass(frozen=True)
class Author:
    """Whose words these are, where it is not the caller who brings them."""

    kind: AuthorKind
    name: str
    profile_id: UUID | None = None


async def write(
    ctx: Context,
    kind: str,
    record_id: UUID,
    entry_type: EntryType,
    body: str = "",
    *,
    visibility: Visibility = Visibility.PUBLIC,
    details: dict[str, Any] | None = None,
    author: Author | None = None,
) -> ActivityEntry:
    """Add an entry in the author's name, by default the caller's."""
    said_by = author or caller_as_author(ctx)
    entry = ActivityEntry(
        kind=kind,
        record_id=record_id,
        entry_type=entry_type,
        visibility=visibility,
        body=body,
        details=details or {},
        author_profile_id=said_by.profile_id,
        author_name=said_by.name[:200],
        author_kind=said_by.kind,
        at=ctx.now,
    )
    await ctx.save(entry)
    return entry


def caller_as_author(ctx: Context) -> Author:
    """The caller, as entries name them."""
    caller = ctx.caller
    kind = _AUTHORS.get(caller.audience, AuthorKind.SYSTEM)
    return Author(kind, caller.name, caller.profile_id)


async def write_system(
    ctx: Context, kind: str, record_id: UUID, body: str, told: Told | None = None
) -> None:
    """Add a note of the service itself, for staff only; `told` says what happened, as data."""
    await write(
        ctx, kind, record_id, EntryType.SYSTEM, body, visibility=Visibility.INTERNAL,
        details=details_of(told),
    )  # fmt: skip


def details_of(told: Told | None) -> dict[str, Any]:
    """What happened, as an entry keeps it beside its text: pages put it into their readers' words.
    Words of people are in the text alone, so that erasing them there is enough."""
    return dict(told) if told else {}
