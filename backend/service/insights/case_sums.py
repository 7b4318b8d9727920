"""Sums read from the figures of cases one by one, where none were added up: one pass over them.

Each case meets each span once, and every number is counted beside the others, so what it costs is
how many cases there are and not how many things happened to them.
"""

from collections.abc import Mapping

from backend.service.insights.sums import AMOUNTS, BINS, NAMES, SUMS

_DAYS = {
    "opened": "f.opened_on", "open": "f.opened_on", "ended": "f.ended_on",
    "resolved": "f.resolved_on", "responded": "f.responded_on", "reopened": "f.reopened_on",
    "rated": "f.rated_on",
}  # fmt: skip
"""Measure → the day on which it happens to a case, once."""
_LISTS = {"kept": "f.kept_on", "broken": "f.broken_on", "answered": "f.answered_on"}
"""Measure → the days on which it happens, in their order."""
_ONLY = {"open": " AND f.is_open", "satisfied": " AND f.rating >= 4"}
_AMOUNTS = {
    "resolution_seconds": "f.resolution_seconds", "response_seconds": "f.response_seconds",
    "rating_sum": "f.rating",
}  # fmt: skip
_SCORES = """coalesce(sum((
    SELECT sum(u.score) FROM unnest(f.answered_on, f.scores) u (day, score)
     WHERE u.day BETWEEN p.first AND p.last))
    FILTER (WHERE cardinality(f.scores) > 0), 0)::bigint"""
OF_A_CASE = (
    "is_open, opened_on, ended_on, resolved_on, resolution_seconds, responded_on, "
    "response_seconds, reopened_on, rated_on, rating, kept_on, broken_on, answered_on, scores"
)
"""What these sums look at, beside the key."""
_NONE = dict.fromkeys(SUMS, "0") | dict.fromkeys(BINS, "'{{}}'::jsonb")
_SECONDS = {"resolution_bins": "f.resolution_seconds", "response_bins": "f.response_seconds"}


def _sum(column: str, measure: str) -> str:
    if measure in _LISTS and column in AMOUNTS:
        return f"{_SCORES} AS {column}"
    if measure in _LISTS:  # of days in their order, those until the last less those before
        days = _LISTS[measure]
        within = f"width_bucket(p.last, {days}) - width_bucket(p.first - 1, {days})"
        some = f"FILTER (WHERE cardinality({days}) > 0)"
        return f"coalesce(sum({within}) {some}, 0)::bigint AS {column}"
    happened = f"FILTER (WHERE {_DAYS[measure]} BETWEEN p.first AND p.last{_ONLY.get(column, '')})"
    if column in AMOUNTS:
        return f"coalesce(sum({_AMOUNTS[column]}) {happened}, 0)::bigint AS {column}"
    return f"count(*) {happened} AS {column}"


def summed(cases: str, *, spans: str, open_from: str, binned: str) -> str:
    """Rows of span, key, sums and bins, of the cases in a common table that have a `key`; takes
    what the rows (span, first, last) are, the first number of those spans of which nothing but
    what is open is asked, and the numbers of those with bins. A key has a row for its sums and one
    for each kind of bins."""
    sums = ", ".join(_sum(column, measure) for column, measure in SUMS.items())
    parts = [
        _told(f"""SELECT p.span, f.key, {sums} FROM {cases} f, {spans}
                   WHERE p.span < {open_from} GROUP BY 1, 2""", dict.fromkeys(SUMS, "r.{}")),
        _told(f"""SELECT p.span, f.key, count(*) AS open FROM {cases} f, {spans}
                   WHERE p.span >= {open_from} AND f.is_open
                     AND f.opened_on BETWEEN p.first AND p.last GROUP BY 1, 2""", {"open": "r.{}"}),
    ]  # fmt: skip
    parts += [
        _told(_binned(cases, spans, binned, column), {column: "jsonb_object_agg(r.bin, r.many)"},
              "GROUP BY r.span, r.key")
        for column in BINS
    ]  # fmt: skip
    return " UNION ALL ".join(parts)


def _told(rows: str, given: Mapping[str, str], grouped: str = "") -> str:
    """All columns of those rows; what is not given is none."""
    columns = ", ".join(
        f"{given.get(name, _NONE[name]).format(name)} AS {name}" for name in NAMES.split(", ")
    )
    return f"SELECT r.span, coalesce(r.key::text, '') AS key, {columns} FROM ({rows}) r {grouped}"


def _binned(cases: str, spans: str, binned: str, column: str) -> str:
    day = _DAYS[BINS[column]]
    return f"""SELECT p.span, f.key, app_bin({_SECONDS[column]}) AS bin, count(*) AS many
                 FROM {cases} f, {spans}
                WHERE p.span = ANY ({binned}) AND {day} BETWEEN p.first AND p.last
                GROUP BY 1, 2, 3"""
