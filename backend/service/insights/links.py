"""The list behind a number: the same cases, asked for as anybody asks for cases. Pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from backend.service.insights.asked import COLUMNS, Asked
from backend.service.insights.rules import DAY, Span

OPEN = "new,in_progress,waiting_customer,waiting_internal"
_CASES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "opened": ("opened_at", {"state[ne]": "draft"}),
    "resolved": ("resolved_at", {"state[ne]": "draft"}),
    "reopened": ("reopened_at", {"state[ne]": "draft"}),
    "responded": ("first_responded_at", {"state[ne]": "draft"}),
    "rated": ("rated_at", {"rating[null]": "false"}),
    "backlog": ("opened_at", {"state[in]": OPEN}),
}
_PROMISES = {
    "kept": ("stopped_at", {"kind": "cases", "state": "met"}),
    "broken": ("breached_at", {"kind": "cases", "state": "breached"}),
}


def begins_at(day: date, zone: str) -> str:
    """The first moment of a day there, as the API takes it."""
    moment = datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
    return moment.isoformat().replace("+00:00", "Z")


def within(column: str, span: Span, zone: str) -> dict[str, str]:
    """The filter of these days."""
    return {
        f"{column}[gte]": begins_at(span.first, zone),
        f"{column}[lt]": begins_at(span.last + DAY, zone),
    }


def link_of(measure: str, asked: Asked, span: Span | None, value: str | None = None) -> str | None:
    """The address whose count is the number; None where no list can say it. `value` narrows to one
    row of the division; a backlog without a span is all that is open."""
    narrowed = _narrowed(asked, value)
    if measure in _CASES:
        column, more = _CASES[measure]
        days = within(column, span, asked.zone) if span else {}
        return f"/api/v1/cases?{urlencode({**days, **more, **narrowed})}"
    if measure == "answered" and not narrowed and span:
        return f"/api/v1/survey_answers?{urlencode(within('created_at', span, asked.zone))}"
    if measure in _PROMISES and not narrowed and span:
        column, more = _PROMISES[measure]
        return f"/api/v1/task_slas?{urlencode({**within(column, span, asked.zone), **more})}"
    return None


def _narrowed(asked: Asked, value: str | None) -> dict[str, str]:
    found: dict[str, str] = {}
    if asked.groups is not None:
        found[f"{COLUMNS['group']}[in]"] = ",".join(str(each) for each in asked.groups)
    if asked.dimension != "all":
        found |= _equal(COLUMNS[asked.dimension], asked.value)
    if value is not None:
        if asked.by == "group":
            found.pop(f"{COLUMNS['group']}[in]", None)
        found |= _equal(COLUMNS[asked.by], value)
    return found


def _equal(column: str, value: str) -> dict[str, str]:
    return {column: value} if value else {f"{column}[null]": "true"}
