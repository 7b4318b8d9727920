"""Values of records as a page shows them: words, links, days, states."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

from infra.kernel.columns import columns_of
from infra.kernel.resource import Resource
from portals.faults import Say
from portals.vocabulary import COLLECTIONS, PATHS
from portals.words import CODES, FIELDS, VERBS, WEIGHTS, sentence
from portals.workspace.colleagues import names_of
from portals.workspace.reader import Reader, Row
from portals.workspace.records.kinds import url_of
from portals.workspace.records.shapes import Kind
from portals.workspace.records.spelt import (
    event_lines,
    event_words,
    outcome_lines,
    special_lines,
    week_lines,
)

_NAMES = ("number", "name", "subject", "key")
_STATES = ("state", "warranty_status")
# What a column shows that is put together from several.
_NEEDS = {"kinship": ("type",)}
_SORTS = ("audience", "origin", "target", "anchor_kind")
_FILES = ("attachment_id", "report_id")
_CODED = {"verbs": VERBS, "columns": FIELDS, "required_fields": FIELDS, "hidden_fields": FIELDS}
_SPELT: Mapping[str, Callable[[Sequence[Any], Say], list[str]]] = {
    "hours": week_lines, "exceptions": special_lines, "outcomes": outcome_lines,
    "event_types": event_lines,
}  # fmt: skip
_LISTED_MOST = 12


def expansions(reader: Reader, collection: str, columns: Sequence[str]) -> str:
    """The relations that have to come along for these columns, as far as they may be read."""
    resource = reader.services.registry.resources[collection]
    named = [name for column in columns for name in _NEEDS.get(column, (column,))]
    return ",".join(
        name
        for name in dict.fromkeys(named)
        if name in resource.relations and reader.may(resource.relations[name].resource)
    )


async def table(
    reader: Reader, collection: str, rows: Sequence[Row], columns: Sequence[str], say: Say
) -> list[list[Row]]:
    """The cells of each row, in the order of the columns."""
    resource = reader.services.registry.resources[collection]
    people = await _people(reader, resource, rows, columns)
    anchors = await _anchors(reader, rows) if {"anchor", "holder", "record"} & set(columns) else {}
    return [
        [_led(reader, _cell(resource, row, column, say, people, anchors)) for column in columns]
        for row in rows
    ]


def _led(reader: Reader, cell: Row) -> Row:
    """Without a link into the area of admins for whoever is none: it would lead to a refusal."""
    leads_there = str(cell.get("url") or "").startswith("/admin/")
    return text(cell["text"]) if leads_there and "admin" not in reader.caller.roles else cell


async def _people(
    reader: Reader, resource: Resource, rows: Sequence[Row], columns: Sequence[str]
) -> dict[str, str]:
    """Names of the colleagues that rows name by their profiles."""
    named = [
        resource.relations[column].column
        for column in columns
        if column in resource.relations and resource.relations[column].resource == "profiles"
    ]
    return await names_of(reader, (row.get(column) for row in rows for column in named))


async def _anchors(reader: Reader, rows: Iterable[Row]) -> dict[str, tuple[str, Row]]:
    """Collection and record by id, of what responsibilities are held on and by whom."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        holders = ("profiles", "contacts", "consumers", "accounts", "groups")
        for collection, named in (
            (row.get("anchor_kind"), row.get("anchor_id")),
            (row.get("kind"), row.get("record_id")),
            *((each, row.get("holder_id")) for each in holders),
        ):
            if named is not None:
                wanted[str(collection)].add(str(named))
    known = reader.services.registry.resources
    found: dict[str, tuple[str, Row]] = {}
    for collection, ids in wanted.items():
        if collection in known:
            for key, row in (await reader.by_id(collection, ids)).items():
                found[key] = (collection, row)
    names = await names_of(reader, (key for key, (kind, _) in found.items() if kind == "profiles"))
    return found | {
        key: ("profiles", found[key][1] | {"title": name}) for key, name in names.items()
    }


def _cell(
    resource: Resource,
    row: Row,
    column: str,
    say: Say,
    people: dict[str, str],
    anchors: dict[str, tuple[str, Row]],
) -> Row:
    if column == "kinship":
        kin = row.get("type") or {}
        return text(kin.get("reverse_name" if row["direction"] == "reverse" else "name"))
    if column in ("anchor", "holder", "record"):
        collection, record = anchors.get(str(row.get(f"{column}_id")), ("", {}))
        named = record.get("name") or record.get("title") or label_of(record)
        return reference(collection, record, named)
    if column == "target" and row.get("name"):
        return text(row["name"])
    relation = resource.relations.get(column)
    if relation is not None:
        key = str(row.get(relation.column))
        if relation.resource == "profiles" and key in people:
            return text(people[key])
        return reference(relation.resource, row.get(column) or {}, label_of(row.get(column)))
    own = column in _NAMES and column in (resource.number, resource.label, "number")
    cell = shown(resource, column, row.get(column), say)
    if cell["kind"] != "none" and (column in _NAMES or own) and (url := url_of(resource.name, row)):
        return cell | {"kind": "link", "url": url}
    return cell


def heading(row: Row, cell: Row, url: str | None) -> Row:
    """The first cell of a list leads to the record, also where it has no name."""
    words = cell["text"] if cell["kind"] != "none" else label_of(row) or str(row["id"])[:8]
    return text(words) | ({"kind": "link", "url": url} if url else {})


def label_of(row: Row | None) -> str | None:
    """What a record is called."""
    if not row:
        return None
    return next((str(row[name]) for name in ("name", "subject", "title", "number", "email")
                 if row.get(name)), None)  # fmt: skip


def title_of(kind: Kind, row: Row, say: Say) -> str:
    """What the page of a record is headed; a code is said in words, where there is no name."""
    value = row.get(kind.title)
    if kind.title == "resource" and value:
        return say(COLLECTIONS.get(value) or sentence(value))
    if kind.title == "event_type" and value:
        return event_words(str(value), say)
    if kind.title in _SORTS and value:
        return row.get("name") or say(CODES.get(value) or sentence(value))
    return str(value or row.get("number") or say(kind.one))


def reference(collection: str, row: Row, label: str | None) -> Row:
    """A record that another names; nothing of one that may not be read."""
    url = url_of(collection, row) if row else None
    return text(label) | ({"kind": "link", "url": url} if url and label else {})


def text(value: Any) -> Row:
    """Plain words, or a dash for none."""
    return {"kind": "text" if value not in (None, "") else "none", "text": value, "url": None}


def shown(resource: Resource, column: str, value: Any, say: Say) -> Row:
    """A column's value by what it is."""
    if value is None or value == "":
        return text(None)
    if (named := _named_for(column, value, say)) is not None:
        return named
    if isinstance(value, bool):
        return text(say("Yes") if value else say("No"))
    if isinstance(value, datetime) or (isinstance(value, str) and _is(resource, column, datetime)):
        return text(value) | {"kind": "moment"}
    if isinstance(value, date) or (isinstance(value, str) and _is(resource, column, date)):
        return text(value) | {"kind": "day"}
    if isinstance(value, (dict, list, tuple)):
        return _several(value, say)
    if isinstance(value, Enum) or _is(resource, column, Enum):
        return text(getattr(value, "value", value)) | {"kind": "code"}
    return text(value)


def _named_for(column: str, value: Any, say: Say) -> Row | None:
    """What some columns are shown as wherever they stand."""
    if column in _FILES:
        url = f"/api/v1/attachments/{value}/content"
        return text(say("Download")) | {"kind": "link", "url": url}
    if column == "resource":
        return text(say(COLLECTIONS.get(value) or sentence(value)))
    if column in _CODED and isinstance(value, (list, tuple)):
        return text(", ".join(say(_CODED[column].get(each) or sentence(each)) for each in value))
    if column in _SPELT and isinstance(value, (list, tuple)):
        return text("\n".join(_SPELT[column](value, say))) | {"kind": "words"}
    if column == "event_type":
        return text(event_words(str(value), say))
    if column in _STATES:
        return text(str(value)) | {"kind": "status"}
    if column in _SORTS and isinstance(value, str) and value in CODES:
        return text(say(CODES[value]))
    if column == "kind" and value in COLLECTIONS:
        return text(say(COLLECTIONS[value]))
    if column == "priority":
        return text(value) | {"kind": "priority"}
    if column in ("impact", "urgency") and value in WEIGHTS:
        return text(say(WEIGHTS[value]))
    if column == "basis_points":
        return text(f"{value / 100:g} %")
    if column == "actor" and isinstance(value, dict):
        return text(value.get("name") or value.get("kind"))
    return None


def _several(value: Any, say: Say) -> Row:
    """A value that is made of values; a list of objects is read line by line."""
    if isinstance(value, dict):
        told = "; ".join(f"{_named(key, say)}: {inner(each, say)}" for key, each in value.items())
        return text(told[:1000])
    more = [] if len(value) <= _LISTED_MOST else ["…"]
    lines = [*(inner(each, say) for each in value[:_LISTED_MOST]), *more]
    if any(isinstance(each, dict) for each in value):
        return text("\n".join(lines)) | {"kind": "words"}
    return text(", ".join(lines))


def inner(value: Any, say: Say, key: str = "") -> str:
    """A part of a value that is no column of its own; what it leaves empty is left out."""
    if isinstance(value, dict):
        told = {name: each for name, each in value.items() if each not in (None, "", [], {})}
        return " · ".join(
            f"{_named(name, say)}: {inner(each, say, name)}" for name, each in told.items()
        )
    if isinstance(value, (list, tuple)):
        return ", ".join(inner(each, say, key) for each in value)
    if isinstance(value, bool):
        return say("Yes") if value else say("No")
    if value is None:
        return "–"
    words = _INNER.get(key, CODES)
    return say(words[value]) if isinstance(value, str) and value in words else str(value)


_INNER = {"resource": COLLECTIONS, "path": PATHS, **_CODED}
"""The words for a part of a value, by what it is called."""


def _named(key: str, say: Say) -> str:
    key = "reach" if key == "path" else key
    return say(FIELDS[key]) if key in FIELDS else str(key).replace("_", " ")


def _is(resource: Resource, column: str, kind: type) -> bool:
    known = columns_of(resource).get(column)
    if known is None:
        return False
    if kind is Enum:
        return known.enum is not None
    wanted = {"timestamptz"} if kind is datetime else {"date"}
    return known.sql in wanted
