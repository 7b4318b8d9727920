"""The list behind a number: the same cases, asked for as anybody asks for cases. Pure."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from backend.service.insights.asked import COLUMNS, Asked
from backend.service.insights.rules import NIL, Span, first_moment
from infra.kernel.clock import rfc3339

OPEN = "new,in_progress,waiting_customer,waiting_internal"
_CASES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "opened": ("opened_at", {"state[ne]": "draft"}),
    "resolved": ("resolved_at", {"state[ne]": "draft"}),
    "reopened": ("reopened_at", {"state[ne]": "draft"}),
    "responded": ("first_responded_at", {"state[ne]": "draft"}),
    "rated": ("rated_at", {"rating[null]": "false"}),
    "backlog": ("opened_at", {"state[in]": OPEN}),
}
_BEHIND = frozenset({"kept", "broken", "promised", "answered"})
"""Measures that count no cases, and whose own lists do not know what their cases are."""


def begins_at(day: date, zone: str) -> str:
    """The first moment of a day there, as the API takes it."""
    return rfc3339(first_moment(day, zone))


def within(column: str, span: Span, zone: str) -> dict[str, str]:
    """The filter of these days."""
    return {
        f"{column}[gte]": begins_at(span.first, zone),
        f"{column}[lt]": begins_at(span.after, zone),
    }


def link_of(measure: str, asked: Asked, span: Span | None, value: str | None = None) -> str | None:
    """The address whose count is the number; None where no list can say it. `value` narrows to one
    row of the division; a backlog without a span is all that is open."""
    narrowed = _narrowed(asked, value)
    if measure in _CASES:
        column, more = _CASES[measure]
        days = within(column, span, asked.zone) if span else {}
        return f"/api/v1/cases?{urlencode({**days, **more, **narrowed})}"
    if measure in _BEHIND and span:
        days = {"first": span.first.isoformat(), "last": span.last.isoformat()}
        query = {"measure": measure, **days, **_asked(asked, value)}
        return f"/api/v1/insights/behind?{urlencode(query)}"
    return None


def _asked(asked: Asked, value: str | None) -> dict[str, str]:
    """The question's own words for what it is narrowed by, and by the value of one of its rows."""
    chosen = dict(asked.filters)
    if asked.group is not None:
        chosen["group"] = "" if asked.group == NIL else str(asked.group)
    if value is not None:
        chosen[asked.by] = value
    return {name: each or "none" for name, each in chosen.items()}


def _narrowed(asked: Asked, value: str | None) -> dict[str, str]:
    found: dict[str, str] = {}
    if asked.groups == (NIL,):
        found |= _equal(COLUMNS["group"], "")
    elif asked.groups is not None:
        found[f"{COLUMNS['group']}[in]"] = ",".join(str(each) for each in asked.groups)
    for name, wanted in asked.filters.items():
        found |= _equal(COLUMNS[name], wanted)
    if value is not None:
        if asked.by == "group":
            found.pop(f"{COLUMNS['group']}[in]", None)
        found |= _equal(COLUMNS[asked.by], value)
    return found


def _equal(column: str, value: str) -> dict[str, str]:
    return {column: value} if value else {f"{column}[null]": "true"}
