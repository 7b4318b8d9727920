"""How much articles helped: readers' words, uses on cases, cases that they solved."""

from typing import Any
from uuid import UUID

from infra.kernel.context import Context

_WEIGHED = """
WITH said AS (
  SELECT article_id, count(*) FILTER (WHERE helpful) AS helpful,
         count(*) FILTER (WHERE NOT helpful) AS unhelpful
    FROM article_feedback WHERE tenant_id = $1 GROUP BY article_id
), used AS (
  SELECT u.article_id, count(*) AS cases,
         count(*) FILTER (WHERE c.resolution_code = 'solved_by_article') AS solved
    FROM case_articles u JOIN cases c ON c.tenant_id = $1 AND c.id = u.case_id
   WHERE u.tenant_id = $1 GROUP BY u.article_id
), opened AS (
  SELECT opened_article_id AS article_id, count(*) AS times FROM knowledge_searches
   WHERE tenant_id = $1 AND opened_article_id IS NOT NULL GROUP BY opened_article_id
), weighed AS (
  SELECT a.id, a.number, a.title, coalesce(s.helpful, 0) AS helpful,
         coalesce(s.unhelpful, 0) AS unhelpful, coalesce(u.cases, 0) AS cases,
         coalesce(u.solved, 0) AS solved, coalesce(o.times, 0) AS opened
    FROM articles a LEFT JOIN said s ON s.article_id = a.id
    LEFT JOIN used u ON u.article_id = a.id LEFT JOIN opened o ON o.article_id = a.id
   WHERE a.tenant_id = $1 AND a.state = 'published')
SELECT * FROM weighed ORDER BY {order}, title, id LIMIT $2
"""
_ORDERS = {
    "most": "helpful + 2 * cases + 3 * solved - unhelpful DESC",
    "least": "unhelpful - helpful - 2 * cases - 3 * solved DESC",
}


async def weighed(ctx: Context, order: str, most: int) -> list[Any]:
    """Published articles by how much they helped, or how little."""
    return await ctx.fetch(_WEIGHED.format(order=_ORDERS[order]), ctx.tenant_id, most)


async def weighed_editions(ctx: Context, article_id: UUID) -> list[Any]:
    """What readers said of each edition, and on how many cases it was used."""
    return await ctx.fetch(
        """SELECT v.edition, v.published_at,
             (SELECT count(*) FROM article_feedback f WHERE f.tenant_id = $1
                 AND f.article_id = $2 AND f.edition = v.edition AND f.helpful) AS helpful,
             (SELECT count(*) FROM article_feedback f WHERE f.tenant_id = $1
                 AND f.article_id = $2 AND f.edition = v.edition AND NOT f.helpful) AS unhelpful,
             (SELECT count(*) FROM case_articles u WHERE u.tenant_id = $1
                 AND u.article_id = $2 AND u.edition = v.edition) AS cases,
             (SELECT count(*) FROM case_articles u JOIN cases c
                  ON c.tenant_id = $1 AND c.id = u.case_id
               WHERE u.tenant_id = $1 AND u.article_id = $2 AND u.edition = v.edition
                 AND c.resolution_code = 'solved_by_article') AS solved
            FROM article_versions v WHERE v.tenant_id = $1 AND v.article_id = $2
           ORDER BY v.edition DESC LIMIT 200""",
        ctx.tenant_id,
        article_id,
    )
