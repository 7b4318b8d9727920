"""The very things of the customer that are supported, as far as they may see them: all of their
company's, or those that are theirs to look after, as the tenant has chosen."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from portals import paging
from portals.pages import page
from portals.portal.narrowing import of_one
from portals.visits import Visit

_SIZE = 20
CHOICE_MOST = "100"
SUPPORTED = "planned,in_use,in_repair"


async def index(visit: Visit) -> Response:
    """`GET /assets`."""
    words, of = visit.word("q"), await of_one(visit)
    found = await visit.list(
        "assets", limit=str(_SIZE), count="true", expand="location,product_model",
        **({"q": words} if words else {}), **of.filters, **paging.cursor(visit),
    )  # fmt: skip
    kept = {"q": words, "customer": of.customer}
    return await visit.page(
        "portal/assets.html",
        q=words,
        pages=paging.pages(visit, found, _SIZE, "/assets", kept),
        narrowed=of.shown,
        assets=[_shown(each) for each in found.data],
    )


async def choices(visit: Visit, of: Mapping[str, str]) -> list[dict[str, Any]]:
    """The assets that a new case may be about, of one customer or of all whom one acts for."""
    if not visit.may("assets", "read"):
        return []
    found = await visit.list(
        "assets", state__in=SUPPORTED, limit=CHOICE_MOST,
        fields="id,name,serial_number,asset_tag", **of,
    )  # fmt: skip
    return [
        {
            "id": str(each["id"]),
            "name": each["name"],
            "mark": each["asset_tag"] or each["serial_number"],
        }
        for each in found.data
    ]


def _shown(asset: dict[str, Any]) -> dict[str, Any]:
    place = asset.get("location") or {}
    return {
        "id": str(asset["id"]),
        "name": asset["name"],
        "model": (asset.get("product_model") or {}).get("name"),
        "serial_number": asset["serial_number"],
        "asset_tag": asset["asset_tag"],
        "state": asset["state"],
        "location": ", ".join(place[n] for n in ("name", "city") if place.get(n)) or None,
        "is_supported": asset["state"] in SUPPORTED.split(","),
    }


routes = (page("/assets", index, people="portal"),)
