"""The list of one kind of record: filters and order of the API in the address."""

from urllib.parse import urlencode

from starlette.responses import Response

from infra.kernel.columns import columns_of
from infra.kernel.errors import Forbidden
from infra.kernel.resource import Resource
from portals.faults import Say
from portals.paging import cursor, pages
from portals.visits import Visit
from portals.words import noted
from portals.workspace import custom
from portals.workspace.desk import reader_of, show
from portals.workspace.reader import Reader, Row
from portals.workspace.records.cells import expansions, heading, table
from portals.workspace.records.kinds import beside, url_of
from portals.workspace.records.shapes import Kind

SIZE = 50


async def record_list(visit: Visit, kind: Kind) -> Response:
    """`GET {base}/{collection}?q=…&sort=…`; what is no filter of it is left out."""
    reader = reader_of(visit)
    resource = visit.services.registry.resources[kind.collection]
    if not reader.may(kind.collection):
        raise Forbidden(f"you may not read {kind.collection}")
    q = visit.word("q") if resource.searchable(reader.caller.audience) else ""
    asked = _asked(visit, kind, resource)
    sort = _sort(visit, kind, resource)
    columns = (kind.title, *kind.columns)
    own_asked, own_fields = await custom.narrowed(visit, kind.collection)
    query = asked | own_asked | ({"q": q} if q else {}) | cursor(visit)
    query |= {"limit": str(SIZE), "sort": sort, "count": "true"}
    if expand := expansions(reader, kind.collection, columns):
        query["expand"] = expand
    found = await reader.page(kind.collection, query)
    kept = asked | own_asked | {"q": q, "sort": visit.word("sort", 40) and sort}
    cells = await table(reader, kind.collection, found.data, columns, visit.say)
    headings, own = await custom.columns(visit, kind.collection, found.data)
    return await show(
        visit, "workspace/records.html", here=kind.here, kind=_kind(kind, visit.say), q=q,
        count=found.count, columns=columns, sort=sort, sort_urls=_sort_urls(kind, resource, kept,
        sort), can_search=resource.searchable(reader.caller.audience),
        fields=_fields(kind, resource, asked, visit.say) + own_fields,
        filters=[{"name": n, "value": v, "remove_url": link(kind.path, kept, n)}
                 for n, v in asked.items()] + _own(kind, own_fields, kept),
        tabs=tabs_of(reader, kind, visit.say), hidden={k: v for k, v in kept.items() if v},
        rows=[_row(kind, *each) for each in zip(found.data, cells, own, strict=True)],
        headings=headings,
        pages=pages(visit, found, SIZE, kind.path, kept),
        new_url=f"{kind.path}/new" if kind.asks and reader.may(kind.collection, "create") else None,
    )  # fmt: skip


def _own(kind: Kind, fields: list[Row], kept: dict[str, str]) -> list[Row]:
    """What is filtered by the tenant's own fields, in their words."""
    return [
        {"name": each["name"], "label": each["label"], "value": each["told"],
         "remove_url": link(kind.path, kept, each["name"])}
        for each in fields
        if each["value"]
    ]  # fmt: skip


def _row(kind: Kind, row: Row, cells: list[Row], own: list[Row]) -> Row:
    path = row.get("path")
    depth = min(str(path).strip("/").count("/"), 5) if path else 0
    first = heading(row, cells[0], url_of(kind.collection, row))
    return {"cells": [first, *cells[1:]], "own": own, "depth": depth}


def _kind(kind: Kind, say: Say) -> Row:
    return {"one": say(kind.one), "many": say(kind.many), "path": kind.path, "icon": kind.icon,
            "is_faced": kind.is_faced}  # fmt: skip


def tabs_of(reader: Reader, current: Kind, say: Say, *, is_list: bool = True) -> list[Row]:
    """The kinds of the same place that the person may read, after what shows them together."""
    together = [{"name": say(noted("All")), "url": current.base, "current": False}]
    kinds = [
        {"name": say(kind.many), "url": kind.path, "current": is_list and kind is current}
        for kind in beside(current)
        if reader.may(kind.collection)
    ]
    if current.here == "admin":
        return together + kinds
    together[0]["current"] = not is_list
    return together + kinds if current.here == "customers" else kinds


def _asked(visit: Visit, kind: Kind, resource: Resource) -> dict[str, str]:
    known = resource.filterable(visit.reader.audience)
    return {
        name: value
        for name in kind.filters
        if name in known
        and (value := visit.word(name, 60))
        and value in (choices(resource, name) or [value])
    }


def choices(resource: Resource, name: str) -> list[str]:
    """The codes that a filter may have; none where it takes what one types."""
    enum = columns_of(resource)[name].enum
    if enum:
        return [str(each.value) for each in enum]
    return ["true", "false"] if columns_of(resource)[name].sql == "boolean" else []


def _fields(kind: Kind, resource: Resource, asked: dict[str, str], say: Say) -> list[Row]:
    words = {"true": say("Yes"), "false": say("No")}
    return [
        {
            "name": name,
            "value": asked.get(name),
            "choices": [{"value": code, "label": words.get(code)}
                        for code in choices(resource, name)],
        }
        for name in kind.filters
    ]  # fmt: skip


def _sort(visit: Visit, kind: Kind, resource: Resource) -> str:
    text = visit.word("sort", 40)
    known = resource.sortable(visit.reader.audience)
    return text if text.removeprefix("-") in known else kind.sort or resource.default_sort


def _sort_urls(kind: Kind, resource: Resource, kept: dict[str, str], sort: str) -> dict[str, str]:
    return {
        name: link(kind.path, kept | {"sort": f"-{name}" if sort == name else name})
        for name in (kind.title, *kind.columns)
        if name in resource.sorts
    }


def link(path: str, kept: dict[str, str], without: str = "") -> str:
    """The address of a list with these filters."""
    query = {name: value for name, value in kept.items() if value and name != without}
    return f"{path}?{urlencode(query)}" if query else path
