"""What was looked for: kept facts and their sums, each within a bound."""

from collections.abc import Sequence
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


async def names_with(ctx: Context, words: Sequence[str], most: int) -> list[Any]:
    """(name, whether it is a person's) of customers and colleagues whom one of the words finds, the
    newest of each word."""
    return await ctx.fetch(
        """WITH word AS (SELECT DISTINCT w AS word, plainto_tsquery('simple', w) AS query
                           FROM unnest($2::text[]) w)
           SELECT c.name, true AS is_person FROM word
             CROSS JOIN LATERAL app_search('contacts', word.query, $3) s
             JOIN contacts c ON c.tenant_id = $1 AND c.id = s.id
           UNION SELECT c.name, true FROM word
             CROSS JOIN LATERAL app_search('consumers', word.query, $3) s
             JOIN consumers c ON c.tenant_id = $1 AND c.id = s.id
           UNION SELECT u.name, true FROM word
             CROSS JOIN LATERAL app_search('users', word.query, $3) s
             JOIN users u ON u.tenant_id = $1 AND u.id = s.id
           UNION SELECT a.name, false FROM word
             CROSS JOIN LATERAL app_search('accounts', word.query, $3) s
             JOIN accounts a ON a.tenant_id = $1 AND a.id = s.id""",
        ctx.tenant_id,
        list(words),
        most,
    )


async def words_of_articles(ctx: Context, words: Sequence[str]) -> set[str]:
    """Those of the words that some article uses."""
    rows = await ctx.fetch(
        """SELECT DISTINCT w AS word FROM unnest($1::text[]) w
            CROSS JOIN LATERAL app_search('articles', plainto_tsquery('simple', w), 1)""",
        list(words),
    )
    return {row["word"] for row in rows}


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
