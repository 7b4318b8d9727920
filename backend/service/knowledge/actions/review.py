"""Having a text looked over before readers have it."""

from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen

from backend.platform.notifications.telling import notify
from backend.service.knowledge import rules
from backend.service.knowledge.errors import (
    NothingToPublish,
    OwnText,
    ReviewIsOpen,
    ReviewNotOpen,
)
from backend.service.knowledge.events import ArticleReviewed, ArticleReviewRequested
from backend.service.knowledge.models import (
    Article,
    ArticleComment,
    ArticleReview,
    Review,
    ReviewState,
)
from backend.service.knowledge.queries import works_here
from backend.service.knowledge.resources import articles
from backend.service.knowledge.reviewing import open_review
from infra.kernel.actions import action
from infra.kernel.columns import Text
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid

Words = Annotated[Text, MaxLen(10_000)]


@action(articles, audiences=("staff",), emits=(ArticleReviewRequested,))
async def request_review(
    ctx: Context, article: Article, *, reviewer_id: UUID | None = None, message: Words = ""
) -> ArticleReview:
    """Ask somebody, or whoever reviews, to look over the text that waits."""
    if not rules.text_waits(article):
        raise NothingToPublish("readers have this text; revise it first")
    if article.review is Review.REQUESTED:
        raise ReviewIsOpen("withdraw_review takes it back")
    if reviewer_id is not None:
        await _refuse_reviewer(ctx, article, reviewer_id)
    review = ArticleReview(
        article_id=article.id,
        requested_by_id=ctx.caller.profile_id,
        reviewer_id=reviewer_id,
        message=message,
    )
    article.review, article.approver_profile_id = Review.REQUESTED, None
    await ctx.save(review)
    await ctx.save(article)
    ctx.emit(ArticleReviewRequested(article_id=article.id, review_id=review.id))
    if reviewer_id is not None:
        await _tell(ctx, article, reviewer_id, "is to be reviewed by you", message)
    return review


@action(articles, audiences=("staff",))
async def withdraw_review(ctx: Context, article: Article) -> None:
    """Take the request back."""
    review = await _asked(ctx, article)
    review.state, article.review = ReviewState.WITHDRAWN, Review.NONE
    await ctx.save(review)
    await ctx.save(article)


@action(articles, audiences=("staff",), emits=(ArticleReviewed,))
async def approve(ctx: Context, article: Article, *, message: Words = "") -> ArticleReview:
    """Approve the text that waits, word for word; another word takes the approval back."""
    review = await _asked(ctx, article)
    if rules.wrote_it(article, ctx.caller.profile_id):
        raise OwnText("somebody else approves it")
    article.approver_profile_id = ctx.caller.profile_id
    return await _decide(ctx, article, review, ReviewState.APPROVED, message)


@action(articles, audiences=("staff",), emits=(ArticleReviewed,))
async def request_changes(
    ctx: Context, article: Article, *, message: Annotated[Words, MinLen(1)]
) -> ArticleReview:
    """Send the text back with what is to be changed."""
    review = await _asked(ctx, article)
    return await _decide(ctx, article, review, ReviewState.CHANGES_REQUESTED, message)


@action(articles, audiences=("staff",))
async def comment(
    ctx: Context,
    article: Article,
    *,
    body: Annotated[Words, MinLen(1)],
    passage: Annotated[Text, MaxLen(2_000)] = "",
) -> ArticleComment:
    """Say something about the coming edition, or a passage of it, to those who write it."""
    said = ArticleComment(
        article_id=article.id,
        edition=article.edition + (1 if rules.text_waits(article) else 0),
        passage=passage,
        body=body,
        author_id=ctx.caller.profile_id,
    )
    await ctx.save(said)
    return said


async def _refuse_reviewer(ctx: Context, article: Article, reviewer_id: UUID) -> None:
    if rules.wrote_it(article, reviewer_id):
        raise Invalid([Fault("/reviewer_id", "own_text", "wrote this text")])
    if not await works_here(ctx, reviewer_id):
        raise Invalid([Fault("/reviewer_id", "not_found", "there is no such colleague")])


async def _asked(ctx: Context, article: Article) -> ArticleReview:
    review = await open_review(ctx, article) if article.review is Review.REQUESTED else None
    if review is None:
        raise ReviewNotOpen(f"its review is {article.review.value}")
    return review


async def _decide(
    ctx: Context, article: Article, review: ArticleReview, state: ReviewState, message: str
) -> ArticleReview:
    review.state, review.decision = state, message
    review.decided_by_id, review.decided_at = ctx.caller.profile_id, ctx.now
    article.review = Review(state.value)
    await ctx.save(review)
    await ctx.save(article)
    approved = state is ReviewState.APPROVED
    ctx.emit(ArticleReviewed(article_id=article.id, review_id=review.id, approved=approved))
    if review.requested_by_id is not None:
        what = "was approved" if approved else "is to be changed"
        await _tell(ctx, article, review.requested_by_id, what, message)
    return review


async def _tell(ctx: Context, article: Article, profile_id: UUID, what: str, words: str) -> None:
    if profile_id != ctx.caller.profile_id:
        title = rules.waiting_text(article)[0]
        await notify(
            ctx, [profile_id], topic="articles.review", title=f"{article.number} {title} {what}",
            body=words, about=(articles.name, article.id),
        )  # fmt: skip
