"""Figures as a table: one row for everything and one for each value of the division. Pure."""

from typing import Any

from backend.platform.transfers.formats.writing import writer_of
from backend.platform.transfers.models import Format
from backend.service.insights.figures import UNITS, Figures, Measure


def columns_of(figures: Figures) -> list[str]:
    """What it is divided by, each measure, and each as it was before."""
    names = [each.name for each in figures.measures]
    return [figures.by, "name", *names, *(f"{name}_before" for name in names)]


def rows_of(figures: Figures) -> list[dict[str, Any]]:
    """The whole first."""
    whole = _cells(figures, "", "total", figures.measures)
    parts = [_cells(figures, row.value or "", row.name or "", row.measures) for row in figures.rows]
    return [whole, *parts]


def _cells(figures: Figures, value: str, name: str, measures: list[Measure]) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(columns_of(figures))
    row |= {figures.by: value, "name": name}
    for each in measures:
        row |= {each.name: _cell(each.value), f"{each.name}_before": _cell(each.before)}
    return row


def _cell(value: float | None) -> Any:
    return value if value is None or isinstance(value, int) else str(value)


def table_of(figures: Figures, kind: Format) -> bytes:
    """The table as a file."""
    writer = writer_of(kind, columns_of(figures))
    first = writer.page(rows_of(figures))
    rest = writer.rest()
    if isinstance(rest, bytes):
        return first + rest
    try:
        return rest.read_bytes()
    finally:
        rest.unlink()


def told(measure: Measure) -> str:
    """A number as a letter says it."""
    if measure.value is None:
        return "–"
    if UNITS[measure.name] == "seconds":
        return span(int(measure.value))
    return f"{measure.value} %" if measure.unit == "percent" else str(measure.value)


def span(seconds: int) -> str:
    """A length of time in its two largest units."""
    minutes = seconds // 60
    if minutes < 1:
        return f"{seconds} s"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 2 * 1440:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes // 1440} d {minutes % 1440 // 60} h"
