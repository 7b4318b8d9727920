"""What a case's activity stream is told."""

from backend.platform.activity.entries import Author, Told, details_of, write
from backend.platform.activity.models import ActivityEntry, EntryType, Visibility
from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from infra.kernel.context import Context


async def say(
    ctx: Context,
    case: Case,
    body: str,
    *,
    entry_type: EntryType = EntryType.COMMENT,
    author: Author | None = None,
) -> ActivityEntry:
    """Words that both sides read."""
    return await write(ctx, cases.name, case.id, entry_type, body, author=author)


async def note_down(ctx: Context, case: Case, body: str, told: Told | None = None) -> ActivityEntry:
    """Words for staff only; `told` says as data what happened, where they are the service's."""
    return await write(
        ctx, cases.name, case.id, EntryType.NOTE, body, visibility=Visibility.INTERNAL,
        details=details_of(told),
    )  # fmt: skip


async def tell_change(
    ctx: Context,
    case: Case,
    verb: str,
    *,
    before: str | None = None,
    stage: str | None = None,
    internal: bool = False,
) -> None:
    """That somebody used a verb, and the states before and after; and the stage come to."""
    details: dict[str, str] = {"verb": verb, "to": case.state.value}
    if before is not None:
        details["from"] = before
    if stage is not None:
        details["stage"] = stage
    await write(
        ctx,
        cases.name,
        case.id,
        EntryType.CHANGE,
        visibility=Visibility.INTERNAL if internal else Visibility.PUBLIC,
        details=details,
    )
