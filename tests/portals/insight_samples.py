"""A managers' page as its template gets it."""

from typing import Any

from portals import charts

DAYS = ["24 Nov", "25 Nov", "26 Nov", "27 Nov"]
LINE = [
    {"day": f"2026-11-2{4 + n}", "opened": 4 + n, "resolved": 3, "backlog": 9 + n, "kept": n,
     "broken": n % 2}
    for n in range(4)
]  # fmt: skip
CHANGE = {"tone": "good", "apart": -3, "percent": -25, "up": False}
TILES: list[dict[str, Any]] = [
    {"name": "opened", "unit": "cases", "value": 22, "before": 25, "label": "Opened",
     "url": "/workspace/insights/cases?list=x", "spark": charts.spark([4, 5, 6, 7]),
     "change": CHANGE | {"tone": "flat"}},
    {"name": "response_median", "unit": "seconds", "value": 3_700, "before": 4_000,
     "label": "First answer, median", "url": None, "spark": "", "change": CHANGE},
    {"name": "kept_percent", "unit": "percent", "value": 97.5, "before": None,
     "label": "Promises kept", "url": None, "spark": "", "change": None},
    {"name": "rating", "unit": "score", "value": None, "before": None, "label": "Mean rating",
     "url": None, "spark": "", "change": None},
    {"name": "score", "unit": "score", "value": 4.5, "before": 4.5, "label": "Mean score",
     "url": None, "spark": "", "change": CHANGE | {"tone": "flat", "apart": 0, "percent": None}},
]  # fmt: skip
FIGURES = {
    "zone": "Europe/Berlin", "first": "2026-11-24", "last": "2026-11-27",
    "before_first": "2026-11-20", "before_last": "2026-11-23", "unit": "day", "by": "agent",
    "line": LINE,
}  # fmt: skip
NAMES = (("first", "Opened"), ("second", "Resolved"))
INSIGHTS: dict[str, Any] = {
    "asked": {"channel": "email", "by": "agent"},
    "errors": [],
    "figures": FIGURES,
    "chips": [{"name": "Channel", "value": "by email", "remove_url": "/workspace/insights"}],
    "groups": [{"value": "g1", "label": "Second line"}],
    "spans": [{"label": "7 days", "url": "/workspace/insights?span=7d", "current": True}],
    "bys": [{"value": "agent", "label": "Agent"}],
    "by_name": "Agent",
    "tiles": TILES,
    "volume": charts.line(
        [(tone, name, [p[name.lower()] for p in LINE]) for tone, name in NAMES], DAYS  # type: ignore[misc]
    ),
    "backlog": charts.line([("first", "Open", [9, 10, 11, 12])], DAYS),
    "promises": charts.stacked(
        [("good", "Kept", [0, 1, 2, 3]), ("bad", "Broken", [0, 1, 0, 1])], DAYS
    ),
    "days": DAYS,
    "ages": [
        {"from_days": 0, "to_days": 1, "open": 3, "share": 100.0, "url": "/workspace/insights"},
        {"from_days": 90, "to_days": None, "open": 0, "share": 0.0, "url": None},
    ],
    "columns": [{"name": "opened", "label": "Opened"}, {"name": "rating", "label": "Mean rating"}],
    "rows": [
        {"name": "Jonas Reuter", "url": "/workspace/insights?agent=1", "share": 100.0,
         "cells": {each["name"]: each for each in TILES}},
        {"name": "Nobody", "url": None, "share": 0.0,
         "cells": {each["name"]: each for each in TILES}},
    ],
    "figures_url": "/workspace/insights/figures?by=agent",
    "query": "by=agent",
    "kept": [{"name": "Phone", "url": "/workspace/insights?channel=phone"}],
}  # fmt: skip
EMPTY = INSIGHTS | {
    "asked": {"first": "2026-11-24"}, "rows": [], "promises": None, "chips": [], "kept": [],
    "errors": [{"field": "first", "message": "must be a date"}], "groups": [],
}  # fmt: skip
