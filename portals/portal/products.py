"""What the customer owns, and what they are entitled to with it."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from portals import paging
from portals.pages import page
from portals.portal.narrowing import of_one
from portals.portal.stories import OPEN
from portals.visits import Visit

_SIZE = 20


async def index(visit: Visit) -> Response:
    """`GET /products`."""
    words, of = visit.word("q"), await of_one(visit)
    found = await visit.list(
        "sold_products", limit=str(_SIZE), count="true", expand="location",
        **({"q": words} if words else {}), **of.filters, **paging.cursor(visit),
    )  # fmt: skip
    kept = {"q": words, "customer": of.customer}
    owed, busy = await asyncio.gather(entitlements(visit), _open_cases(visit, found.data))
    return await visit.page(
        "portal/products.html",
        q=words,
        pages=paging.pages(visit, found, _SIZE, "/products", kept),
        narrowed=of.shown,
        has_assets=await _has(visit, "assets", of.filters),
        has_contracts=await _has(visit, "service_contracts", of.filters),
        products=[_shown(each, owed, busy) for each in found.data],
    )


async def _has(visit: Visit, collection: str, of: Mapping[str, str]) -> bool:
    """Whether there is anything to show in the list of these."""
    if not visit.may(collection, "read"):
        return False
    return bool((await visit.list(collection, limit="1", fields="id", **of)).data)


async def entitlements(visit: Visit) -> list[dict[str, Any]]:
    """All that the customer is owed."""
    if not visit.may("entitlements", "read"):
        return []
    return (await visit.list("entitlements", limit="200")).data


async def _open_cases(visit: Visit, products: Sequence[dict[str, Any]]) -> Counter[str]:
    if not products:
        return Counter()
    found = await visit.list(
        "cases", fields="sold_product_id", limit="200", state__in=",".join(OPEN),
        sold_product_id__in=",".join(str(each["id"]) for each in products),
    )  # fmt: skip
    return Counter(str(each["sold_product_id"]) for each in found.data)


def _shown(
    product: dict[str, Any], owed: Sequence[dict[str, Any]], busy: Counter[str]
) -> dict[str, Any]:
    return {
        "id": str(product["id"]),
        "name": product["name"],
        "serial_number": product["serial_number"],
        "state": product["state"],
        "location": _address(product.get("location")),
        "installed_at": product["purchased_on"],
        "entitlements": [
            {"name": each["name"], "valid_to": each["ends_on"], "state": each["state"]}
            for each in owed
            if each["state"] == "active" and covers(each, product)
        ],
        "open_cases": busy[str(product["id"])],
    }


def covers(entitlement: dict[str, Any], product: dict[str, Any]) -> bool:
    """Whether an entitlement of this customer is about this product, or about all of them."""
    for column, own in (
        ("sold_product_id", product["id"]),
        ("contract_id", product["contract_id"]),
        ("product_model_id", product["product_model_id"]),
    ):
        if entitlement.get(column) is not None:
            return bool(entitlement[column] == own)
    return True


def _address(location: dict[str, Any] | None) -> str | None:
    if not location:
        return None
    parts = (location.get("name"), location.get("line1"), location.get("city"))
    return ", ".join(dict.fromkeys(part for part in parts if part)) or None


routes = (page("/products", index, people="portal"),)
