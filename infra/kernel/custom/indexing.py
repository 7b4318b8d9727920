"""What a saved record leaves in the indexes: typed values of its indexed fields, words of the
searchable ones."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol
from uuid import UUID

from infra.kernel.custom.fields import CustomField, Fields, FieldType
from infra.kernel.custom.kinds import NUMBERS, index_values
from infra.kernel.model import Record
from infra.kernel.resource import CUSTOM, OUTSIDERS, Resource
from infra.kernel.words import words_of


class Writes(Protocol):
    """The queue of a transaction, as far as indexes are written."""

    search: list[dict[str, Any]]
    forget: list[dict[str, Any]]
    indexed: dict[str, list[dict[str, Any]]]
    unindexed: dict[str, list[dict[str, Any]]]


TYPES: Mapping[str, str] = {"custom_numbers": "bigint", "custom_words": "text"}
"""The tables of the indexes, and the type of their values."""


def table_of(field: CustomField) -> tuple[str, str]:
    """The table in which the field is indexed, and what its values are there."""
    table = "custom_numbers" if field.type in NUMBERS else "custom_words"
    return table, TYPES[table]


def index_rows(field: CustomField, record_id: UUID, value: Any) -> list[dict[str, Any]]:
    """The rows of one record; one with null where it has no value, so that this is found too."""
    return [
        {"field_id": field.id, "record_id": record_id, "position": position, "value": each}
        for position, each in enumerate(index_values(field, value))
    ]


def concerns(resource: Resource, kind: str, row: Record) -> bool:
    """Whether a change of a record can mean anything for the indexes of its tenant's fields."""
    if kind != "update":
        return resource.is_customizable
    watched = (CUSTOM, *resource.search)
    return resource.is_customizable and any(row.stored(c) != getattr(row, c) for c in watched)


def keep(writes: Writes, fields: Fields, kind: str, row: Record) -> None:
    """Queue what the change of a record means for the indexes of its tenant's fields."""
    before = (row.stored(CUSTOM) or {}) if kind == "update" else None
    is_stored = kind != "insert"
    now = getattr(row, CUSTOM)
    for each in fields.indexed:
        table = table_of(each)[0]
        if kind == "delete":
            gone = {"field_id": each.id, "record_id": row.id, "position": -1}
            writes.unindexed.setdefault(table, []).append(gone)
        elif before is None or before.get(each.key) != now.get(each.key):
            rows = index_rows(each, row.id, now.get(each.key))
            writes.indexed.setdefault(table, []).extend(rows)
            if is_stored and each.type is FieldType.MULTI_CHOICE:
                # Choices that were taken back; the rest is written over.
                last = {"field_id": each.id, "record_id": row.id, "position": len(rows) - 1}
                writes.unindexed.setdefault(table, []).append(last)


def keep_words(
    writes: Writes,
    resource: Resource,
    fields: Fields,
    kind: str,
    row: Record,
    changes: Mapping[str, Any],
) -> None:
    """Queue the record's words for search: those that lead everybody to it, and, where the tenant
    has searchable fields that not everybody reads, those that lead staff."""
    asking = searchers(resource)
    opened, inner = fields.open_words(asking), fields.inner_words(asking)
    if kind == "delete":
        writes.forget.append({"kind": resource.name, "id": row.id})
        if inner:
            writes.forget.append({"kind": staff_kind(resource), "id": row.id})
        return
    is_touched = kind == "insert" or not changes.keys().isdisjoint(resource.search)
    if not (is_touched or has_changed((*opened, *inner), changes)):
        return
    writes.search += search_rows(resource, fields, row)


def search_rows(resource: Resource, fields: Fields, row: Record) -> list[dict[str, Any]]:
    """The record's entries of search."""
    asking = searchers(resource)
    values = getattr(row, CUSTOM) if fields else {}
    told = [str(v) for c in resource.search if (v := getattr(row, c)) is not None]
    told += texts(fields.open_words(asking), values)
    found = [_entry(resource.name, row, told)]
    if inner := fields.inner_words(asking):
        found.append(_entry(staff_kind(resource), row, told + texts(inner, values)))
    return found


def _entry(kind: str, row: Record, told: list[str]) -> dict[str, Any]:
    words = " ".join(words_of(" ".join(told)[:100_000]))
    return {"kind": kind, "id": row.id, "words": words}


def searchers(resource: Resource) -> tuple[str, ...]:
    """The audiences outside that may search the resource."""
    return tuple(audience for audience in OUTSIDERS if resource.searchable(audience))


def staff_kind(resource: Resource) -> str:
    """The entries of search that only staff are led by."""
    return f"{resource.name}.staff"


def texts(fields: Iterable[CustomField], values: Mapping[str, Any]) -> list[str]:
    """What a record says in these fields, for search; choices in all languages."""
    found: list[str] = []
    for each in fields:
        value = values.get(each.key)
        if value is None:
            continue
        if each.type in {FieldType.CHOICE, FieldType.MULTI_CHOICE}:
            chosen = value if isinstance(value, list) else [value]
            found += chosen
            found += [w for c in each.choices if c.value in chosen for w in c.label.values()]
        else:
            found.append(str(value))
    return found


def has_changed(fields: Iterable[CustomField], changes: Mapping[str, Any]) -> bool:
    """Whether one of the fields is among a record's changes as audit tells them."""
    return any(f"{CUSTOM}.{each.key}" in changes for each in fields)
