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

    Takes the tenant, values of the dimension, groups, the pieces of the spans by grain and whole
    ($4-$7 and $8-$10), the spans of which bins are wanted, and how many keys at the most: those
    that have most in the first span.
    """
    by_case = _CASE_KEYS.get(key) or value_sql(key).replace("(f)", "(d.f)")
    late = added("changes", (("span", "p.span"), ("key", by_case)), joined=_IN_SPANS)
    where = _figures_of(groups, dimension if values else "all")
    return f"""
    WITH marked AS MATERIALIZED (
      SELECT DISTINCT case_id AS id FROM case_marks WHERE tenant_id = $1),
    changes AS MATERIALIZED (
      SELECT -1 AS sign, f FROM case_figures f
       WHERE f.tenant_id = $1 AND f.id = ANY (ARRAY(SELECT id FROM marked)) {where}
      UNION ALL
      SELECT 1, f FROM (SELECT {NOW} AS f FROM case_figures_now n
       WHERE n.tenant_id = $1 AND n.id = ANY (ARRAY(SELECT id FROM marked))) fresh
       WHERE $2::text[] IS NOT NULL AND $3::uuid[] IS NOT NULL {where}),
    late AS MATERIALIZED ({late}),
    totals AS MATERIALIZED (
      SELECT span, key, {", ".join(f"sum({c})::bigint AS {c}" for c in SUMS)}
        FROM (({_stored(dimension, key, groups, values, tuple(SUMS))}) UNION ALL
              SELECT span, key, {", ".join(SUMS)} FROM late) r GROUP BY span, key),
    busiest AS MATERIALIZED (
      SELECT key FROM totals GROUP BY key
       ORDER BY sum(opened) FILTER (WHERE span = 0) DESC NULLS LAST, sum(open) DESC, key LIMIT $12),
    bins AS (
      SELECT r.span, r.key, b.name, b.bin, sum(b.many) AS many
        FROM (({_stored(dimension, key, groups, values, tuple(BINS))} AND p.span = ANY ($11::int[])
                AND {_SUM_KEYS.get(key, "c.value")} IN (SELECT key FROM busiest))
              UNION ALL SELECT span, key, {", ".join(BINS)} FROM late
               WHERE span = ANY ($11::int[])) r
       CROSS JOIN LATERAL ({_UNPACKED}) b GROUP BY 1, 2, 3, 4),
    packed AS (SELECT span, key, {_PACKED} FROM bins GROUP BY span, key)
    SELECT t.*, {", ".join(f"p.{c}" for c in BINS)}
      FROM totals t JOIN busiest USING (key)
      LEFT JOIN packed p ON p.span = t.span AND p.key = t.key"""


def _stored(dimension: str, key: str, groups: bool, values: bool, columns: Sequence[str]) -> str:
    """The sums as they were added up, by the pieces of the spans."""
    shown = ", ".join(f"c.{name}" for name in columns)
    only = "AND c.value = ANY ($2::text[])" if values else ""
    only += " AND c.group_id = ANY ($3::uuid[])" if groups else ""
    return (
        f"SELECT p.span, {_SUM_KEYS.get(key, 'c.value')} AS key, {shown} "
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
    binned: Sequence[int],
    most: int,
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
        list(binned),
        most,
    )
