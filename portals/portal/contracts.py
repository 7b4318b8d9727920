"""The contracts that customers have with us, and what each entitles to."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from infra.kernel.errors import Forbidden
from portals import paging
from portals.pages import page
from portals.portal.narrowing import of_one
from portals.visits import Visit

_SIZE = 20
_ENTITLEMENTS_MOST = "200"


async def index(visit: Visit) -> Response:
    """`GET /contracts`."""
    if not visit.may("service_contracts", "read"):
        raise Forbidden("you may not read contracts")
    words, of = visit.word("q"), await of_one(visit)
    found = await visit.list(
        "service_contracts", limit=str(_SIZE), count="true", expand="account",
        **({"q": words} if words else {}), **of.filters, **paging.cursor(visit),
    )  # fmt: skip
    owed = await _entitlements(visit, found.data)
    kept = {"q": words, "customer": of.customer}
    return await visit.page(
        "portal/contracts.html",
        q=words,
        narrowed=of.shown,
        pages=paging.pages(visit, found, _SIZE, "/contracts", kept),
        contracts=[_shown(each, owed[str(each["id"])]) for each in found.data],
    )


async def _entitlements(
    visit: Visit, contracts: Sequence[dict[str, Any]]
) -> defaultdict[str, list[str]]:
    """What the contracts entitle to, by contract."""
    by: defaultdict[str, list[str]] = defaultdict(list)
    if contracts and visit.may("entitlements", "read"):
        found = await visit.list(
            "entitlements", state="active", limit=_ENTITLEMENTS_MOST, fields="name,contract_id",
            contract_id__in=",".join(str(each["id"]) for each in contracts),
        )  # fmt: skip
        for each in found.data:
            by[str(each["contract_id"])].append(each["name"])
    return by


def _shown(contract: dict[str, Any], entitles: list[str]) -> dict[str, Any]:
    return {
        "id": str(contract["id"]),
        "name": contract["name"],
        "number": contract["number"],
        "kind": contract["contract_type"],
        "state": contract["state"],
        "account": (contract.get("account") or {}).get("name"),
        "starts_on": contract["starts_on"],
        "ends_on": contract["ends_on"],
        "entitlements": entitles,
    }


routes = (page("/contracts", index, people="portal"),)
