"""Using what the house knows on a case."""

from uuid import UUID

from backend.platform.activity.entries import write_system
from backend.service.cases import rules
from backend.service.cases.models import Case, CaseArticle
from backend.service.cases.resources import case_articles, cases
from backend.service.knowledge.errors import ArticleNotPublished
from backend.service.knowledge.models import Article, ArticleState
from backend.service.knowledge.resources import articles
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid, NotFound


@action(cases, audiences=("staff",))
async def attach_article(ctx: Context, case: Case, *, article_id: UUID) -> CaseArticle:
    """Put a published article beside a case; doing it again changes nothing."""
    rules.require(case.state, "update")
    article = await visible(ctx, article_id)
    if article.state is not ArticleState.PUBLISHED:
        raise ArticleNotPublished(
            f"attach_article allows published; this article is {article.state.value}"
        )
    there: CaseArticle | None = (
        await ctx.every(case_articles).filter(case_id=case.id, article_id=article_id).first()
    )
    if there is not None:
        return there
    used = CaseArticle(
        case_id=case.id,
        article_id=article_id,
        edition=article.edition,
        attached_by_id=ctx.caller.profile_id,
    )
    await ctx.save(used)
    told = {"told": "article_used", "number": article.number or ""}
    await write_system(ctx, cases.name, case.id, f"Article {article.number} is used here.", told)
    return used


async def visible(ctx: Context, article_id: UUID) -> Article:
    """The article as far as the caller may read it; raises Invalid otherwise."""
    try:
        found: Article = await ctx.get(articles, article_id)
    except NotFound:
        raise Invalid([Fault("/article_id", "not_found", "there is no such record")]) from None
    return found
