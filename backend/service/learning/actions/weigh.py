"""How much articles helped: what readers said of them, and which cases they were used on."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from annotated_types import Ge, Le
from pydantic import BaseModel

from backend.service.knowledge.models import Article
from backend.service.knowledge.resources import articles
from backend.service.learning import usefulness_queries as queries
from infra.kernel.actions import action
from infra.kernel.context import Context

Most = Annotated[int, Ge(1), Le(100)]


class Weight(BaseModel):
    """What an article came to. `cases`: where it was used; `solved`: where it was the answer."""

    id: UUID
    number: str
    title: str
    helpful: int
    unhelpful: int
    cases: int
    solved: int
    opened: int


class Weights(BaseModel):
    """In the order asked for."""

    data: list[Weight]


class EditionWeight(BaseModel):
    """What readers said of one edition, and on how many cases it was used."""

    edition: int
    published_at: datetime
    helpful: int
    unhelpful: int
    cases: int
    solved: int


class EditionWeights(BaseModel):
    """Newest first."""

    data: list[EditionWeight]


@action(articles, on="collection", method="GET", audiences=("staff",))
async def usefulness(
    ctx: Context, *, order: Literal["most", "least"] = "most", limit: Most = 20
) -> Weights:
    """The articles that helped most, or least: an answered case counts most, then a use, then a
    reader's word."""
    rows = await queries.weighed(ctx, order, limit)
    ids = [row["id"] for row in rows]
    seen = {row.id for row in await ctx.rows(articles).filter(id__in=ids)} if ids else set()
    return Weights(data=[Weight(**dict(row)) for row in rows if row["id"] in seen])


@action(articles, method="GET", audiences=("staff",))
async def by_edition(ctx: Context, article: Article) -> EditionWeights:
    """What became better from one edition to the next, and what did not."""
    rows = await queries.weighed_editions(ctx, article.id)
    return EditionWeights(data=[EditionWeight(**dict(row)) for row in rows])
