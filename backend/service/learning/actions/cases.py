"""Cases that were solved by hand: alike ones together, and an article out of one."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from annotated_types import Ge, Le
from pydantic import BaseModel

from backend.service.cases.models import Case, CaseState
from backend.service.cases.resources import cases
from backend.service.knowledge.actions.write import draft
from backend.service.knowledge.models import Article, ArticleAudience
from backend.service.learning import case_queries as queries
from backend.service.learning import rules
from backend.service.learning.drafting import Told, body_of, title_of
from backend.service.learning.errors import CaseNotAnswered
from infra.kernel.actions import action
from infra.kernel.context import Context

CASES_MAX = 500
SAID_MAX = 100
SHOWN_MAX = 50
_HEADINGS = {
    "en": {"problem": "Problem", "cause": "Cause", "resolution": "Resolution",
           "sources": "Sources"},
    "de": {"problem": "Problem", "cause": "Ursache", "resolution": "Lösung", "sources": "Quellen"},
}  # fmt: skip


class Alike(BaseModel):
    """Cases that ask the same; the first is the newest. `case_ids` are the first fifty."""

    subject: str
    product_model_id: UUID | None
    count: int
    last_at: datetime
    case_ids: list[UUID]


class Unwritten(BaseModel):
    """Greatest groups first; `counted` of the newest cases were looked at."""

    since: datetime
    counted: int
    data: list[Alike]


@action(cases, on="collection", method="GET", audiences=("staff",))
async def unwritten(
    ctx: Context,
    *,
    days: Annotated[int, Ge(1), Le(365)] = 90,
    limit: Annotated[int, Ge(1), Le(200)] = 50,
) -> Unwritten:
    """Cases that were solved without an article, those which ask the same together."""
    since = ctx.now - timedelta(days=days)
    ids = await queries.answered_without(ctx, since, CASES_MAX)
    found = {row.id: row for row in await ctx.rows(cases).filter(id__in=ids)} if ids else {}
    rows = [found[key] for key in ids if key in found]
    directions = await queries.questions_of(ctx, [row.id for row in rows]) if rows else {}
    groups = rules.clusters([directions.get(row.id) for row in rows])
    return Unwritten(
        since=since,
        counted=len(rows),
        data=[_alike([rows[place] for place in group]) for group in groups[:limit]],
    )


def _alike(group: list[Case]) -> Alike:
    return Alike(
        subject=group[0].subject,
        product_model_id=group[0].product_model_id,
        count=len(group),
        last_at=group[0].resolved_at or group[0].updated_at,
        case_ids=[row.id for row in group[:SHOWN_MAX]],
    )


@action(cases, audiences=("staff",))
async def draft_article(
    ctx: Context, case: Case, *, knowledge_base_id: UUID, category_id: UUID | None = None
) -> Article:
    """Draft an article out of an answered case, without what points at its customer.

    It holds the problem, the cause and the resolution from what the customer may read, each with
    where it stands in the case. Somebody edits it before anybody else reads it.
    """
    if case.state not in (CaseState.RESOLVED, CaseState.CLOSED):
        raise CaseNotAnswered(f"draft_article allows resolved and closed; this is {case.state}")
    told = await told_by(ctx, case)
    language = ctx.caller.locale
    words = _HEADINGS.get(language.partition("-")[0], _HEADINGS["en"])
    models = [case.product_model_id] if case.product_model_id else []
    return await draft(
        ctx, knowledge_base_id=knowledge_base_id, category_id=category_id, language=language,
        title=title_of(told), body=body_of(told, words), audience=ArticleAudience.INTERNAL,
        product_model_ids=models, source_case_id=case.id,
    )  # fmt: skip


async def told_by(ctx: Context, case: Case) -> Told:
    """What the case says in public, and what of it points at somebody."""
    names, signs = await queries.people_of(ctx, case.id)
    classed = await queries.classified(ctx, case.id)
    own = frozenset(row["field"] for row in classed if row["resource"] == cases.name)
    return Told(
        number=case.number or "",
        subject=case.subject,
        description=case.description,
        resolution=case.resolution or "",
        said=await queries.said_in_public(ctx, case.id, SAID_MAX),
        names=names,
        signs=[*signs, *(row["value"] for row in classed)],
        withheld=own,
    )
