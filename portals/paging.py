"""Pages of a list whose server knows only what comes next.

A cursor leads forward. The address of a page keeps the trail of the cursors before it, so that
Back leads exactly there, also from a link that somebody sent.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from infra.kernel.reading import Page
from portals.visits import Visit

_TRAIL_MOST = 40


def cursor(visit: Visit) -> dict[str, str]:
    """The `after` of this page, as a parameter of the list."""
    trail = _trail(visit)
    return {"after": trail[-1]} if trail else {}


def pages(
    visit: Visit, found: Page, size: int, path: str, kept: Mapping[str, str]
) -> dict[str, Any]:
    """What the paging below a list shows; `kept` are the filters that its links carry on."""
    trail = _trail(visit)
    before = len(trail) * size
    following = None
    if found.next and len(trail) < _TRAIL_MOST:
        following = _link(path, kept, [*trail, found.next])
    return {
        "first": before + 1 if found.data else 0,
        "last": before + len(found.data),
        "total": found.count,
        "previous_url": _link(path, kept, trail[:-1]) if trail else None,
        "next_url": following,
    }


def _trail(visit: Visit) -> list[str]:
    return [part for part in visit.query.get("after", "").split("~") if part][:_TRAIL_MOST]


def _link(path: str, kept: Mapping[str, str], trail: list[str]) -> str:
    query = {name: value for name, value in kept.items() if value}
    if trail:
        query["after"] = "~".join(trail)
    return f"{path}?{urlencode(query, safe='~')}" if query else path
