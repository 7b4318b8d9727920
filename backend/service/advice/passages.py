"""What a case's summary may rest on: the words on it that its viewer reads, in their order."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from ai.summaries import Passage
from backend.platform.activity.models import ActivityEntry, AuthorKind, EntryType
from backend.platform.activity.resources import activity_entries
from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from infra.kernel.context import Context

ENTRIES_MAX = 200
CHARACTERS_MAX = 4_000
_SPOKEN = (EntryType.COMMENT, EntryType.EMAIL, EntryType.NOTE)
_ENTRY_COLUMNS = {"body", "entry_type", "author_kind", "at"}


async def passages_of(ctx: Context, case: Case) -> list[Passage]:
    """The case's own words and those said on it, as far as the viewer may read them."""
    open_columns = ctx.plan(cases).open_columns
    words = (getattr(case, n) for n in ("subject", "description") if n in open_columns)
    trouble = "\n".join(each for each in words if each)
    passages = [Passage(cases.name, case.id, trouble, "customer", case.opened_at)]
    passages += await _entries(ctx, case)
    if case.resolution and case.resolved_at and "resolution" in open_columns:
        answer = Passage(cases.name, case.id, case.resolution, "resolution", case.resolved_at)
        passages.append(answer)
    # Nobody may hold up the process by pasting a book into every comment.
    return [
        replace(each, text=each.text[:CHARACTERS_MAX]) for each in passages if each.text.strip()
    ]


async def _entries(ctx: Context, case: Case) -> list[Passage]:
    if not ctx.plan(activity_entries).open_columns >= _ENTRY_COLUMNS:
        return []
    rows = ctx.rows(activity_entries).filter(
        kind=cases.name, record_id=case.id, entry_type__in=_SPOKEN
    )
    newest: list[ActivityEntry] = await rows.order_by("-at", "-id").limit(ENTRIES_MAX)
    return [
        Passage(activity_entries.name, entry.id, entry.body, _role(entry), entry.at)
        for entry in reversed(newest)
    ]


def _role(entry: ActivityEntry) -> str:
    if entry.entry_type is EntryType.NOTE:
        return "internal"
    if entry.author_kind is AuthorKind.SYSTEM:
        return "system"
    return "agent" if entry.author_kind is AuthorKind.STAFF else "customer"


def basis_of(passages: Sequence[Passage], locale: str) -> str:
    """A digest of exactly what the viewer reads: another permission set has another basis."""
    digest = hashlib.sha256(locale.encode())
    for each in passages:
        head = f"\x00{each.kind}\x00{each.id}\x00{each.role}\x00{each.at.isoformat()}\x00"
        digest.update(head.encode() + hashlib.sha256(each.text.encode("utf-8", "replace")).digest())
    return digest.hexdigest()
