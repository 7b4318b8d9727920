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
    "zone": "Europe/Berlin", "is_complete": True, "first": "2026-11-24", "last": "2026-11-27",
    "before_first": "2026-11-20", "before_last": "2026-11-23", "unit": "day", "by": "agent",
    "line": LINE,
}  # fmt: skip
NAMES = (("first", "Opened"), ("second", "Resolved"))
INSIGHTS: dict[str, Any] = {
    "asked": {"channel": "email", "agent": "a1", "by": "agent"},
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
    "activity_url": "/workspace/insights/activity",
    "figures_url": "/workspace/insights/figures?by=agent",
    "query": "by=agent",
    "kept": [
        {"name": "Phone", "url": "/workspace/insights?channel=phone",
         "change_url": "/workspace/insights/views/v1"},
        {"name": "Chat", "url": "/workspace/insights?channel=chat", "change_url": None},
    ],
    "selects": [{"name": "channel", "label": "Channel",
                 "choices": [{"value": "email", "label": "by email"}]}],
    "hidden": ["agent"],
}  # fmt: skip
EMPTY = INSIGHTS | {
    "asked": {"first": "2026-11-24"}, "rows": [], "promises": None, "chips": [], "kept": [],
    "hidden": [], "figures": FIGURES | {"is_complete": False},
    "errors": [{"field": "first", "message": "must be a date"}], "groups": [],
}  # fmt: skip
VIEW: dict[str, Any] = {
    "view": {"name": "Phone", "url": "/workspace/insights?channel=phone",
             "path": "/workspace/insights/views/v1", "next_at": "2026-11-30T06:00:00Z",
             "sent_at": None},
    "values": {"name": "Phone", "shared": True, "cadence": "weekly", "hour": "0", "day": "1",
               "format": "csv"},
    "errors": [{"field": "recipient_ids", "message": "say to whom it is mailed"}],
    "cadences": [{"value": "weekly", "label": "Every week"}],
    "formats": [{"value": "csv", "label": "A letter with the table as a file"}],
    "hours": [{"value": "0", "label": "00:00"}],
    "weekdays": [{"value": 1, "label": "Monday"}],
    "people": [{"id": "p1", "name": "Mara", "chosen": True},
               {"id": "p2", "name": "Jonas Reuter", "chosen": False}],
}  # fmt: skip
BEHIND: dict[str, Any] = {
    "title": "Answers to surveys", "count": 2, "has_scores": True,
    "rows": [{"at": "2026-11-24T08:00:00Z", "name": "link", "score": 4, "case_number": "CS1",
              "case_subject": "No light", "url": "/workspace/cases/CS1"}],
    "next_url": "/workspace/insights/behind?after=x", "back_url": "/workspace/insights",
}  # fmt: skip
BEHIND_PROMISES: dict[str, Any] = BEHIND | {
    "title": "Promises kept and broken", "has_scores": False,
    "outcomes": {"kept": "Kept", "broken": "Broken"},
    "rows": [{"at": "2026-11-24T08:00:00Z", "name": "resolution", "score": None,
              "outcome": outcome, "case_number": "CS1", "case_subject": "No light",
              "url": "/workspace/cases/CS1"} for outcome in ("kept", "broken")],
}  # fmt: skip
AGENTS_ACTIVITY: dict[str, Any] = {
    "errors": [], "activity": FIGURES, "by_name": "Agent", "shows_work": True,
    "rows": [{"label": "Jonas Reuter", "replies": 4, "notes": 2, "resolved": 1, "reopened": 0,
              "handled": 3, "handle_seconds": 610, "share": 100.0}],
    "bys": [{"label": "Agent", "url": "/workspace/insights/activity", "current": True}],
    "back_url": "/workspace/insights",
}  # fmt: skip
