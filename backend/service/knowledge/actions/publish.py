"""Giving an article to its readers, and taking it back."""

from backend.service.knowledge.errors import ArticleNotPublished, NothingToPublish
from backend.service.knowledge.events import ArticlePublished, ArticleRetired
from backend.service.knowledge.models import Article, ArticleState, ArticleVersion
from backend.service.knowledge.resources import articles
from infra.kernel.actions import action
from infra.kernel.context import Context


@action(articles, audiences=("staff",), emits=(ArticlePublished,))
async def publish(ctx: Context, article: Article) -> None:
    """Publish a draft, a revision or a retired article as the next edition."""
    revised = article.draft_title is not None or article.draft_body is not None
    if article.state is ArticleState.PUBLISHED and not revised:
        raise NothingToPublish("publish allows draft, retired, and published with a revision")
    article.title = article.draft_title or article.title
    article.body = article.draft_body or article.body
    article.draft_title = article.draft_body = None
    article.state, article.edition = ArticleState.PUBLISHED, article.edition + 1
    article.published_at, article.retired_at = ctx.now, None
    await ctx.save(article)
    await ctx.save(edition_of(ctx, article))
    ctx.emit(ArticlePublished(article_id=article.id, edition=article.edition))


@action(articles, audiences=("staff",), emits=(ArticleRetired,))
async def retire(ctx: Context, article: Article) -> None:
    """Take a published article away from its readers."""
    if article.state is not ArticleState.PUBLISHED:
        raise ArticleNotPublished(f"retire allows published; this article is {article.state.value}")
    article.state, article.retired_at = ArticleState.RETIRED, ctx.now
    await ctx.save(article)
    ctx.emit(ArticleRetired(article_id=article.id))


def edition_of(ctx: Context, article: Article) -> ArticleVersion:
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
    )
