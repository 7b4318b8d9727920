"""Giving texts to their readers and taking them back, one or many at once."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from backend.service.knowledge import rules
from backend.service.knowledge.events import ArticlePublished, ArticleRetired
from backend.service.knowledge.models import (
    Article,
    ArticleState,
    ArticleVersion,
    KnowledgeBase,
    Review,
)
from backend.service.knowledge.resources import articles
from backend.service.knowledge.shelves import knowledge_bases
from backend.service.knowledge.timing import set_clock
from backend.service.knowledge.translating import follow_days, mark_outdated
from infra.kernel.context import Context


async def bases_of(ctx: Context, rows: Sequence[Article]) -> dict[UUID, KnowledgeBase]:
    """The bases of the articles, in one question."""
    ids = list({row.knowledge_base_id for row in rows})
    found: list[KnowledgeBase] = await ctx.every(knowledge_bases).filter(id__in=ids)
    return {base.id: base for base in found}


async def give_out(ctx: Context, rows: Sequence[Article], bases: dict[UUID, KnowledgeBase]) -> None:
    """Make what waits of each article its next edition."""
    for article in rows:
        base = bases[article.knowledge_base_id]
        approver = article.approver_profile_id
        article.title, article.body = rules.waiting_text(article)
        article.draft_title = article.draft_body = None
        article.state, article.edition = ArticleState.PUBLISHED, article.edition + 1
        article.published_at, article.retired_at = ctx.now, None
        article.review, article.approver_profile_id = Review.NONE, None
        article.publish_at = article.reminded_at = None
        if article.original_id is None:
            article.expires_at = rules.expiry_of(article, base, ctx.now)
        if article.expires_at is not None:
            set_clock(ctx, ctx.now)
        await ctx.save(article)
        await ctx.save(_edition_of(ctx, article, approver))
        ctx.emit(ArticlePublished(article_id=article.id, edition=article.edition))
    originals = [article for article in rows if article.original_id is None]
    if originals:
        await follow_days(ctx, originals)
        await mark_outdated(ctx, originals)


async def take_away(ctx: Context, rows: Sequence[Article]) -> None:
    """Retire articles, and the translations of those that are originals."""
    known = {article.id: article for article in rows}
    originals = [article.id for article in rows if article.original_id is None]
    translations: list[Article] = (
        await ctx.every(articles).filter(
            original_id__in=originals, state=ArticleState.PUBLISHED.value
        )
        if originals
        else []
    )
    for article in (*known.values(), *(row for row in translations if row.id not in known)):
        article.state, article.retired_at = ArticleState.RETIRED, ctx.now
        article.publish_at = None
        await ctx.save(article)
        ctx.emit(ArticleRetired(article_id=article.id))


def _edition_of(ctx: Context, article: Article, approver: object) -> ArticleVersion:
    """The article as it stands, as an edition."""
    return ArticleVersion(
        article_id=article.id,
        edition=article.edition,
        title=article.title,
        body=article.body,
        audience=article.audience,
        language=article.language,
        product_model_ids=list(article.product_model_ids),
        published_at=ctx.now,
        publisher_profile_id=ctx.caller.profile_id,
        approver_profile_id=cast("UUID | None", approver),
    )
