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
    "kept": ("task_slas", "{row}.stopped_at", "record_id", _NAME, "NULL::integer",
             "AND r.kind = 'cases' AND r.state = 'met'"),
    "broken": ("task_slas", "{row}.breached_at", "record_id", _NAME, "NULL::integer",
               "AND r.kind = 'cases' AND r.state = 'breached'"),
    "promised": ("task_slas",
                 "CASE {row}.state WHEN 'met' THEN {row}.stopped_at ELSE {row}.breached_at END",
                 "record_id", _NAME, "NULL::integer",
                 "AND r.kind = 'cases' AND r.state IN ('met', 'breached')"),
    "answered": ("survey_answers", "{row}.created_at", "case_id", "r.door", "score", ""),
}  # fmt: skip
"""Measure → table, the moment that counts, where the case, a name and a score are, a condition."""
_OUTCOME = {"task_slas": "CASE r.state WHEN 'met' THEN 'kept' ELSE 'broken' END"}


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
    table, at, case, name, score, only = _RECORDS[measure]
    moment, outcome = at.format(row="r"), _OUTCOME.get(table, "NULL")
    values = list(filters.values())
    for number, (dimension, value) in enumerate(filters.items()):
        told = f"c.{COLUMNS[dimension]}::text"
        only += f" AND {told} = ($5::text[])[{number + 1}]" if value else f" AND {told} IS NULL"
    source = f"""FROM {table} r JOIN cases c ON c.tenant_id = r.tenant_id AND c.id = r.{case}
         WHERE r.tenant_id = $1 AND {moment} >= $2 AND {moment} < $3 AND c.state <> 'draft'
           AND ($4::uuid[] IS NULL OR coalesce(c.assignment_group_id, {NOBODY}) = ANY ($4))
           AND $5::text[] IS NOT NULL {only}"""
    given = (ctx.tenant_id, begin, end, groups, values)
    count: int = await ctx.fetchval(f"SELECT count(*) {source}", *given)
    rows = await ctx.fetch(
        f"""SELECT r.id, {moment} AS at, c.id AS case_id, c.number, c.subject, {name} AS name,
                   {score} AS score, {outcome} AS outcome {source}
               AND ($6::uuid IS NULL OR ({moment}, r.id) >
                    (SELECT {at.format(row="p")}, p.id FROM {table} p
                      WHERE p.tenant_id = $1 AND p.id = $6))
             ORDER BY {moment}, r.id LIMIT $7""",
        *given, after, most,
    )  # fmt: skip
    return count, rows
