"""One article in several languages: an original, and translations that follow it."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from tortoise.expressions import Q

from backend.service.knowledge.events import TranslationOutdated
from backend.service.knowledge.models import Article, ArticleState
from backend.service.knowledge.resources import articles
from infra.kernel.context import Context

SHARED = frozenset(
    {"knowledge_base_id", "category_id", "audience", "tier", "product_model_ids", "expires_at"}
)
"""What a translation has from its original: who reads it, where it stands, until when."""


async def translations_of(ctx: Context, original_id: UUID) -> list[Article]:
    """The whole set, the original first."""
    rows: list[Article] = await ctx.every(articles).filter(
        Q(id=original_id) | Q(original_id=original_id)
    )
    return sorted(rows, key=lambda row: (row.id != original_id, row.language))


async def follow_settings(ctx: Context, original: Article) -> list[Article]:
    """Give translations the settings that their original has now; those that changed."""
    if original.original_id is not None:
        return []
    changed = []
    for row in await ctx.every(articles).filter(original_id=original.id):
        row.update_from_dict({name: getattr(original, name) for name in SHARED})
        row.is_open, row.reminded_at = original.is_open, original.reminded_at
        if row.changes():
            changed.append(row)
            await ctx.save(row)
    return changed


async def follow_days(ctx: Context, originals: Iterable[Article]) -> None:
    """Give translations the last day that their original has with its new edition."""
    days = {each.id: each.expires_at for each in originals}
    for row in await ctx.every(articles).filter(original_id__in=list(days)):
        if row.expires_at != days[row.original_id]:
            row.expires_at, row.reminded_at = days[row.original_id], None
            await ctx.save(row)


async def without_original(ctx: Context, rows: Sequence[Article]) -> set[UUID]:
    """Those of the articles whose original is neither published nor among them."""
    given = {row.id for row in rows}
    ids = {row.original_id for row in rows if row.original_id} - given
    if not ids:
        return set()
    there: list[Article] = await ctx.every(articles).filter(
        id__in=list(ids), state=ArticleState.PUBLISHED.value
    )
    known = given | {row.id for row in there}
    return {row.id for row in rows if row.original_id and row.original_id not in known}


async def mark_outdated(ctx: Context, originals: Iterable[Article]) -> None:
    """Mark the translations of editions that are no more, and tell of those that were current."""
    editions = {each.id: each.edition for each in originals}
    rows: list[Article] = await ctx.every(articles).filter(
        original_id__in=list(editions), outdated=False
    )
    for row in rows:
        edition = editions.get(row.original_id, 0) if row.original_id else 0
        if row.original_id and row.original_edition < edition:
            row.outdated = True
            await ctx.save(row)
            ctx.emit(
                TranslationOutdated(
                    article_id=row.id, original_id=row.original_id, original_edition=edition
                )
            )
