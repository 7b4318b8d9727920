"""The promises and the answers to surveys that a number counts, told by what their cases are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.service.insights.asked import COLUMNS
from backend.service.insights.sums import NOBODY
from infra.kernel.context import Context

_NAME = "coalesce(nullif(r.name, ''), r.target)"
_RECORDS = {
    "kept": ("task_slas", "stopped_at", "record_id", _NAME, "NULL::integer",
             "AND r.kind = 'cases' AND r.state = 'met'"),
    "broken": ("task_slas", "breached_at", "record_id", _NAME, "NULL::integer",
               "AND r.kind = 'cases' AND r.state = 'breached'"),
    "answered": ("survey_answers", "created_at", "case_id", "r.door", "score", ""),
}  # fmt: skip
"""Measure → table, the moment that counts, where the case, a name and a score are, a condition."""


async def records_behind(
    ctx: Context,
    measure: str,
    begin: datetime,
    end: datetime,
    *,
    groups: Sequence[UUID] | None,
    filters: dict[str, str],
    after: UUID | None,
    most: int,
) -> tuple[int, list[Any]]:
    """How many there are, and so many of them that follow, the oldest first."""
    table, moment, case, name, score, only = _RECORDS[measure]
    values = list(filters.values())
    for number, (dimension, value) in enumerate(filters.items()):
        told = f"c.{COLUMNS[dimension]}::text"
        only += f" AND {told} = ($5::text[])[{number + 1}]" if value else f" AND {told} IS NULL"
    source = f"""FROM {table} r JOIN cases c ON c.tenant_id = r.tenant_id AND c.id = r.{case}
         WHERE r.tenant_id = $1 AND r.{moment} >= $2 AND r.{moment} < $3 AND c.state <> 'draft'
           AND ($4::uuid[] IS NULL OR coalesce(c.assignment_group_id, {NOBODY}) = ANY ($4))
           AND $5::text[] IS NOT NULL {only}"""
    given = (ctx.tenant_id, begin, end, groups, values)
    count: int = await ctx.fetchval(f"SELECT count(*) {source}", *given)
    rows = await ctx.fetch(
        f"""SELECT r.id, r.{moment} AS at, c.id AS case_id, c.number, c.subject, {name} AS name,
                   {score} AS score {source}
               AND ($6::uuid IS NULL OR (r.{moment}, r.id) >
                    (SELECT p.{moment}, p.id FROM {table} p WHERE p.tenant_id = $1 AND p.id = $6))
             ORDER BY r.{moment}, r.id LIMIT $7""",
        *given, after, most,
    )  # fmt: skip
    return count, rows
