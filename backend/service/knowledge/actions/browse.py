"""Going through what there is to read, each article once and in the reader's language."""

from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen
from pydantic import BaseModel, BeforeValidator
from tortoise.expressions import Q

from backend.foundation.products.queries import below
from backend.service.knowledge.choosing import Shown, grouped, preferred, published, sets_of
from backend.service.knowledge.resources import articles
from backend.service.knowledge.shelves import Language, article_categories, knowledge_bases
from infra.kernel.actions import action
from infra.kernel.context import Context

SHELF_MAX = 1_000
IDS_MAX = 100


class ArticleShown(BaseModel):
    """An article of which the reader is shown this language."""

    id: UUID
    number: str
    title: str
    language: str
    category_id: UUID | None
    outdated: bool


class Shelf(BaseModel):
    """What lies in a base or a category, by title; `truncated` where that is more than is told."""

    data: list[ArticleShown]
    truncated: bool


class Choice(BaseModel):
    """What stands for an article that was asked for."""

    asked_id: UUID
    article: ArticleShown


class Choices(BaseModel):
    """In the order asked for; each set once, and none that the reader may not read."""

    data: list[Choice]


def _listed(given: object) -> object:
    return given.split(",") if isinstance(given, str) else given


Ids = Annotated[list[UUID], MaxLen(IDS_MAX), BeforeValidator(_listed)]


@action(articles, on="collection", method="GET", verb="read")
async def browse(
    ctx: Context,
    *,
    knowledge_base_id: UUID,
    category_id: UUID | None = None,
    language: Language | None = None,
) -> Shelf:
    """What a base holds, or a category with all below it, in the reader's language."""
    await ctx.get(knowledge_bases, knowledge_base_id)
    where = [Q(knowledge_base_id=knowledge_base_id)]
    if category_id is not None:
        category = await ctx.get(article_categories, category_id)
        where.append(Q(category_id__in=await below(ctx, article_categories.table, category.id)))
    rows = await published(ctx, *where, most=SHELF_MAX + 1)
    chosen = await preferred(ctx, grouped(rows[:SHELF_MAX]), language or ctx.caller.locale)
    shown = sorted(chosen.values(), key=lambda each: (each.title.casefold(), each.number))
    return Shelf(data=[_told(each) for each in shown], truncated=len(rows) > SHELF_MAX)


@action(articles, on="collection", method="GET", verb="read")
async def in_language(ctx: Context, *, ids: Ids, language: Language | None = None) -> Choices:
    """For each of these articles the one of its languages that suits the reader best."""
    asked = {each.id: each for each in await published(ctx, Q(id__in=ids), most=IDS_MAX)}
    sets = await sets_of(ctx, asked.values(), SHELF_MAX)
    chosen = await preferred(ctx, sets, language or ctx.caller.locale)
    told: dict[UUID, Choice] = {}
    for key in ids:
        if key in asked and (set_id := asked[key].set_id) not in told:
            told[set_id] = Choice(asked_id=key, article=_told(chosen[set_id]))
    return Choices(data=list(told.values()))


def _told(each: Shown) -> ArticleShown:
    return ArticleShown(
        id=each.id,
        number=each.number,
        title=each.title,
        language=each.language,
        category_id=each.category_id,
        outdated=each.outdated,
    )
