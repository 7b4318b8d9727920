"""What surveys must know of cases and people, and what their answers say together."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from infra.kernel.context import Context


@dataclass(frozen=True)
class Person:
    """Whom a case is answered to."""

    name: str
    email: str | None
    locale: str | None


async def person_of(
    ctx: Context, contact_id: UUID | None, consumer_id: UUID | None
) -> Person | None:
    """The contact or the consumer."""
    row = await ctx.fetchrow(
        """SELECT name, email, locale FROM contacts WHERE tenant_id = $1 AND id = $2
           UNION ALL SELECT name, email, locale FROM consumers WHERE tenant_id = $1 AND id = $3""",
        ctx.tenant_id,
        contact_id,
        consumer_id,
    )
    return Person(row["name"], row["email"], row["locale"]) if row else None


async def last_asked(
    ctx: Context, survey_id: UUID, contact_id: UUID | None, consumer_id: UUID | None
) -> datetime | None:
    """When the person was last asked by this survey, or is going to be; others of the same person
    that are being decided wait meanwhile."""
    await ctx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
        f"survey:{ctx.tenant_id}:{survey_id}:{contact_id or consumer_id}",
    )
    found: datetime | None = await ctx.fetchval(
        """SELECT max(coalesce(sent_at, created_at)) FROM survey_invitations
            WHERE tenant_id = $1 AND survey_id = $2 AND state <> 'withheld'
              AND (contact_id = $3 OR consumer_id = $4)""",
        ctx.tenant_id,
        survey_id,
        contact_id,
        consumer_id,
    )
    return found


_MEASURES = """
  count(*) FILTER (WHERE i.state IN ('sent', 'answered'))::int AS asked,
  count(a.id)::int AS answered,
  round(avg(a.score), 2)::text AS average,
  round(100.0 * count(*) FILTER (WHERE a.score >= 4) / nullif(count(a.id), 0), 1)::text
    AS satisfied_percent,
  (percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM
    c.first_responded_at - c.opened_at)))::int AS first_response_seconds
"""
_FROM = """
  FROM survey_invitations i
  JOIN cases c ON c.tenant_id = i.tenant_id AND c.id = i.case_id
  LEFT JOIN survey_answers a ON a.tenant_id = i.tenant_id AND a.invitation_id = i.id
 WHERE i.tenant_id = $1 AND i.survey_id = $2 AND i.state <> 'withheld'
"""


async def measured(ctx: Context, survey_id: UUID) -> dict[str, Any]:
    """What a survey's answers say together."""
    row = await ctx.fetchrow(f"SELECT {_MEASURES} {_FROM}", ctx.tenant_id, survey_id)
    return dict(row) if row else {}


async def measured_by(ctx: Context, survey_id: UUID, column: str) -> list[dict[str, Any]]:
    """The same for each agent, or for each group."""
    rows = await ctx.fetch(
        f"""SELECT i.{column} AS id, {_MEASURES} {_FROM} AND i.{column} IS NOT NULL
             GROUP BY i.{column} ORDER BY count(a.id) DESC, i.{column} LIMIT 200""",
        ctx.tenant_id,
        survey_id,
    )
    return [dict(row) for row in rows]
