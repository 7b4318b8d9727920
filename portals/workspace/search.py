"""Search over every record that the person may read."""

from collections import defaultdict

from starlette.responses import Response

from infra.kernel.contract import search_everything
from portals.visits import Visit
from portals.workspace.desk import reader_of, show
from portals.workspace.reader import Reader, Row

_PLACES = {
    "cases": "/workspace/cases/",
    "articles": "/workspace/knowledge/",
    "accounts": "/workspace/customers/accounts/",
    "contacts": "/workspace/customers/contacts/",
    "consumers": "/workspace/customers/consumers/",
}
_BY_NUMBER = {"cases", "articles"}
# What has no page of its own is found on the page of the customer it belongs to.
_OWNERS = {
    "sold_products": ("account_id", "consumer_id"),
    "service_contracts": ("account_id", "consumer_id"),
    "entitlements": ("account_id", "consumer_id"),
    "interactions": ("case_id",),
}
_ORDER = ("cases", "accounts", "contacts", "consumers", "articles")
_OWNER_PLACES = {"account_id": "accounts", "consumer_id": "consumers", "case_id": "cases"}


async def search_page(visit: Visit) -> Response:
    """`GET /workspace/search?q=…`."""
    q = visit.word("q")
    groups = await found(reader_of(visit), q)
    return await show(visit, "workspace/search.html", q=q, groups=groups)


async def results(visit: Visit) -> Response:
    """The results alone, while one types."""
    q = visit.word("q")
    groups = await found(reader_of(visit), q)
    return await visit.fragment("workspace/_found.html", q=q, groups=groups)


async def found(reader: Reader, words: str) -> list[Row]:
    """Hits by collection, each with its page and state."""
    hits = defaultdict(list)
    for hit in await search_everything(reader.services, reader.caller, words):
        hits[hit.kind].append(hit)
    groups = []
    for kind in sorted(hits, key=lambda name: (_rank(name), name)):
        if kind not in _PLACES and kind not in _OWNERS:
            continue
        records = await reader.by_id(kind, (hit.id for hit in hits[kind]))
        rows = [
            {
                "number": hit.number,
                "title": hit.label,
                "snippet": None,
                "url": url,
                "state": (records.get(hit.id) or {}).get("state"),
            }
            for hit in hits[kind]
            if (url := _place(kind, hit.id, hit.number, records.get(hit.id) or {}))
        ]
        groups.append({"kind": kind, "rows": rows})
    return groups


def _rank(kind: str) -> int:
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def _place(kind: str, key: str, number: str | None, record: Row) -> str | None:
    if kind in _PLACES:
        return f"{_PLACES[kind]}{number if kind in _BY_NUMBER and number else key}"
    for column in _OWNERS[kind]:
        if record.get(column):
            return f"{_PLACES[_OWNER_PLACES[column]]}{record[column]}"
    return None
