"""Writing articles. What readers see changes by publishing alone."""

from typing import Any

from backend.service.knowledge.errors import ArticleIsPublished, ArticleNotPublished
from backend.service.knowledge.models import Article, ArticleAudience, ArticleProduct, ArticleState
from backend.service.knowledge.queries import unknown_models
from backend.service.knowledge.resources import Body, Title, article_products, articles
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(articles, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> Article:
    """Draft an article."""
    await refuse_unknown_models(ctx, values)
    article = Article(**values)
    refuse_open_tier(article)
    article.author_profile_id = ctx.caller.profile_id
    await ctx.save(article)
    await link_products(ctx, article)
    return article


@action(articles, name="update", audiences=("staff",))
async def update(ctx: Context, article: Article, **values: Any) -> None:
    """Change a draft, or for whom an article is; published text is revised instead."""
    rewrites = {"title", "body"} & values.keys()
    if rewrites and article.state is not ArticleState.DRAFT:
        raise ArticleIsPublished("title and body can be set while the article is a draft")
    await refuse_unknown_models(ctx, values)
    article.update_from_dict(values)
    refuse_open_tier(article)
    await ctx.save(article)
    if "product_model_ids" in values:
        await link_products(ctx, article)


@action(articles, audiences=("staff",))
async def revise(
    ctx: Context, article: Article, *, title: Title | None = None, body: Body | None = None
) -> None:
    """Prepare a new edition of a published article; readers see it once it is published."""
    if article.state is ArticleState.DRAFT:
        raise ArticleNotPublished("revise allows published and retired; update changes a draft")
    if title is not None:
        article.draft_title = title
    if body is not None:
        article.draft_body = body
    await ctx.save(article)


@action(articles, name="delete", audiences=("staff",))
async def delete(ctx: Context, article: Article) -> None:
    """Throw a draft away; what was published is retired instead."""
    if article.state is not ArticleState.DRAFT or article.edition:
        raise ArticleIsPublished("delete allows drafts that were never published")
    await ctx.delete(article)


async def link_products(ctx: Context, article: Article) -> None:
    """Keep the rows by which owners of a product reach its articles: one for each model."""
    there: list[ArticleProduct] = await ctx.every(article_products).filter(article_id=article.id)
    wanted = set(article.product_model_ids)
    for row in there:
        if row.product_model_id not in wanted:
            await ctx.delete(row)
    for model_id in sorted(wanted - {row.product_model_id for row in there}):
        await ctx.save(ArticleProduct(article_id=article.id, product_model_id=model_id))


def refuse_open_tier(article: Article) -> None:
    """Raises Invalid for an article that is for the second tier and for readers outside."""
    if article.tier > 1 and article.audience is not ArticleAudience.INTERNAL:
        raise Invalid([Fault("/tier", "not_internal", "only internal articles are for a tier")])


async def refuse_unknown_models(ctx: Context, values: dict[str, Any]) -> None:
    """Raises Invalid for ids of product models that do not exist."""
    given = values.get("product_model_ids") or []
    values_known = list(dict.fromkeys(given))
    if given:
        values["product_model_ids"] = values_known
    unknown = set(await unknown_models(ctx, values_known)) if given else set()
    faults = [
        Fault(f"/product_model_ids/{place}", "not_found", "there is no such record")
        for place, each in enumerate(given)
        if each in unknown
    ]
    if faults:
        raise Invalid(faults)
