"""The statements that read the sums. What still has a mark is added in the same statement, so a
reader is never behind."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from backend.service.insights.sums import BINS, NOBODY, NOW, SUMS, added, value_sql
from infra.kernel.context import Context

Ranges = Sequence[tuple[int, str, date, date]]
"""(number of the span, grain, first, last)."""


_SUMS = ", ".join(f"c.{name}" for name in (*SUMS, *BINS))
_SUM_KEYS = {
    "none": "''",
    "day": "c.day::text",
    "month": "date_trunc('month', c.day)::date::text",
    "group": "c.group_id::text",
}
_CASE_KEYS = {
    "none": "''",
    "day": "k.day::text",
    "month": "date_trunc('month', k.day)::date::text",
    "group": f"coalesce((d.f).group_id, {NOBODY})::text",
}
_IN_SPANS = (
    "JOIN unnest($8::int[], $9::date[], $10::date[]) p (span, first, last) "
    "ON k.day BETWEEN p.first AND p.last"
)
_UNPACKED = " UNION ALL ".join(
    f"SELECT '{c}' AS name, key::int AS bin, value::bigint AS many FROM jsonb_each_text(r.{c})"
    for c in BINS
)
_PACKED = ", ".join(
    f"jsonb_object_agg(bin, many) FILTER (WHERE name = '{c}' AND many <> 0)::text AS {c}"
    for c in BINS
)


def counted_sql(dimension: str, key: str, *, groups: bool, values: bool) -> str:
    """The sums of each span by `key`: `none`, `day`, `month`, `group`, or a dimension's own value.

    Takes the tenant, values of the dimension, groups, and the pieces of the spans by grain and
    whole ($4-$7 and $8-$10). Accounts are too many for sums of each day: theirs are added up from
    the figures of their cases.
    """
    by_case = _CASE_KEYS.get(key) or value_sql(key).replace("(f)", "(d.f)")
    rows = added("changes", (("span", "p.span"), ("key", by_case)), joined=_IN_SPANS)
    of_cases = ""
    if dimension == "account":
        of_cases = (
            "SELECT 1 AS sign, f FROM case_figures f WHERE f.tenant_id = $1 AND f.account_id = "
            f"ANY ($2::text[]::uuid[]) {_figures_of(groups, 'all')} UNION ALL"
        )
    else:
        rows = f"({_stored(dimension, key, groups, values)}) UNION ALL ({rows})"
    where = _figures_of(groups, dimension if values else "all")
    return f"""
    WITH given AS (SELECT $2::text[], $3::uuid[], $4::int[], $5::text[], $6::date[], $7::date[]),
    marked AS MATERIALIZED (SELECT DISTINCT case_id AS id FROM case_marks WHERE tenant_id = $1),
    changes AS MATERIALIZED ({of_cases}
      SELECT -1 AS sign, f FROM case_figures f
       WHERE f.tenant_id = $1 AND f.id = ANY (ARRAY(SELECT id FROM marked)) {where}
      UNION ALL
      SELECT 1, f FROM (SELECT {NOW} AS f FROM case_figures_now n
       WHERE n.tenant_id = $1 AND n.id = ANY (ARRAY(SELECT id FROM marked))) fresh
       WHERE true {where}),
    rows AS MATERIALIZED ({rows}),
    totals AS (SELECT span, key, {", ".join(f"sum({c})::bigint AS {c}" for c in SUMS)}
                 FROM rows GROUP BY span, key),
    bins AS (SELECT r.span, r.key, b.name, b.bin, sum(b.many) AS many
               FROM rows r CROSS JOIN LATERAL ({_UNPACKED}) b GROUP BY 1, 2, 3, 4),
    packed AS (SELECT span, key, {_PACKED} FROM bins GROUP BY span, key)
    SELECT t.*, {", ".join(f"p.{c}" for c in BINS)}
      FROM totals t LEFT JOIN packed p ON p.span = t.span AND p.key = t.key"""


def _stored(dimension: str, key: str, groups: bool, values: bool) -> str:
    """The sums as they were added up, by the pieces of the spans."""
    only = "AND c.value = ANY ($2::text[])" if values else ""
    only += " AND c.group_id = ANY ($3::uuid[])" if groups else ""
    return (
        f"SELECT p.span, {_SUM_KEYS.get(key, 'c.value')} AS key, {_SUMS} "
        "FROM unnest($4::int[], $5::text[], $6::date[], $7::date[]) p (span, grain, first, last) "
        f"JOIN case_counts c ON c.tenant_id = $1 AND c.dimension = '{dimension}' "
        f"AND c.grain = p.grain AND c.day BETWEEN p.first AND p.last {only}"
    )


def _figures_of(groups: bool, dimension: str) -> str:
    """The condition on a case's figures `f`."""
    only = f"AND coalesce((f).group_id, {NOBODY}) = ANY ($3::uuid[])" if groups else ""
    return f"{only} AND {value_sql(dimension)} = ANY ($2::text[])" if dimension != "all" else only


async def counted(
    ctx: Context,
    *,
    dimension: str,
    key: str,
    ranges: Ranges,
    wholes: Sequence[tuple[int, date, date]],
    groups: Sequence[UUID] | None,
    values: Sequence[str] | None,
) -> list[Any]:
    """Rows of span, key and sums."""
    has_groups, has_values = groups is not None, values is not None
    sql = counted_sql(dimension, key, groups=has_groups, values=has_values)
    return await ctx.fetch(
        sql,
        ctx.tenant_id,
        list(values or ()),
        list(groups or ()),
        *(list(column) for column in zip(*ranges, strict=True)),
        *(list(column) for column in zip(*wholes, strict=True)),
    )


async def busiest_accounts(
    ctx: Context, first: date, last: date, groups: Sequence[UUID] | None, most: int
) -> list[str]:
    """The accounts that opened the most cases in these days, as far as a choice needs to know: a
    case that is just being counted may weigh twice."""
    only = f"AND coalesce(group_id, {NOBODY}) = ANY ($4::uuid[])" if groups is not None else ""
    rows = await ctx.fetch(
        f"""SELECT account_id FROM (
              SELECT account_id, group_id FROM case_figures
               WHERE tenant_id = $1 AND opened_on BETWEEN $2 AND $3 AND account_id IS NOT NULL
              UNION ALL
              SELECT account_id, group_id FROM case_figures_now
               WHERE tenant_id = $1 AND opened_on BETWEEN $2 AND $3 AND account_id IS NOT NULL
                 AND id = ANY (ARRAY(SELECT case_id FROM case_marks WHERE tenant_id = $1))) opened
             WHERE true {only}
             GROUP BY account_id ORDER BY count(*) DESC, account_id LIMIT {most}""",
        ctx.tenant_id,
        first,
        last,
        *([list(groups)] if groups is not None else []),
    )
    return [str(row["account_id"]) for row in rows]
