"""The review that a text waits in, as other verbs touch it."""

from backend.service.knowledge.models import (
    Article,
    ArticleReview,
    KnowledgeBase,
    Review,
    ReviewState,
)
from backend.service.knowledge.shelves import knowledge_bases
from backend.service.knowledge.talk import article_reviews
from infra.kernel.context import Context


async def open_review(ctx: Context, article: Article) -> ArticleReview | None:
    """The request that nobody has answered yet."""
    found: ArticleReview | None = (
        await ctx.every(article_reviews)
        .filter(article_id=article.id, state=ReviewState.REQUESTED)
        .first()
    )
    return found


async def take_back(ctx: Context, article: Article) -> None:
    """The text is another now: what was asked or approved of it is over, and where the base wants
    approval, so is the moment at which it was to go out."""
    if article.review is Review.NONE and article.publish_at is None:
        return
    if article.review is Review.REQUESTED and (review := await open_review(ctx, article)):
        review.state = ReviewState.WITHDRAWN
        await ctx.save(review)
    if article.review is not Review.CHANGES_REQUESTED:
        article.review = Review.NONE
    article.approver_profile_id = None
    if article.publish_at is not None:
        base: KnowledgeBase = await ctx.find(knowledge_bases, article.knowledge_base_id)
        if base.needs_review:
            article.publish_at = None
