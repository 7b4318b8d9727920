"""Giving an article to its readers, now or later, and taking it back."""

from backend.service.knowledge import rules
from backend.service.knowledge.errors import (
    ArticleNotPublished,
    LastDayPassed,
    NothingToPublish,
    OriginalNotPublished,
    ReviewNeeded,
)
from backend.service.knowledge.events import ArticlePublished, ArticleRetired, TranslationOutdated
from backend.service.knowledge.models import Article, ArticleState, KnowledgeBase
from backend.service.knowledge.publishing import bases_of, give_out, take_away
from backend.service.knowledge.resources import articles
from backend.service.knowledge.timing import set_clock
from backend.service.knowledge.translating import without_original
from infra.kernel.actions import action
from infra.kernel.columns import Moment
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(articles, audiences=("staff",), emits=(ArticlePublished, TranslationOutdated))
async def publish(ctx: Context, article: Article) -> None:
    """Publish a draft, a revision or a retired article as the next edition.

    Where the base wants reviews, somebody other than the author has approved the text before.
    """
    base = await _ready(ctx, article)
    await give_out(ctx, [article], {base.id: base})


@action(articles, audiences=("staff",))
async def schedule(ctx: Context, article: Article, *, publish_at: Moment) -> None:
    """Publish what waits at a moment to come."""
    if publish_at <= ctx.now:
        raise Invalid([Fault("/publish_at", "past", "must lie in the future")])
    await _ready(ctx, article)
    day = article.expires_at
    if day is not None and article.state is not ArticleState.RETIRED and day <= publish_at:
        raise Invalid([Fault("/publish_at", "after_last_day", "must lie before its last day")])
    article.publish_at = publish_at
    await ctx.save(article)
    set_clock(ctx, publish_at)


@action(articles, audiences=("staff",))
async def unschedule(ctx: Context, article: Article) -> None:
    """Publish nothing by the clock; doing it again changes nothing."""
    article.publish_at = None
    await ctx.save(article)


@action(articles, audiences=("staff",), emits=(ArticleRetired,))
async def retire(ctx: Context, article: Article) -> None:
    """Take a published article away from its readers, with its translations."""
    if article.state is not ArticleState.PUBLISHED:
        raise ArticleNotPublished(f"retire allows published; this article is {article.state.value}")
    await take_away(ctx, [article])


async def _ready(ctx: Context, article: Article) -> KnowledgeBase:
    """The base; raises where nothing waits, or what waits has not been approved."""
    if not rules.text_waits(article):
        raise NothingToPublish("publish allows draft, retired, and published with a revision")
    (base,) = (await bases_of(ctx, [article])).values()
    if not rules.may_go_out(article, base):
        raise ReviewNeeded(f"its review is {article.review.value}")
    if rules.day_passed(article, base, ctx.now):
        raise LastDayPassed
    if await without_original(ctx, [article]):
        raise OriginalNotPublished("its original is not published")
    return base
