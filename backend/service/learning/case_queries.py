"""Cases that were solved by hand, and what a case says and of whom."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pgvector import HalfVector

from infra.kernel.context import Context


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
