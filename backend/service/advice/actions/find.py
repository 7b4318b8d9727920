"""Finding articles by what they mean, for whoever may read them."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import BaseModel, BeforeValidator

from ai.retrieval import search_as
from backend.service.advice.queries import helpful
from backend.service.advice.searching import ARTICLE_COLUMNS, question_for
from backend.service.knowledge.resources import articles
from infra.kernel.actions import action
from infra.kernel.columns import Text
from infra.kernel.context import Context
from infra.kernel.ids import uuid7


def as_words(given: Any) -> Any:
    """A query parameter that looks like a number was typed as words all the same."""
    return orjson.dumps(given).decode() if isinstance(given, int) or given is None else given


Words = Annotated[Text, MinLen(1), MaxLen(500), BeforeValidator(as_words)]


class ArticleHit(BaseModel):
    """An article that may answer; `snippet` is plain text."""

    id: UUID
    number: str
    title: str
    snippet: str
    score: float


class ArticleHits(BaseModel):
    """Best first."""

    data: list[ArticleHit]


@action(articles, on="collection", name="find", method="GET", verb="read")
async def find(ctx: Context, *, q: Words, limit: Annotated[int, Ge(1), Le(50)] = 10) -> ArticleHits:
    """Published articles that answer a question, by meaning and by words."""
    question = await question_for(ctx, q)
    hits = await search_as(
        ctx,
        q,
        question.vector,
        model=question.model,
        wanted={articles: ARTICLE_COLUMNS},
        hits_max=limit,
    )
    published = await helpful(ctx, uuid7(), [hit.record_id for hit in hits], []) if hits else {}
    return ArticleHits(
        data=[
            ArticleHit(
                id=record.id,
                number=record.number,
                title=record.title,
                snippet=hit.snippet,
                score=round(hit.score, 6),
            )
            for hit in hits
            if (record := published.get((hit.kind, hit.record_id)))
        ]
    )
