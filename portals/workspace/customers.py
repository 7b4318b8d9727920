"""Customers: who they are, and everything about one of them on a page."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import Any

from starlette.responses import Response

from infra.kernel.errors import Forbidden
from portals.faults import Say
from portals.visits import Visit
from portals.workspace.clocks import clocks_of
from portals.workspace.customer_story import story_of
from portals.workspace.desk import reader_of, show
from portals.workspace.inbox import OPEN, address_of
from portals.workspace.reader import IDS_MOST, Reader, Row, joined
from portals.workspace.records.customers import ACCOUNTS, BASE
from portals.workspace.records.listing import tabs_of
from portals.workspace.records.page import record_of, record_page
from portals.workspace.records.shapes import Kind

COLLECTIONS = ("accounts", "contacts", "consumers")
SIZE_OF_EACH = 15
_CASES_MOST = "10"
_MOST = "50"


async def customer_list(visit: Visit) -> Response:
    """`GET /workspace/customers?q=…`: the first of every kind; each kind has its own list."""
    reader = reader_of(visit)
    readable = [name for name in COLLECTIONS if reader.may(name)]
    if not readable:
        raise Forbidden("you may not read customers")
    kind, q = visit.word("kind", 20), visit.word("q")
    if kind in readable:
        return visit.go(f"{BASE}/{kind}")
    words = {"q": q} if q else {}
    found = await asyncio.gather(*(_page(reader, each, words, SIZE_OF_EACH) for each in readable))
    rows = [row for each, page in zip(readable, found, strict=True)
            for row in _lines(each, page.data)]  # fmt: skip
    await _count_open(reader, rows)
    return await show(
        visit, "workspace/customers.html", q=q, rows=rows,
        tabs=tabs_of(reader, ACCOUNTS, visit.say, is_list=False),
    )  # fmt: skip


async def _page(reader: Reader, collection: str, query: dict[str, str], size: int) -> Any:
    extra = {"limit": str(size)}
    if collection == "contacts":
        extra["expand"] = "account"
    return await reader.page(collection, query | extra)


def _lines(collection: str, found: Iterable[Row]) -> list[Row]:
    return [
        {
            "id": str(row["id"]),
            "kind": collection.removesuffix("s"),
            "name": row["name"],
            "url": f"{BASE}/{collection}/{row['id']}",
            "code": row.get("code"),
            "email": row.get("email"),
            "phone": row.get("phone"),
            "account": (row.get("account") or {}).get("name"),
            "open_cases": None,
        }
        for row in found
    ]


async def _count_open(reader: Reader, rows: list[Row]) -> None:
    """How much each has open; left out where there is too much to count in one look."""
    kinds = {row["kind"] for row in rows}
    found = await asyncio.gather(*(_open_of(reader, kind, rows) for kind in sorted(kinds)))
    counts = dict(zip(sorted(kinds), found, strict=True))
    for row in rows:
        known = counts[row["kind"]]
        row["open_cases"] = known[row["id"]] if known is not None else None


async def _open_of(reader: Reader, kind: str, rows: list[Row]) -> Counter[str] | None:
    column = f"{kind}_id"
    query = {
        f"{column}[in]": joined(row["id"] for row in rows if row["kind"] == kind),
        "state[in]": ",".join(OPEN), "fields": column, "limit": str(IDS_MOST),
    }  # fmt: skip
    page = await reader.page("cases", query)
    return None if page.next else Counter(str(row[column]) for row in page.data)


# ── One customer ─────────────────────────────────────────────────────────────────────────────


async def customer_overview(visit: Visit, kind: Kind, key: str) -> Response:
    """`GET /workspace/customers/{accounts|contacts|consumers}/{id}`."""
    reader, collection = reader_of(visit), kind.collection
    row = await record_of(reader, kind, key)
    owner = _owner(collection, row)
    contacts, children, products, entitlements, cases, story = await asyncio.gather(
        _contacts(reader, collection, row),
        _children(reader, collection, row),
        reader.rows("sold_products", owner | {"limit": _MOST}) if owner else _none(),
        reader.rows("entitlements", owner | {"limit": _MOST}) if owner else _none(),
        reader.rows("cases", _of(collection, row) | {"limit": _CASES_MOST}),
        story_of(reader, _of(collection, row), owner, visit.say),
    )
    return await record_page(
        visit, kind, key, template="workspace/customer.html", contacts=contacts,
        children=children, products=[_product(each) for each in products],
        entitlements=[_entitlement(each, visit.say) for each in entitlements],
        cases=await _cases(reader, cases, visit.say), is_account=collection == "accounts",
        cases_url=f"/workspace/cases?view=all&{collection.removesuffix('s')}_id={row['id']}",
        new_case_url=f"/workspace/cases/new?{collection.removesuffix('s')}_id={row['id']}"
        if reader.may("cases", "create") else None,
        shown={name for name, _ in kind.sections}, **story,
    )  # fmt: skip


async def _none() -> list[Row]:
    return []


def _of(collection: str, row: Row) -> dict[str, str]:
    return {f"{collection.removesuffix('s')}_id": str(row["id"])}


def _owner(collection: str, row: Row) -> dict[str, str]:
    """Whose products and entitlements the customer shares: a contact has those of the account."""
    if collection == "contacts":
        return {"account_id": str(row["account_id"])} if row.get("account_id") else {}
    return _of(collection, row)


async def _contacts(reader: Reader, collection: str, row: Row) -> list[Row]:
    if collection != "accounts":
        return []
    query = {"account_id": str(row["id"]), "limit": _MOST}
    return [
        {
            "name": each["name"],
            "url": f"{BASE}/contacts/{each['id']}",
            "role": each.get("title"),
            "email": each.get("email"),
        }
        for each in await reader.rows("contacts", query)
    ]


async def _children(reader: Reader, collection: str, row: Row) -> list[Row]:
    if collection != "accounts" or not reader.may("accounts"):
        return []
    found = await reader.rows("accounts", {"parent_id": str(row["id"]), "limit": _MOST})
    return [
        {"name": each["name"], "code": each.get("code"), "url": f"{BASE}/accounts/{each['id']}"}
        for each in found
    ]


def _product(row: Row) -> Row:
    return {
        "name": row["name"],
        "url": f"/workspace/products/sold_products/{row['id']}",
        "serial_number": row.get("serial_number"),
        "state": row["state"],
        "installed_at": row.get("purchased_on"),
    }


def _entitlement(row: Row, say: Say) -> Row:
    hours = [
        say("first answer in %(hours)s h") % {"hours": _hours(row["response_minutes"])}
        if row.get("response_minutes") else "",
        say("solved in %(hours)s h") % {"hours": _hours(row["resolution_minutes"])}
        if row.get("resolution_minutes") else "",
    ]  # fmt: skip
    detail = ", ".join(part for part in (str(row["tier"]).capitalize(), *hours) if part)
    return {
        "name": row["name"],
        "state": row["state"],
        "valid_from": row["starts_on"],
        "valid_to": row.get("ends_on"),
        "detail": detail,
    }


def _hours(minutes: int) -> str:
    return f"{minutes / 60:g}"


async def _cases(reader: Reader, rows: list[Row], say: Say) -> list[Row]:
    clocks = await clocks_of(reader, (row["id"] for row in rows if row["state"] in OPEN), say)
    return [
        {
            "number": row["number"],
            "url": address_of(row),
            "subject": row["subject"],
            "state": row["state"],
            "priority": row["priority"],
            "clock": clocks.get(str(row["id"])),
            "updated_at": row["updated_at"],
        }
        for row in rows
    ]
