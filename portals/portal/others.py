"""For whom somebody may ask: themselves, those they act for, or whomever they find."""

from typing import Any

from infra.kernel.errors import Forbidden, NotFound
from infra.kernel.ids import parse
from portals.doors import is_served
from portals.visits import Shown, Visit

_MOST = "100"
COLUMNS = {"accounts": "account_id", "consumers": "consumer_id", "contacts": "contact_id"}
_OWN = {"accounts": "account_id", "consumers": "consumer_id"}
_LEAD_TO = {
    "accounts": frozenset({"account_tree", "held:account", "held:account/beneath"}),
    "consumers": frozenset({"held:consumer"}),
}
"""Ways by which one opens cases of these that are not the own."""
_FOR_ONESELF = frozenset({"own", "own_account", "own_consumer", "employee", "place"})
_SELF = {"accounts": frozenset({"own", "of_consumer"}), "consumers": frozenset({"self"})}
"""Ways that lead to what one is, and to nobody else."""


def ways(visit: Visit, collection: str, verb: str) -> set[str]:
    """The names of the ways by which the person has the verb."""
    resource = visit.services.registry.resources[collection]
    return {way.path_name for way in visit.services.plans.of(visit.reader, resource).by(verb)}


def asks_for_oneself(visit: Visit) -> bool:
    """Whether a case may name no customer: the person is one, or is served as an employee."""
    return is_served(visit.reader) or "employee" in ways(visit, "cases", "create")


def finds_customers(visit: Visit) -> bool:
    """Whether there are accounts or consumers for the person beyond what they are themselves."""
    if not is_served(visit.reader) and ways(visit, "cases", "create") <= _FOR_ONESELF:
        return False
    return any(
        visit.may(collection, "read") and ways(visit, collection, "read") - mine
        for collection, mine in _SELF.items()
    )


async def others(visit: Visit) -> list[dict[str, str]]:
    """Whom a case can be for beside oneself, as `accounts:ID` and a name."""
    led = ways(visit, "cases", "create")
    found = []
    for collection, own in _OWN.items():
        if led.isdisjoint(_LEAD_TO[collection]) or not visit.may(collection, "read"):
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
    return {COLUMNS[collection]: key} if collection in COLUMNS and key else {}


async def customer_of(visit: Visit, word: str) -> Shown | None:
    """Who is meant by `contacts:ID`, with the account of a contact; None for nobody whom the
    person may see."""
    collection, _, key = word.partition(":")
    if collection not in COLUMNS or parse(key) is None or not visit.may(collection, "read"):
        return None
    try:
        told = await visit.read(collection, key)
        company = (
            await visit.read("accounts", told["account_id"]) if collection == "contacts" else None
        )
    except (NotFound, Forbidden):
        return None
    owner = f"accounts:{told['account_id']}" if company else word
    return {
        "value": word, "name": told["name"], "detail": company["name"] if company else None,
        "url": f"/customers/{owner.replace(':', '/')}", "owner": owner,
    }  # fmt: skip
