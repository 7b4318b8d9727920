"""Sums as text of statements: what is summed, by what, and how figures of cases are added up."""

from collections.abc import Sequence

NOBODY = "'00000000-0000-0000-0000-000000000000'::uuid"
SUMS = {
    "opened": "opened", "open": "open", "ended": "ended", "resolved": "resolved",
    "resolution_seconds": "resolved", "responded": "responded", "response_seconds": "responded",
    "reopened": "reopened", "rated": "rated", "rating_sum": "rated", "satisfied": "rated",
    "kept": "kept", "broken": "broken", "answered": "answered", "score_sum": "answered",
}  # fmt: skip
"""Column → the measure that it sums; those of `AMOUNTS` sum amounts, the others cases."""
AMOUNTS = frozenset({"resolution_seconds", "response_seconds", "rating_sum", "score_sum"})
BINS = {"resolution_bins": "resolved", "response_bins": "responded"}
COLUMNS = {
    "all": "''", "agent": "(f).agent_id", "case_type": "(f).case_type_id",
    "channel": "(f).channel", "product_model": "(f).product_model_id",
    "priority": "(f).priority", "account": "(f).account_id",
}  # fmt: skip
"""Dimension → where a case has its value."""


def value_sql(dimension: str) -> str:
    """The value that a case has, as text; empty where it has none."""
    return f"coalesce({COLUMNS[dimension]}::text, '')"


NAMES = ", ".join([*SUMS, *BINS])


def _sum(column: str, measure: str) -> str:
    if column in AMOUNTS:
        return f"coalesce(sum(amount) FILTER (WHERE measure = '{measure}'), 0)::bigint AS {column}"
    only = " AND bin >= 4" if column == "satisfied" else ""
    told = f"coalesce(sum(many) FILTER (WHERE measure = '{measure}'{only}), 0)::bigint"
    return f"{told} AS {column}"


def _bins(column: str, measure: str) -> str:
    return (
        f"coalesce(jsonb_object_agg(bin, many) FILTER (WHERE measure = '{measure}' "
        f"AND many <> 0), '{{}}') AS {column}"
    )


_SUMMED = ", ".join(
    [*(_sum(c, m) for c, m in SUMS.items()), *(_bins(c, m) for c, m in BINS.items())]
)


def added(changes: str, keys: Sequence[tuple[str, str]], *, joined: str = "") -> str:
    """Signed figures `f` of cases, added up by the keys: (name, expression)."""
    named = ", ".join(f"{expression} AS {name}" for name, expression in keys)
    by = ", ".join(name for name, _ in keys)
    places = ", ".join(str(place + 1) for place in range(len(keys)))
    return (
        f"SELECT {by}, {_SUMMED} FROM ("
        f"SELECT {named}, k.measure, k.bin, sum(d.sign) AS many, "
        f"sum(d.sign * k.amount) AS amount "
        f"FROM {changes} d CROSS JOIN LATERAL app_counted(d.f) k {joined} "
        f"GROUP BY {places}, k.measure, k.bin "
        f"HAVING sum(d.sign) <> 0 OR sum(d.sign * k.amount) <> 0"
        f") counted GROUP BY {by}"
    )


EVERY_KEY = (
    ("dimension", "v.dimension"), ("grain", "g.grain"), ("day", "g.day"),
    ("group_id", f"coalesce((d.f).group_id, {NOBODY})"), ("value", "v.value"),
)  # fmt: skip


def grains_of(dimensions: Sequence[str]) -> str:
    """Each case once for every dimension, by day and by month."""
    values = ", ".join(f"('{name}', {value_sql(name)})" for name in dimensions)
    moments = "('day', k.day), ('month', date_trunc('month', k.day)::date)"
    return (
        f"CROSS JOIN LATERAL (VALUES {values}) v (dimension, value) "
        f"CROSS JOIN LATERAL (VALUES {moments}) g (grain, day)"
    )


UPSERT = (
    "ON CONFLICT (tenant_id, dimension, grain, day, group_id, value) DO UPDATE SET "
    + ", ".join(f"{c} = case_counts.{c} + EXCLUDED.{c}" for c in SUMS)
    + ", "
    + ", ".join(f"{c} = app_add_bins(case_counts.{c}, EXCLUDED.{c})" for c in BINS)
)
FIGURES = (
    "group_id, agent_id, case_type_id, channel, product_model_id, account_id, priority, is_open, "
    "opened_on, ended_on, resolved_on, resolution_seconds, responded_on, response_seconds, "
    "reopened_on, rated_on, rating, kept_on, broken_on, answered_on, scores"
)
REPLACE = ", ".join(f"{name.strip()} = EXCLUDED.{name.strip()}" for name in FIGURES.split(","))
_ROW = f"ROW(n.tenant_id, n.id, {', '.join('n.' + c.strip() for c in FIGURES.split(','))})"
NOW = f"{_ROW}::case_figures"
