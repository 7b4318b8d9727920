"""For whom else somebody may ask: accounts and consumers whom they act for."""

from typing import Any

from portals.visits import Visit

_MOST = "100"
_OWN = {"accounts": "account_id", "consumers": "consumer_id"}
_LEAD_TO = {
    "accounts": frozenset({"account_tree", "held:account", "held:account/beneath"}),
    "consumers": frozenset({"held:consumer"}),
}
"""Ways by which one opens cases of these that are not the own."""


async def others(visit: Visit) -> list[dict[str, str]]:
    """Whom a case can be for beside oneself, as `accounts:ID` and a name."""
    cases = visit.services.registry.resources["cases"]
    ways = {way.path_name for way in visit.services.plans.of(visit.reader, cases).by("create")}
    found = []
    for collection, own in _OWN.items():
        if ways.isdisjoint(_LEAD_TO[collection]) or not visit.may(collection, "read"):
            continue
        page = await visit.list(collection, limit=_MOST, fields="id,name")
        mine = visit.reader.attributes.get(own)
        found += [
            {"value": f"{collection}:{each['id']}", "name": each["name"]}
            for each in page.data
            if each["id"] != mine
        ]
    return found


def chosen(word: str) -> dict[str, Any]:
    """What a choice means to `cases.create`; nothing for oneself."""
    collection, _, key = word.partition(":")
    return {_OWN[collection]: key} if collection in _OWN and key else {}
