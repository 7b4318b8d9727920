"""What was looked for: kept facts and their sums, each within a bound."""

from datetime import datetime
from typing import Any
from uuid import UUID

from infra.kernel.context import Context


async def terms_of(ctx: Context, language: str, query: str) -> str:
    """The words of a question as searches know them, in order; itself where it has none."""
    found: str = await ctx.fetchval(
        """SELECT coalesce(string_agg(w.lexeme, ' ' ORDER BY w.lexeme), '')
             FROM unnest(to_tsvector(app_text_config($1), $2)) w""",
        language,
        query,
    )
    return (found or query)[:400]


async def missed(ctx: Context, since: datetime, most: int) -> list[Any]:
    """Questions that found nothing or led nowhere, most missed first."""
    return await ctx.fetch(
        """SELECT terms, mode() WITHIN GROUP (ORDER BY query) AS query,
                  mode() WITHIN GROUP (ORDER BY language) AS language, count(*) AS searches,
                  count(*) FILTER (WHERE results = 0) AS found_nothing,
                  count(*) FILTER (WHERE results > 0 AND opened_article_id IS NULL)
                    AS opened_nothing,
                  max(at) AS last_at
             FROM knowledge_searches
            WHERE tenant_id = $1 AND at >= $2 AND draft_article_id IS NULL
            GROUP BY terms
           HAVING count(*) FILTER (WHERE opened_article_id IS NULL) > 0
            ORDER BY found_nothing DESC, opened_nothing DESC, last_at DESC, terms LIMIT $3""",
        ctx.tenant_id,
        since,
        most,
    )


async def answer_searches(ctx: Context, terms: str, article_id: UUID) -> None:
    """Say of every search for this that an article is being written."""
    await ctx.execute(
        """UPDATE knowledge_searches SET draft_article_id = $3, updated_at = $4,
                  version = version + 1
            WHERE tenant_id = $1 AND terms = $2 AND draft_article_id IS NULL""",
        ctx.tenant_id,
        terms,
        article_id,
        ctx.now,
    )


async def forget_searchers(ctx: Context, before: datetime) -> None:
    """Keep nothing by which two searches could be somebody's."""
    await ctx.execute(
        """UPDATE knowledge_searches SET searcher = NULL
            WHERE tenant_id = $1 AND searcher IS NOT NULL AND at < $2""",
        ctx.tenant_id,
        before,
    )


async def forget_searches(ctx: Context, before: datetime, kept_most: int) -> None:
    """Remove what is old, and of what is not all but the newest."""
    await ctx.execute(
        """DELETE FROM knowledge_searches WHERE tenant_id = $1 AND at < greatest($2,
             (SELECT at FROM knowledge_searches WHERE tenant_id = $1
               ORDER BY at DESC, id DESC OFFSET $3 LIMIT 1))""",
        ctx.tenant_id,
        before,
        kept_most,
    )
