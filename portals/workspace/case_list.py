"""The list of cases: the filters of the API in the address, so that a view is a link."""

import asyncio
from collections.abc import Mapping

from starlette.responses import Response

from infra.kernel.reading import read_list
from portals.faults import Say
from portals.paging import cursor, pages
from portals.visits import Visit
from portals.words import CHANNELS, PRIORITIES, state_word
from portals.workspace import custom
from portals.workspace.case_bulk import bulk_verbs
from portals.workspace.case_views import (
    CHOICES,
    COLUMNS,
    CUSTOMERS,
    FIRST_SORT,
    PATH,
    SHOWN,
    SIZE,
    VIEWS,
    asked_of,
    columns_named,
    link,
    shown_sort,
    sort_named,
    sort_urls,
    view_named,
    views_of,
)
from portals.workspace.clocks import clocks_of
from portals.workspace.colleagues import names_of
from portals.workspace.desk import reader_of, show
from portals.workspace.inbox import address_of, customer_name
from portals.workspace.reader import Reader, Row

_KEPT_BY_FILTER = {"view", "q", "sort", "columns", *CUSTOMERS}


async def case_list(visit: Visit) -> Response:
    """`GET /workspace/cases`."""
    reader = reader_of(visit)
    asked = asked_of(visit)
    view = view_named(visit)
    q = visit.word("q")
    own_asked, own_fields = await custom.narrowed(visit, "cases")
    query = views_of(reader)[view] | asked | own_asked | ({"q": q} if q else {})
    sort = sort_named(visit.word("sort", 40))
    extra = {
        "expand": "account,contact,consumer,product_model,sold_product", "limit": str(SIZE),
        "sort": sort, "count": "true",
    }  # fmt: skip
    found = await read_list(visit.services, visit.caller, "cases", query | extra | cursor(visit))
    kept = {"view": view} | asked | own_asked | {"q": q, "sort": sort if sort != FIRST_SORT else ""}
    columns = columns_named(visit)
    if columns != SHOWN:
        kept["columns"] = ",".join(columns)
    rows, counts, names = await asyncio.gather(
        rows_of(reader, found.data, visit.say),
        _counts(reader, view, found.count if not (asked or own_asked or q) else None),
        customer_names(reader, asked),
    )
    headings, own = await custom.columns(visit, "cases", found.data)
    return await show(
        visit, "workspace/cases.html", headings=headings, own=own, q=q,
        count=found.count, sort=shown_sort(sort), rows=rows,
        pages=pages(visit, found, SIZE, PATH, kept), views=_tabs(counts, view, visit.say),
        filters=_chips(asked, names, kept, visit.say) + _own(own_fields, kept),
        hidden={k: v for k, v in kept.items() if k != "q" and v},
        kept_by_filter={k: v for k, v in kept.items() if v and k in _KEPT_BY_FILTER},
        fields=_fields(asked, visit.say) + own_fields, columns=columns, all_columns=COLUMNS,
        sort_urls=sort_urls(sort, kept), clear_url=f"{PATH}?view={view}",
        bulk=bulk_verbs(reader), can_open=reader.may("cases", "create"),
    )  # fmt: skip


async def rows_of(reader: Reader, found: list[Row], say: Say) -> list[Row]:
    """The rows with names and clocks."""
    clocks, names = await asyncio.gather(
        clocks_of(reader, (row["id"] for row in found), say),
        names_of(reader, (row.get("assigned_to_id") for row in found)),
    )
    return [
        {
            "id": str(row["id"]),
            "number": row["number"],
            "url": address_of(row),
            "subject": row["subject"],
            "customer": _customer(row),
            "product": _named(row, "sold_product") or _named(row, "product_model"),
            "state": row["state"],
            "priority": row["priority"],
            "assignee": names.get(str(row.get("assigned_to_id"))),
            "channel": row["channel"],
            "clock": clocks.get(str(row["id"])),
            "created_at": row["opened_at"] or row["created_at"],
            "updated_at": row["updated_at"],
        }
        for row in found
    ]


def _customer(row: Row) -> str | None:
    return _named(row, "account") or customer_name(row)


def _named(row: Row, relation: str) -> str | None:
    record = row.get(relation)
    return record.get("name") if record else None


async def customer_names(reader: Reader, asked: Mapping[str, str]) -> dict[str, str]:
    """Name by id of the customers that are filtered by."""
    named = [(name, asked[name]) for name in CUSTOMERS if name in asked]
    found = await asyncio.gather(*(reader.maybe(CUSTOMERS[name], key) for name, key in named))
    return {key: row["name"] for (_, key), row in zip(named, found, strict=True) if row}


async def _counts(reader: Reader, current: str, known: int | None) -> dict[str, int | None]:
    queries = views_of(reader)
    asked = [name for name in ("mine", "groups", "unassigned") if name != current or known is None]
    found = await asyncio.gather(*(reader.count("cases", queries[name]) for name in asked))
    counts: dict[str, int | None] = dict(zip(asked, found, strict=True))
    return counts | ({current: known} if known is not None else {})


def _tabs(counts: Mapping[str, int | None], current: str, say: Say) -> list[Row]:
    return [
        {"name": say(words), "url": f"{PATH}?view={name}", "count": counts.get(name),
         "current": name == current}
        for name, words in VIEWS.items()
    ]  # fmt: skip


def _chips(
    asked: Mapping[str, str], names: Mapping[str, str], kept: Mapping[str, str], say: Say
) -> list[Row]:
    return [
        {
            "name": name.removesuffix("_id"),
            "value": names.get(value) or word_of(name, value, say),
            "remove_url": link({k: v for k, v in kept.items() if k != name}),
        }
        for name, value in asked.items()
    ]


def _own(fields: list[Row], kept: Mapping[str, str]) -> list[Row]:
    """What is filtered by the tenant's own fields, in their words."""
    return [
        {"name": each["name"], "label": each["label"], "value": each["told"],
         "remove_url": link({k: v for k, v in kept.items() if k != each["name"]})}
        for each in fields
        if each["value"]
    ]  # fmt: skip


def word_of(name: str, value: str, say: Say) -> str:
    """A filter's value in words."""
    if name == "priority":
        return say(PRIORITIES[int(value)])
    if name == "channel":
        return say(CHANNELS.get(value, value))
    if name in CUSTOMERS:
        return "…"
    return say(state_word(value).text)


def _fields(asked: Mapping[str, str], say: Say) -> list[Row]:
    return [
        {
            "name": name,
            "value": asked.get(name),
            "choices": [{"value": v, "label": word_of(name, v, say)} for v in values],
        }
        for name, values in CHOICES.items()
    ]
