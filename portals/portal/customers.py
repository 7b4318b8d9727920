"""The customers for whom somebody asks: found by words, and each with its people."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from infra.kernel.errors import Forbidden, NotFound
from infra.kernel.explaining import explain
from portals import paging
from portals.doors import is_served
from portals.pages import page
from portals.portal.others import asks_for_oneself, finds_customers
from portals.visits import Shown, Visit

_SIZE = 20
_PEOPLE_MOST = "100"
_FOUND = ("accounts", "contacts", "consumers", "households")


async def index(visit: Visit) -> Response:
    """`GET /customers?q=…`: accounts with their contacts, consumers with their households."""
    require(visit)
    words = visit.word("q")
    found = dict(zip(_FOUND, await asyncio.gather(*(_found(visit, c, words) for c in _FOUND)),
                     strict=True))  # fmt: skip
    names = await _companies(visit, found["contacts"])
    return await visit.page(
        "portal/customers.html",
        q=words,
        is_staff=not is_served(visit.caller),
        asks_for_oneself=not is_served(visit.caller) and asks_for_oneself(visit),
        more=any(len(rows) == _SIZE for rows in found.values()),
        customers=[
            *(_line("accounts", each, each["number"]) for each in found["accounts"]),
            *(
                _line("contacts", each, names.get(str(each["account_id"])))
                for each in found["contacts"]
            ),
            *(_line("consumers", each, each["number"]) for each in found["consumers"]),
            *(_line("households", each, each["number"]) for each in found["households"]),
        ],
    )


def require(visit: Visit) -> None:
    """Raises Forbidden for whoever asks for nobody but themselves."""
    if not finds_customers(visit):
        raise Forbidden("you may ask for nobody else")


async def _found(visit: Visit, collection: str, words: str) -> Sequence[Shown]:
    """Who is called so. Without words, whom one acts for; staff serve too many to list them."""
    if not visit.may(collection, "read"):
        return []
    by_words = _searchable(visit, collection)
    if (words and not by_words) or (not words and not _is_few(visit, collection)):
        return []
    found = await visit.list(collection, limit=str(_SIZE), **({"q": words} if words else {}))
    return found.data


def _searchable(visit: Visit, collection: str) -> bool:
    resource = visit.services.registry.resources[collection]
    plan = visit.services.plans.of(visit.reader, resource)
    could = resource.searchable(visit.reader.audience)
    return could and set(resource.search) <= plan.open_columns


def _is_few(visit: Visit, collection: str) -> bool:
    """Whether the customers are those whom somebody outside acts for."""
    return is_served(visit.reader) and collection in {"accounts", "consumers"}


async def _companies(visit: Visit, contacts: Sequence[Shown]) -> dict[str, str]:
    if not contacts:
        return {}
    keys = ",".join(sorted({str(each["account_id"]) for each in contacts}))
    found = await visit.list("accounts", id__in=keys, limit=str(_SIZE), fields="id,name")
    return {str(each["id"]): each["name"] for each in found.data}


def _line(collection: str, row: Mapping[str, Any], detail: str | None) -> Shown:
    can_ask = collection != "households"
    return {
        "kind": collection,
        "name": row["name"],
        "detail": detail,
        "url": f"/customers/{collection}/{row['id']}",
        "ask_url": f"/cases/new?customer={collection}:{row['id']}" if can_ask else None,
    }


# ── One of them ──────────────────────────────────────────────────────────────────────────────


async def account(visit: Visit) -> Response:
    """`GET /customers/accounts/{key}`: an account and its people."""
    return await account_page(visit)


async def account_page(visit: Visit, **more: Any) -> Response:
    """The page of an account, also with a form that was refused."""
    require(visit)
    row = await visit.read("accounts", visit.path["key"])
    people = await _people(visit, str(row["id"]))
    shown: Shown = {"values": row, "errors": [], "status": 200, "changes": False} | more
    return await visit.page(
        "portal/account.html",
        account=_party("accounts", row) | {
            name: row.get(name) for name in ("number", "email", "phone", "website", "state")
        },
        people=[_line("contacts", each, each["title"] or each["email"]) | {"state": each["state"]}
                for each in people.data],
        pages=paging.pages(visit, people, int(_PEOPLE_MOST), visit.request.url.path, {}),
        can_change="update" in await allowed(visit, "accounts", row["id"]),
        can_add="create" in visit_verbs(visit, "contacts"),
        asks=is_served(visit.caller),
        has_contracts=visit.may("service_contracts", "read"),
        has_requests=visit.may("catalog_items", "read"),
        **shown,
    )  # fmt: skip


async def _people(visit: Visit, account_id: str) -> Any:
    return await visit.list(
        "contacts", account_id=account_id, limit=_PEOPLE_MOST, **paging.cursor(visit)
    )


async def consumer(visit: Visit) -> Response:
    """`GET /customers/consumers/{key}`: a consumer and their households."""
    require(visit)
    row = await visit.read("consumers", visit.path["key"])
    homes: Sequence[Shown] = []
    if visit.may("household_members", "read"):
        found = await visit.list(
            "household_members", consumer_id=str(row["id"]), expand="household", limit=_PEOPLE_MOST
        )
        homes = [each["household"] for each in found.data if each.get("household")]
    return await visit.page(
        "portal/consumer.html",
        consumer=_party("consumers", row) | {
            name: row.get(name) for name in ("number", "email", "phone", "state")
        },
        households=[_line("households", each, each.get("number")) for each in homes],
        has_contracts=visit.may("service_contracts", "read"),
        has_requests=visit.may("catalog_items", "read"),
    )  # fmt: skip


async def household(visit: Visit) -> Response:
    """`GET /customers/households/{key}`: who belongs to a household."""
    require(visit)
    row = await visit.read("households", visit.path["key"])
    members = await visit.list(
        "household_members", household_id=str(row["id"]), expand="consumer", limit=_PEOPLE_MOST
    )
    return await visit.page(
        "portal/home_of.html",
        household={"name": row["name"], "number": row["number"]},
        members=[
            _line("consumers", each["consumer"], None) | {"is_head": each["is_head"]}
            for each in members.data
            if each.get("consumer")
        ],
    )


def _party(collection: str, row: Mapping[str, Any]) -> Shown:
    return {"id": str(row["id"]), "name": row["name"], "value": f"{collection}:{row['id']}"}


def visit_verbs(visit: Visit, collection: str) -> frozenset[str]:
    """What the person may do in a collection, on some record."""
    resource = visit.services.registry.resources[collection]
    return visit.services.plans.of(visit.reader, resource).verbs()


async def allowed(visit: Visit, collection: str, key: Any) -> frozenset[str]:
    """What the person may do with this very record: a button that would be refused is not shown."""
    try:
        told = await explain(visit.services, visit.caller, collection, str(key), {})
    except NotFound:
        return frozenset()
    return frozenset(told.allowed)


routes = (
    page("/customers", index, people="portal"),
    page("/customers/accounts/{key}", account, people="portal"),
    page("/customers/consumers/{key}", consumer, people="portal"),
    page("/customers/households/{key}", household, people="portal"),
)
