"""What readers do with an article."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from annotated_types import Ge, MaxLen
from pydantic import BaseModel
from tortoise.expressions import Q

from backend.service.knowledge.choosing import published
from backend.service.knowledge.errors import ArticleNotPublished
from backend.service.knowledge.models import Article, ArticleFeedback, ArticleState
from backend.service.knowledge.resources import article_feedback, articles
from infra.kernel.actions import action
from infra.kernel.columns import Text
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from infra.kernel.markdown import render

LANGUAGES_MAX = 100


class InLanguage(BaseModel):
    """The same article in another language."""

    number: str
    title: str
    language: str


class ArticlePage(BaseModel):
    """A published article, ready to show: `html` is sanitised.

    `outdated`: the original says something newer. `languages`: where else the reader may read it.
    """

    id: UUID
    number: str
    title: str
    html: str
    language: str
    edition: int
    published_at: datetime | None
    outdated: bool = False
    languages: list[InLanguage] = []


class FeedbackTaken(BaseModel):
    """What was noted."""

    article_id: UUID
    helpful: bool


@action(articles, name="page", method="GET", verb="read")
async def page(ctx: Context, article: Article) -> ArticlePage:
    """The article as safe HTML."""
    set_id = article.original_id or article.id
    others = await published(ctx, Q(id=set_id) | Q(original_id=set_id), most=LANGUAGES_MAX)
    return ArticlePage(
        id=article.id,
        number=article.number or "",
        title=article.title,
        html=render(
            article.body,
            articles="/knowledge/",
            pictures=lambda name: f"/knowledge/{article.number}/pictures/{name}",
        ),
        language=article.language,
        edition=article.edition,
        published_at=article.published_at,
        outdated=article.outdated,
        languages=[
            InLanguage(number=each.number, title=each.title, language=each.language)
            for each in others
            if each.id != article.id
        ],
    )


@action(articles, name="feedback")
async def feedback(
    ctx: Context,
    article: Article,
    *,
    helpful: bool,
    comment: Annotated[Text, MaxLen(5_000)] = "",
    edition: Annotated[int, Ge(1)] | None = None,
) -> FeedbackTaken:
    """Say whether an article helped; who says it again replaces what they said of that edition.

    `edition` is the one that was read, where readers may have a newer one by now.
    """
    if article.state is not ArticleState.PUBLISHED:
        raise ArticleNotPublished(f"feedback allows published; this is {article.state.value}")
    read = edition or article.edition
    if read > article.edition:
        raise Invalid([Fault("/edition", "not_found", "there is no such edition")])
    about = {"article_id": article.id, "edition": read, "profile_id": ctx.caller.profile_id}
    said: ArticleFeedback | None = None
    if ctx.caller.profile_id is not None:
        said = await ctx.every(article_feedback).filter(**about).first()
    if said is None:
        said = ArticleFeedback(**about)
    said.helpful, said.comment = helpful, comment
    await ctx.save(said)
    return FeedbackTaken(article_id=article.id, helpful=helpful)
