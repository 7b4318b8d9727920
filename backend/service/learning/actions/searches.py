"""Keeping what was looked for, and seeing what was not found."""

import hashlib
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import BaseModel

from backend.service.knowledge.actions.write import draft as draft_article
from backend.service.knowledge.models import Article
from backend.service.knowledge.shelves import Language
from backend.service.learning import rules
from backend.service.learning import search_queries as queries
from backend.service.learning.models import Door, KnowledgeSearch
from backend.service.learning.resources import knowledge_searches
from infra.kernel.actions import action
from infra.kernel.columns import Text
from infra.kernel.context import Context
from infra.kernel.errors import NotFound

NAMED_MAX = 200
"""How many people who are found by a word are looked at: their names repeat."""

Days = Annotated[int, Ge(1), Le(90)]
Most = Annotated[int, Ge(1), Le(200)]
Who = Annotated[Text, MinLen(1), MaxLen(500)]


class Missed(BaseModel):
    """A question that found nothing, or nothing that anybody opened."""

    terms: str
    query: str
    language: str
    searches: int
    found_nothing: int
    opened_nothing: int
    last_at: datetime


class Kept(BaseModel):
    """Whether there was something to keep."""

    kept: bool


class Gaps(BaseModel):
    """Most missed first; the searches behind each are `knowledge_searches?terms=…`."""

    since: datetime
    data: list[Missed]


@action(knowledge_searches, on="collection", audiences=("staff",))
async def note(
    ctx: Context,
    *,
    door: Door,
    audience: Annotated[str, MaxLen(20)],
    language: Language,
    query: Annotated[Text, MinLen(2), MaxLen(500)],
    results: Annotated[int, Ge(0)],
    who: Who,
) -> Kept:
    """Keep a search, as far as it says nothing of who searched; what is still typed is one search.

    Staff look for customers by name, so at their door names of people and companies are left out.

    For the service's own doors: no role has this verb.
    """
    searcher = searcher_of(ctx, who)
    kept = rules.kept_query(query)
    if door is Door.WORKSPACE:
        kept = await _nameless(ctx, kept)
    last: KnowledgeSearch | None = await _latest(ctx, searcher, rules.TYPING)
    if (
        last is None
        or last.opened_article_id
        or not rules.is_same_search(last.query, last.at, kept, ctx.now)
    ):
        last = KnowledgeSearch(door=door, audience=audience, searcher=searcher)
    last.at, last.language, last.query, last.results = ctx.now, language, kept, results
    last.terms = await queries.terms_of(ctx, language, kept)
    await ctx.save(last)
    return Kept(kept=True)


@action(knowledge_searches, on="collection", audiences=("staff",))
async def opened(ctx: Context, *, who: Who, article_id: UUID) -> Kept:
    """Keep that an article was opened after a search. For the service's own doors."""
    last = await _latest(ctx, searcher_of(ctx, who), rules.READING)
    if last is None or not last.results or last.opened_article_id is not None:
        return Kept(kept=False)
    last.opened_article_id = article_id
    await ctx.save(last)
    return Kept(kept=True)


@action(knowledge_searches, on="collection", method="GET", verb="read", audiences=("staff",))
async def gaps(ctx: Context, *, days: Days = 30, limit: Most = 50) -> Gaps:
    """What was looked for and not found, or found and not opened, one line a question."""
    since = ctx.now - timedelta(days=days)
    rows = await queries.missed(ctx, since, limit)
    return Gaps(since=since, data=[Missed(**dict(row)) for row in rows])


@action(knowledge_searches, on="collection", audiences=("staff",))
async def draft(
    ctx: Context,
    *,
    terms: Annotated[Text, MinLen(1), MaxLen(400)],
    knowledge_base_id: UUID,
    category_id: UUID | None = None,
) -> Article:
    """Begin the article that a question lacks; the question is no gap from then on."""
    latest: KnowledgeSearch | None = (
        await ctx.every(knowledge_searches).filter(terms=terms).order_by("-at").first()
    )
    if latest is None:
        raise NotFound("nobody has asked that")
    article = await draft_article(
        ctx, knowledge_base_id=knowledge_base_id, category_id=category_id,
        language=latest.language, title=latest.query[:1].upper() + latest.query[1:],
        body=f"> {latest.query}\n",
    )  # fmt: skip
    await ctx.flush()
    await queries.answer_searches(ctx, terms, article.id)
    return article


async def _nameless(ctx: Context, query: str) -> str:
    words = rules.words_of(query)
    named = await queries.names_with(ctx, words, NAMED_MAX)
    return rules.nameless(
        query,
        people=[row["name"] for row in named if row["is_person"]],
        companies=[row["name"] for row in named if not row["is_person"]],
        known=await queries.words_of_articles(ctx, words) if named else frozenset(),
    )


def searcher_of(ctx: Context, who: str) -> str:
    """What tells one person's search from the next within a day, and says nothing of who it is."""
    told = f"{ctx.tenant_id}|{ctx.now:%Y-%m-%d}|{who}"
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:32]


async def _latest(ctx: Context, searcher: str, within: timedelta) -> KnowledgeSearch | None:
    found: KnowledgeSearch | None = (
        await ctx.every(knowledge_searches)
        .filter(searcher=searcher, at__gte=ctx.now - within)
        .order_by("-at")
        .first()
    )
    return found
