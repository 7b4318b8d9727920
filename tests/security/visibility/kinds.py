"""The kinds of record whose visibility is checked, and the words by which they are recognised."""

import re
from types import MappingProxyType

LETTERS = MappingProxyType(
    {
        "A": "accounts",
        "p": "contacts",
        "u": "consumers",
        "h": "households",
        "c": "cases",
        "m": "activity_entries",
        "f": "attachments",
        "r": "catalog_requests",
        "s": "sold_products",
        "i": "install_base_items",
        "a": "assets",
        "k": "service_contracts",
        "e": "entitlements",
        "l": "locations",
        "n": "articles",
        "t": "case_tasks",
        "d": "task_slas",
        "b": "case_articles",
    }
)
"""The letter of each kind in the table of expectations."""

LISTED = tuple(name for name in LETTERS.values() if name != "attachments")
"""Kinds whose collection shows them; a file is shown with its record."""

_KNOWN = MappingProxyType(
    {name.replace("_", ""): name for name in (*LETTERS.values(), "notes", "content")}
)
_WORD = re.compile(rf"zq([a-z]+)x({'|'.join(sorted(_KNOWN, key=len, reverse=True))})")
"""Whole names only: a page's random tokens hold a "zq..x." of their own now and then."""


def canary(circle: str, collection: str) -> str:
    """A word that stands in one record and in no other."""
    return f"zq{circle}x{collection.replace('_', '')}"


def canaries_in(text: str) -> set[tuple[str, str]]:
    """(circle, kind) of every canary that the text gives away."""
    return {(circle, _KNOWN[kind]) for circle, kind in _WORD.findall(text)}
