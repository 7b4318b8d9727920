"""Writing articles. What readers see changes by publishing alone."""

from typing import Any

from backend.service.knowledge import rules
from backend.service.knowledge.errors import (
    ArticleIsPublished,
    ArticleNotPublished,
    LanguageTaken,
)
from backend.service.knowledge.models import (
    Article,
    ArticleAudience,
    ArticleProduct,
    ArticleState,
)
from backend.service.knowledge.queries import is_active, unknown_models, works_here
from backend.service.knowledge.resources import Body, Title, article_products, articles
from backend.service.knowledge.reviewing import take_back
from backend.service.knowledge.timing import set_clock
from backend.service.knowledge.translating import SHARED, follow_settings, translations_of
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid

_READERS = frozenset({"audience", "tier", "product_model_ids", "knowledge_base_id"})
"""What decides who reads a text: whoever approved it, approved it for these readers."""


@action(articles, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> Article:
    """Draft an article."""
    return await draft(ctx, **values)


async def draft(ctx: Context, **values: Any) -> Article:
    """A new article, checked and saved."""
    await refuse_unknown_models(ctx, values)
    await refuse_strange_owner(ctx, values)
    article = Article(**values)
    refuse_open_tier(article)
    refuse_past_day(ctx, article)
    writer = ctx.caller.profile_id
    article.author_profile_id = article.editor_profile_id = writer
    article.owner_profile_id = article.owner_profile_id or writer
    await place(ctx, article)
    await ctx.save(article)
    await link_products(ctx, article)
    return article


@action(articles, name="update", audiences=("staff",))
async def update(ctx: Context, article: Article, **values: Any) -> None:
    """Change a draft, or for whom an article is; published text is revised instead.

    A translation has its readers, its place and its last day from its original.
    """
    rewrites = {"title", "body"} & values.keys()
    if rewrites and article.state is not ArticleState.DRAFT:
        raise ArticleIsPublished("title and body can be set while the article is a draft")
    refuse_own_settings(article, values)
    await refuse_unknown_models(ctx, values)
    await refuse_strange_owner(ctx, values)
    if values.get("knowledge_base_id", article.knowledge_base_id) != article.knowledge_base_id:
        values.setdefault("category_id", None)
    changed = {name for name, value in values.items() if getattr(article, name) != value}
    article.update_from_dict(values)
    refuse_open_tier(article)
    if "expires_at" in changed:
        refuse_past_day(ctx, article)
    if "language" in changed:
        await refuse_taken_language(ctx, article)
    if "knowledge_base_id" in changed:
        await place(ctx, article)
    if "expires_at" in changed:
        article.reminded_at = None
        set_clock(ctx, ctx.now)
    if rewrites & changed:
        article.editor_profile_id = ctx.caller.profile_id
    if changed & (rewrites | _READERS):
        await take_back(ctx, article)
    await ctx.save(article)
    if "product_model_ids" in changed:
        await link_products(ctx, article)
    if changed & SHARED:
        for translation in await follow_settings(ctx, article):
            await link_products(ctx, translation)


@action(articles, audiences=("staff",))
async def revise(
    ctx: Context, article: Article, *, title: Title | None = None, body: Body | None = None
) -> None:
    """Prepare a new edition of a published article; readers see it once it is published."""
    if article.state is ArticleState.DRAFT:
        raise ArticleNotPublished("revise allows published and retired; update changes a draft")
    await put_draft(ctx, article, title=title, body=body)


async def put_draft(
    ctx: Context, article: Article, *, title: str | None = None, body: str | None = None
) -> None:
    """Let a text wait beside what readers have; what was approved of the one before is over."""
    before = rules.waiting_text(article)
    if title is not None:
        article.draft_title = title if title != article.title else None
    if body is not None:
        article.draft_body = body if body != article.body else None
    if rules.waiting_text(article) != before:
        article.editor_profile_id = ctx.caller.profile_id
        await take_back(ctx, article)
    await ctx.save(article)


@action(articles, name="delete", audiences=("staff",))
async def delete(ctx: Context, article: Article) -> None:
    """Throw a draft away; what was published is retired instead."""
    if article.state is not ArticleState.DRAFT or article.edition:
        raise ArticleIsPublished("delete allows drafts that were never published")
    await ctx.delete(article)


async def place(ctx: Context, article: Article) -> None:
    """Let what its base shows decide whether readers outside see anything of an article."""
    article.is_open = await is_active(ctx, article.knowledge_base_id)


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


def refuse_past_day(ctx: Context, article: Article) -> None:
    """Raises Invalid for a last day that is over, or that comes before the article goes out."""
    day, out = article.expires_at, article.publish_at
    if day is None:
        return
    if day <= ctx.now:
        raise Invalid([Fault("/expires_at", "past", "must lie in the future")])
    if out is not None and day <= out:
        raise Invalid([Fault("/expires_at", "before_publication", "must lie after it goes out")])


def refuse_own_settings(article: Article, values: dict[str, Any]) -> None:
    """Raises Invalid for what a translation has from its original."""
    if article.original_id is None:
        return
    faults = [
        Fault(f"/{name}", "follows_original", "is set on the original")
        for name in sorted(SHARED & values.keys())
        if getattr(article, name) != values[name]
    ]
    if faults:
        raise Invalid(faults)


async def refuse_taken_language(ctx: Context, article: Article) -> None:
    """Raises LanguageTaken where the set has an article in this language."""
    for other in await translations_of(ctx, article.original_id or article.id):
        if other.id != article.id and other.language == article.language:
            raise LanguageTaken(f"{other.number} is the article in {other.language}")


async def refuse_strange_owner(ctx: Context, values: dict[str, Any]) -> None:
    """Raises Invalid for an owner who does not work here."""
    owner = values.get("owner_profile_id")
    if owner is not None and not await works_here(ctx, owner):
        raise Invalid([Fault("/owner_profile_id", "not_found", "there is no such colleague")])


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
