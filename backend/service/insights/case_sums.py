"""Sums read from the figures of cases one by one, where none were added up: one pass over them.

Each case meets each span once, and every number is counted beside the others, so what it costs is
how many cases there are and not how many things happened to them.
"""

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
     WHERE u.day BETWEEN p.first AND p.last)) FILTER (WHERE f.answered_on <> '{}'), 0)::bigint"""
OF_A_CASE = (
    "is_open, opened_on, ended_on, resolved_on, resolution_seconds, responded_on, "
    "response_seconds, reopened_on, rated_on, rating, kept_on, broken_on, answered_on, scores"
)
"""What these sums look at, beside the key."""
_SECONDS = {"resolution_bins": "f.resolution_seconds", "response_bins": "f.response_seconds"}


def _sum(column: str, measure: str) -> str:
    if measure in _LISTS and column in AMOUNTS:
        return f"{_SCORES} AS {column}"
    if measure in _LISTS:  # of days in their order, those until the last less those before
        days = _LISTS[measure]
        within = f"width_bucket(p.last, {days}) - width_bucket(p.first - 1, {days})"
        return f"coalesce(sum({within}) FILTER (WHERE {days} <> '{{}}'), 0)::bigint AS {column}"
    happened = f"FILTER (WHERE {_DAYS[measure]} BETWEEN p.first AND p.last{_ONLY.get(column, '')})"
    if column in AMOUNTS:
        return f"coalesce(sum({_AMOUNTS[column]}) {happened}, 0)::bigint AS {column}"
    return f"count(*) {happened} AS {column}"


def summed(cases: str, *, spans: str, binned: str) -> str:
    """Rows of span, key, sums and bins, of the cases in a common table that have a `key`; takes
    what the rows (span, first, last) and the numbers of the spans with bins are. A key has a row
    for its sums and one for each kind of bins."""
    sums = ", ".join(_sum(column, measure) for column, measure in SUMS.items())
    none = ", ".join(f"'{{}}'::jsonb AS {column}" for column in BINS)
    parts = [
        f"""SELECT s.span, coalesce(s.key::text, '') AS key, {", ".join(f"s.{c}" for c in SUMS)},
                   {none}
              FROM (SELECT p.span, f.key, {sums} FROM {cases} f, {spans} GROUP BY 1, 2) s"""
    ]
    parts += [_bins(cases, spans, binned, column) for column in BINS]
    return " UNION ALL ".join(parts)


def _bins(cases: str, spans: str, binned: str, column: str) -> str:
    day = _DAYS[BINS[column]]
    packed = "jsonb_object_agg(b.bin, b.many)"
    told = ", ".join(
        packed if name == column else "'{}'" if name in BINS else "0" for name in NAMES.split(", ")
    )
    return f"""SELECT b.span, coalesce(b.key::text, ''), {told} FROM (
      SELECT p.span, f.key, app_bin({_SECONDS[column]}) AS bin, count(*) AS many
        FROM {cases} f, {spans} WHERE p.span = ANY ({binned}) AND {day} BETWEEN p.first AND p.last
       GROUP BY 1, 2, 3) b GROUP BY b.span, b.key"""
