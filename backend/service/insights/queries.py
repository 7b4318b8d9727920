"""The statements that read the sums. What still has a mark is added in the same statement, so a
reader is never behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from backend.service.insights.case_sums import OF_A_CASE, summed
from backend.service.insights.sums import (
    BINS,
    COLUMNS,
    FIGURES,
    MIXED,
    NOBODY,
    SUMS,
    added,
    part_of_mixed,
    value_sql,
)
from infra.kernel.context import Context

Ranges = Sequence[tuple[int, str, date, date]]
"""(number of the span, grain, first, last)."""
CASES = "cases"
"""The source of what no sums tell apart: the figures of the cases themselves."""
_SUM_KEYS = {
    "none": "''",
    "day": "c.day::text",
    "month": "date_trunc('month', c.day)::date::text",
    "group": "c.group_id::text",
}
_EVENT_KEYS = {
    "none": "''",
    "day": "e.day::text",
    "month": "date_trunc('month', e.day)::date::text",
    "group": "e.group_id::text",
}
_CASTS = {"channel": "text", "priority": "integer"}
_SPANS = "unnest($8::int[], $9::date[], $10::date[]) p (span, first, last)"
_IN_SPANS = f"JOIN {_SPANS} ON e.day BETWEEN p.first AND p.last"
_LAST_DAY = """CASE WHEN is_open OR ended_on IS NULL THEN 'infinity'::date ELSE
    greatest(opened_on, ended_on, resolved_on, responded_on, reopened_on, rated_on,
             kept_on[array_upper(kept_on, 1)], broken_on[array_upper(broken_on, 1)],
             answered_on[array_upper(answered_on, 1)]) END"""
"""The day after which a case changes no number any more, as `case_figures_by_last` has it."""
_UNPACKED = " UNION ALL ".join(
    f"SELECT '{c}' AS name, key::int AS bin, value::bigint AS many FROM jsonb_each_text(r.{c})"
    for c in BINS
)
_PACKED = ", ".join(
    f"jsonb_object_agg(bin, many) FILTER (WHERE name = '{c}' AND many <> 0)::text AS {c}"
    for c in BINS
)


@dataclass(frozen=True)
class Shape:
    """What the text of a statement depends on: `source` is a kind of sums or `CASES`; `key` is
    `none`, `day`, `month`, `group` or a dimension; `filters` say of each whether it is for none."""

    source: str
    key: str
    filters: tuple[tuple[str, bool], ...] = ()
    has_groups: bool = False

    @property
    def is_case_by_case(self) -> bool:
        """Whether each case is looked at as a whole; days are of what happens to it."""
        return self.source == CASES and self.key not in {"day", "month"}


def counted_sql(shape: Shape) -> str:
    """The sums of each span by the key.

    Takes the tenant, values of the filters, groups, the pieces of the spans by grain and whole
    ($4-$7 and $8-$10), the spans of which bins are wanted, how many keys at the most, those that
    have most in the first span, the day before which no case is looked for, and the number from
    which on spans are asked for what is open and for nothing else.
    """
    key, stored = _sum_key(shape), _stored(shape)
    return f"""
    WITH marked AS MATERIALIZED (
      SELECT DISTINCT case_id AS id FROM case_marks WHERE tenant_id = $1),
    fresh AS MATERIALIZED (
      SELECT {FIGURES} FROM case_figures_now
       WHERE tenant_id = $1 AND id = ANY (ARRAY(SELECT id FROM marked))),
    known AS {"NOT" if shape.source == CASES else ""} MATERIALIZED ({_known(shape)}),
    changes AS MATERIALIZED (
      SELECT {1 if shape.source == CASES else -1} AS sign, {_kept(shape)} FROM known
       WHERE true {_narrowed(shape)} UNION ALL
      SELECT 1, {_kept(shape)} FROM fresh
       WHERE $2::text[] IS NOT NULL AND $3::uuid[] IS NOT NULL AND $13::date IS NOT NULL
             AND $14::int IS NOT NULL
             {_narrowed(shape)}),
    late AS MATERIALIZED ({_late(shape)}),
    totals AS MATERIALIZED (
      SELECT span, key, {", ".join(f"sum({c})::bigint AS {c}" for c in SUMS)}
        FROM (({stored.format(columns=", ".join(f"c.{name}" for name in SUMS))}) UNION ALL
              SELECT span, key, {", ".join(SUMS)} FROM late) r GROUP BY span, key),
    busiest AS MATERIALIZED (
      SELECT key FROM totals GROUP BY key
       ORDER BY sum(opened) FILTER (WHERE span = 0) DESC NULLS LAST, sum(open) DESC, key LIMIT $12),
    bins AS (
      SELECT r.span, r.key, b.name, b.bin, sum(b.many) AS many
        FROM (({stored.format(columns=", ".join(f"c.{name}" for name in BINS))}
                AND p.span = ANY ($11::int[]) AND {key} IN (SELECT key FROM busiest))
              UNION ALL SELECT span, key, {", ".join(BINS)} FROM late
               WHERE span = ANY ($11::int[])) r
       CROSS JOIN LATERAL ({_UNPACKED}) b GROUP BY 1, 2, 3, 4),
    packed AS (SELECT span, key, {_PACKED} FROM bins GROUP BY span, key)
    SELECT t.*, {", ".join(f"p.{c}" for c in BINS)}
      FROM totals t JOIN busiest USING (key)
      LEFT JOIN packed p ON p.span = t.span AND p.key = t.key"""


def _kept(shape: Shape) -> str:
    """What is asked of a case: little, where many are looked at one by one."""
    if not shape.is_case_by_case:
        return FIGURES
    own = {"none": "''", "group": f"coalesce(group_id, {NOBODY})"}
    return f"{own.get(shape.key) or COLUMNS[shape.key]} AS key, {OF_A_CASE}"


def _late(shape: Shape) -> str:
    """What the changes add to each span."""
    if shape.is_case_by_case:
        return summed("changes", spans=_SPANS, open_from="$14::int", binned="$11::int[]")
    key = _EVENT_KEYS.get(shape.key) or value_sql(shape.key)
    return added("changes", (("span", "p.span"), ("key", key)), joined=_IN_SPANS)


def _sum_key(shape: Shape) -> str:
    if shape.source == MIXED and shape.key in COLUMNS:
        return part_of_mixed(shape.key, "c.value")
    return _SUM_KEYS.get(shape.key, "c.value")


def _stored(shape: Shape) -> str:
    """The sums as they were added up, by the pieces of the spans; of cases there are none."""
    kind = "all" if shape.source == CASES else shape.source
    only = " AND c.group_id = ANY ($3::uuid[])" if shape.has_groups else ""
    for number, (dimension, _) in enumerate(shape.filters if shape.source != CASES else ()):
        told = part_of_mixed(dimension, "c.value") if kind == MIXED else "c.value"
        only += f" AND {told} = ($2::text[])[{number + 1}]"
    return (
        f"SELECT p.span, {_sum_key(shape)} AS key, {{columns}} "
        "FROM unnest($4::int[], $5::text[], $6::date[], $7::date[]) p (span, grain, first, last) "
        f"JOIN case_counts c ON c.tenant_id = $1 AND c.dimension = '{kind}' "
        f"AND c.grain = p.grain AND c.day BETWEEN p.first AND p.last {only}"
    )


def _known(shape: Shape) -> str:
    """Of sums, what cases that have a mark were counted with; of cases, all others that may say
    something. Those with a mark are looked up by their key before anything is asked of them."""
    if shape.source == CASES:
        return f"""SELECT {FIGURES} FROM case_figures f
       WHERE tenant_id = $1 AND {_LAST_DAY} >= $13 {_narrowed(shape)}
         AND NOT EXISTS (SELECT FROM marked m WHERE m.id = f.id)"""
    return f"""SELECT {FIGURES} FROM case_figures
       WHERE tenant_id = $1 AND id = ANY (ARRAY(SELECT id FROM marked))"""


def _narrowed(shape: Shape) -> str:
    """The condition on a case's figures."""
    only = f"AND coalesce(group_id, {NOBODY}) = ANY ($3::uuid[])" if shape.has_groups else ""
    for number, (dimension, is_none) in enumerate(shape.filters):
        value = f"($2::text[])[{number + 1}]::{_CASTS.get(dimension, 'uuid')}"
        only += f" AND {COLUMNS[dimension]} {'IS NULL' if is_none else f'= {value}'}"
    return only


async def counted(
    ctx: Context,
    shape: Shape,
    *,
    ranges: Ranges,
    wholes: Sequence[tuple[int, date, date]],
    groups: Sequence[UUID] | None,
    values: Sequence[str],
    binned: Sequence[int],
    most: int,
    since: date,
    open_from: int,
) -> list[Any]:
    """Rows of span, key and sums."""
    return await ctx.fetch(
        counted_sql(shape),
        ctx.tenant_id,
        list(values),
        list(groups or ()),
        *([piece[place] for piece in ranges] for place in range(4)),
        *([span[place] for span in wholes] for place in range(3)),
        list(binned),
        most,
        since,
        open_from,
    )
