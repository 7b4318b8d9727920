"""What searches and cases come to: sums over kept facts, each within a bound."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pgvector import HalfVector

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


async def answered_without(ctx: Context, since: datetime, most: int) -> list[UUID]:
    """Cases that were solved by hand: no article was used, none came of them; the newest first."""
    rows = await ctx.fetch(
        """SELECT c.id FROM cases c
            WHERE c.tenant_id = $1 AND c.resolved_at >= $2 AND c.state IN ('resolved', 'closed')
              AND c.resolution_code IN ('solved', 'workaround')
              AND NOT EXISTS (SELECT FROM case_articles u
                               WHERE u.tenant_id = $1 AND u.case_id = c.id)
              AND NOT EXISTS (SELECT FROM articles a
                               WHERE a.tenant_id = $1 AND a.source_case_id = c.id)
            ORDER BY c.resolved_at DESC, c.id DESC LIMIT $3""",
        ctx.tenant_id,
        since,
        most,
    )
    return [row["id"] for row in rows]


async def questions_of(ctx: Context, case_ids: Sequence[UUID]) -> dict[UUID, list[float]]:
    """Case → what it asks, as a direction; those of the model that has embedded most of them."""
    rows = await ctx.fetch(
        """SELECT id, embedding FROM case_questions
            WHERE tenant_id = $1 AND id = ANY ($2) AND embedding IS NOT NULL
              AND model = (SELECT mode() WITHIN GROUP (ORDER BY model) FROM case_questions
                            WHERE tenant_id = $1 AND id = ANY ($2))""",
        ctx.tenant_id,
        list(case_ids),
    )
    return {row["id"]: _listed(row["embedding"]) for row in rows}


def _listed(vector: HalfVector) -> list[float]:
    return [float(each) for each in vector.to_list()]


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


# ── What a case says, and of whom ────────────────────────────────────────────────────────────


async def said_in_public(ctx: Context, case_id: UUID, most: int) -> list[Any]:
    """The public words on a case, in their order."""
    rows = await ctx.fetch(
        """SELECT id, at, author_kind, author_name, left(body, 4000) AS body
             FROM activity_entries
            WHERE tenant_id = $1 AND kind = 'cases' AND record_id = $2 AND visibility = 'public'
              AND entry_type IN ('comment', 'email') AND body <> ''
            ORDER BY at, id LIMIT $3""",
        ctx.tenant_id,
        case_id,
        most,
    )
    return list(rows)


async def people_of(ctx: Context, case_id: UUID) -> tuple[list[str], list[str]]:
    """Names of the people whom the case is about or who speak in it, and whatever else points at
    them: the company, addresses, numbers of what they have."""
    rows = await ctx.fetch(
        """SELECT DISTINCT t.told, t.is_name FROM cases c
             LEFT JOIN accounts a ON a.tenant_id = $1 AND a.id = c.account_id
             LEFT JOIN contacts p ON p.tenant_id = $1 AND p.id = c.contact_id
             LEFT JOIN consumers n ON n.tenant_id = $1 AND n.id = c.consumer_id
             LEFT JOIN sold_products s ON s.tenant_id = $1 AND s.id = c.sold_product_id
             LEFT JOIN locations l ON l.tenant_id = $1 AND l.id = s.location_id
            CROSS JOIN LATERAL (VALUES
              (p.name, true), (n.name, true), (a.name, false), (p.email, false),
              (p.phone, false), (p.mobile, false), (n.email, false), (n.phone, false),
              (n.mobile, false), (s.serial_number, false), (l.line1, false), (l.line2, false),
              (l.postal_code, false), (l.city, false)) t (told, is_name)
            WHERE c.tenant_id = $1 AND c.id = $2 AND t.told <> ''
           UNION
           SELECT author_name, true FROM activity_entries WHERE tenant_id = $1 AND kind = 'cases'
              AND record_id = $2 AND author_kind IN ('customer', 'partner', 'staff')
              AND author_name <> ''""",
        ctx.tenant_id,
        case_id,
    )
    names = [row["told"] for row in rows if row["is_name"]]
    return names, [row["told"] for row in rows if not row["is_name"]]


_CLASSIFIED = """
WITH classed AS (
  SELECT resource, field FROM field_classifications
   WHERE tenant_id = $1 AND resource IN ('accounts', 'contacts', 'consumers', 'cases')
), stood AS (
  SELECT 'cases' AS resource, to_jsonb(c) AS line FROM cases c
   WHERE c.tenant_id = $1 AND c.id = $2
  UNION ALL SELECT 'accounts', to_jsonb(a) FROM cases c JOIN accounts a
       ON a.tenant_id = $1 AND a.id = c.account_id WHERE c.tenant_id = $1 AND c.id = $2
  UNION ALL SELECT 'contacts', to_jsonb(p) FROM cases c JOIN contacts p
       ON p.tenant_id = $1 AND p.id = c.contact_id WHERE c.tenant_id = $1 AND c.id = $2
  UNION ALL SELECT 'consumers', to_jsonb(n) FROM cases c JOIN consumers n
       ON n.tenant_id = $1 AND n.id = c.consumer_id WHERE c.tenant_id = $1 AND c.id = $2
)
SELECT DISTINCT s.resource, k.field, v.value #>> '{}' AS value
  FROM classed k JOIN stood s USING (resource)
 CROSS JOIN LATERAL jsonb_path_query(s.line -> k.field, 'strict $.**') v (value)
 WHERE jsonb_typeof(v.value) IN ('string', 'number')
"""


async def classified(ctx: Context, case_id: UUID) -> list[Any]:
    """(resource, field, value) of the case and its customer that have a class of data."""
    return await ctx.fetch(_CLASSIFIED, ctx.tenant_id, case_id)
