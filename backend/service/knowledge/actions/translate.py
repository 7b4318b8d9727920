"""Saying an article in another language, and keeping up with the original."""

from backend.service.knowledge.actions.write import draft
from backend.service.knowledge.errors import IsATranslation, LanguageTaken, NotATranslation
from backend.service.knowledge.models import Article
from backend.service.knowledge.resources import Body, Title, articles
from backend.service.knowledge.shelves import Language
from backend.service.knowledge.translating import SHARED, translations_of
from infra.kernel.actions import action
from infra.kernel.context import Context


@action(articles, audiences=("staff",))
async def translate(
    ctx: Context, article: Article, *, language: Language, title: Title, body: Body
) -> Article:
    """Draft the article in another language, for the same readers and in the same place."""
    if article.original_id is not None:
        raise IsATranslation("the translation of a translation is one of its original")
    # Locked, so that two people who begin at once do not both find the language free.
    await ctx.get(articles, article.id, lock=True)
    for other in await translations_of(ctx, article.id):
        if other.language == language:
            raise LanguageTaken(f"{other.number} is the article in {language}")
    shared = {name: getattr(article, name) for name in SHARED}
    return await draft(
        ctx, **shared, language=language, title=title, body=body, original_id=article.id,
        original_edition=article.edition,
    )  # fmt: skip


@action(articles, audiences=("staff",))
async def mark_current(ctx: Context, article: Article) -> None:
    """Say that a translation says what its original says now."""
    if article.original_id is None:
        raise NotATranslation("only a translation follows an original")
    original: Article = await ctx.find(articles, article.original_id)
    article.original_edition, article.outdated = original.edition, False
    await ctx.save(article)
