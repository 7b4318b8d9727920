"""The question of the page: what its address asks, and the addresses of other questions."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from portals.visits import Visit
from portals.workspace.insights.words import BYS

PATH = "/workspace/insights"
ASKED = ("span", "first", "last", *BYS, "by")
ACTIVITY = ("span", "first", "last", "group", "agent", "channel")
"""What may be asked of what agents did."""
_LISTS = {"/api/v1/cases": "cases", "/api/v1/insights/behind": "behind"}
Question = dict[str, str]


def question_of(visit: Visit) -> Question:
    """What the address asks; what is empty is not asked."""
    return {name: value for name in ASKED if (value := visit.word(name, 40))}


def typed(asked: Mapping[str, str]) -> dict[str, Any]:
    """The question as the API takes it: a priority is a number."""
    given: dict[str, Any] = dict(asked)
    if given.get("priority", "").isdecimal():
        given["priority"] = int(given["priority"])
    return given


def address(asked: Mapping[str, str], **changed: str) -> str:
    """The page with this question, and what is changed in it; what is empty is left out."""
    query = {name: value for name, value in {**asked, **changed}.items() if value}
    return f"{PATH}?{urlencode(query)}" if query else PATH


def activity_address(asked: Mapping[str, str]) -> str:
    """The page of what agents did in these days: on the group's cases, by the agent, over the
    channel that is asked for."""
    kept = {name: asked[name] for name in ACTIVITY if asked.get(name, "none") != "none"}
    return f"{PATH}/activity?{urlencode(kept)}" if kept else f"{PATH}/activity"


def opened_by(link: str | None, asked: Mapping[str, str]) -> str | None:
    """The page of the list behind a number."""
    parts = urlsplit(link or "")
    page = _LISTS.get(parts.path)
    query = urlencode({"list": parts.query, "back": urlencode(asked)})
    return f"{PATH}/{page}?{query}" if page else None


def into(asked: Question, by: str, value: str | None) -> str | None:
    """The page of one row alone, beside all that is asked already; divided by what is not yet."""
    if value is None and by == "group":
        return None
    narrowed = dict(asked) | {by: value or "none"}
    following = next((name for name in BYS if name not in narrowed), "group")
    return address(narrowed, by=following)
