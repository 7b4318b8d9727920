"""Sums as text of statements: what is summed, by what, and how figures of cases are added up."""

from collections.abc import Callable, Sequence

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
NAMES = ", ".join([*SUMS, *BINS])
COLUMNS = {
    "agent": "agent_id", "case_type": "case_type_id", "channel": "channel",
    "product_model": "product_model_id", "priority": "priority", "account": "account_id",
}  # fmt: skip
"""Dimension → where the figures of a case have its value."""
MIXED = "mixed"
MIXED_OF = ("case_type", "channel", "product_model", "priority")
"""What the sums of `mixed` are told apart by all at once, their values joined by bars: these have
few values, so that what differs in several of them is still far less than there are cases."""
_SETS: dict[str, tuple[str, ...]] = {
    "all": (), **{name: (name,) for name in COLUMNS}, MIXED: MIXED_OF
}  # fmt: skip
"""Kind of sums → what they are told apart by, beside day and group."""


def value_sql(dimension: str) -> str:
    """The value that a case has, as text; empty where it has none."""
    return f"coalesce({COLUMNS[dimension]}::text, '')"


def part_of_mixed(dimension: str, value: str) -> str:
    """The value of one dimension, out of a value of `mixed`."""
    return f"split_part({value}, '|', {MIXED_OF.index(dimension) + 1})"


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
_OWN = f"sign, coalesce(group_id, {NOBODY}) AS group_id, {', '.join(COLUMNS.values())}"
_DAYS = (
    ("opened_on", "opened", "0", "0", ""), ("opened_on", "open", "0", "0", "AND is_open"),
    ("ended_on", "ended", "0", "0", ""),
    ("resolved_on", "resolved", "app_bin(resolution_seconds)", "resolution_seconds", ""),
    ("responded_on", "responded", "app_bin(response_seconds)", "response_seconds", ""),
    ("reopened_on", "reopened", "0", "0", ""), ("rated_on", "rated", "rating", "rating", ""),
)  # fmt: skip
"""(day, measure, bin, amount, condition) of what happens to a case once."""
_LISTS = (
    ("kept", "unnest(kept_on) many (day)", "kept_on", "0"),
    ("broken", "unnest(broken_on) many (day)", "broken_on", "0"),
    ("answered", "unnest(answered_on, scores) many (day, score)", "answered_on", "score"),
)
"""(measure, days, their column, bin and amount) of what happens to a case several times."""


def events(changes: str) -> str:
    """What signed figures of cases, the rows of a common table, add to which day."""
    once = [
        f"SELECT {_OWN}, {day} AS day, '{measure}' AS measure, {bin_} AS bin, {amount} AS amount "
        f"FROM {changes} WHERE {day} IS NOT NULL {only}"
        for day, measure, bin_, amount, only in _DAYS
    ]
    several = [
        f"SELECT {_OWN}, many.day, '{measure}', {amount}, {amount} "
        f"FROM {changes}, {days} WHERE {column} <> '{{}}'"
        for measure, days, column, amount in _LISTS
    ]
    return " UNION ALL ".join([*once, *several])


def added(changes: str, keys: Sequence[tuple[str, str]], *, joined: str = "") -> str:
    """Signed figures of cases, added up by the keys: (name, expression on an event `e`)."""
    named = ", ".join(f"{expression} AS {name}" for name, expression in keys)
    by = ", ".join(name for name, _ in keys)
    places = ", ".join(str(place + 1) for place in range(len(keys)))
    return (
        f"SELECT {by}, {_SUMMED} FROM ("
        f"SELECT {named}, e.measure, e.bin, sum(e.sign) AS many, sum(e.sign * e.amount) AS amount "
        f"FROM ({events(changes)}) e {joined} "
        f"GROUP BY {places}, e.measure, e.bin "
        f"HAVING sum(e.sign) <> 0 OR sum(e.sign * e.amount) <> 0"
        f") counted GROUP BY {by}"
    )


_THIRD = (
    "date_trunc('month', c.day)::date + 10 * least((extract(day FROM c.day)::integer - 1) / 10, 2)"
)
SUM_KEY = "dimension, grain, day, group_id, value"


def _mask(dimension: str) -> int:
    """What `grouping()` answers for the rows of a dimension: a bit for each column left out."""
    kept = _SETS[dimension]
    return sum(2**place for place, name in enumerate(reversed(COLUMNS)) if name not in kept)


def _chosen(of_dimension: Callable[[str], str]) -> str:
    whens = " ".join(f"WHEN {_mask(name)} THEN {of_dimension(name)}" for name in _SETS)
    return f"CASE grouping({', '.join(COLUMNS.values())}) {whens} END"


def _value(dimension: str) -> str:
    return " || '|' || ".join(value_sql(name) for name in _SETS[dimension]) or "''"


def added_everywhere(changes: str) -> str:
    """Signed figures of cases, added up by day, third of a month and month for every dimension in
    one pass: rows as `case_counts` has them, without the tenant."""
    sets = ", ".join(
        f"({', '.join(('day', 'group_id', 'measure', 'bin', *(COLUMNS[name] for name in kept)))})"
        for kept in _SETS.values()
    )
    return f"""
      SELECT {SUM_KEY}, {_SUMMED} FROM (
        SELECT c.dimension, g.grain, g.day, c.group_id, c.value, c.measure, c.bin,
               sum(c.many) AS many, sum(c.amount) AS amount
          FROM (SELECT {_chosen(lambda name: f"'{name}'")} AS dimension, {_chosen(_value)} AS value,
                       day, group_id, measure, bin, sum(sign) AS many, sum(sign * amount) AS amount
                  FROM ({events(changes)}) e GROUP BY GROUPING SETS ({sets})
                HAVING sum(sign) <> 0 OR sum(sign * amount) <> 0) c
         CROSS JOIN LATERAL (VALUES ('day', c.day), ('third', {_THIRD}),
                             ('month', date_trunc('month', c.day)::date)) g (grain, day)
         GROUP BY 1, 2, 3, 4, 5, 6, 7) measured
       GROUP BY {SUM_KEY}"""


UPSERT = (
    f"ON CONFLICT (tenant_id, {SUM_KEY}) DO UPDATE SET "
    + ", ".join(f"{c} = case_counts.{c} + EXCLUDED.{c}" for c in SUMS)
    + ", "
    + ", ".join(
        f"{c} = CASE WHEN EXCLUDED.{c} = '{{}}' THEN case_counts.{c} WHEN case_counts.{c} = '{{}}' "
        f"THEN EXCLUDED.{c} ELSE app_add_bins(case_counts.{c}, EXCLUDED.{c}) END"
        for c in BINS
    )
)
FIGURES = (
    "group_id, agent_id, case_type_id, channel, product_model_id, account_id, priority, is_open, "
    "opened_on, ended_on, resolved_on, resolution_seconds, responded_on, response_seconds, "
    "reopened_on, rated_on, rating, kept_on, broken_on, answered_on, scores"
)
REPLACE = ", ".join(f"{name} = EXCLUDED.{name}" for name in FIGURES.split(", "))
