"""The fields of a form, taken from the body of the action that it performs."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

from pydantic.fields import FieldInfo

from infra.kernel.actions import ActionDefinition
from infra.kernel.registry import Registry
from portals.workspace.reader import Reader, Row
from portals.workspace.records.cells import label_of

CHOICES_MOST = 200
# Collections that are small enough to choose from; of the others one names the record.
_CHOSEN = {
    "responsibilities", "account_relationship_types", "related_party_configurations",
    "product_models", "product_warranties", "groups", "service_offerings", "catalogs",
}  # fmt: skip
_LONG = {"notes", "description", "summary", "purpose", "terms"}
_LISTS = {"roles", "verbs", "columns", "channels"}
_TYPES = {"email": "email", "invoice_email": "email", "phone": "tel", "mobile": "tel"}


async def fields_of(
    reader: Reader,
    definition: ActionDefinition,
    names: Sequence[str],
    narrow: Mapping[str, Mapping[str, str]] | None = None,
) -> list[Row]:
    """The fields to draw: {"name", "kind", "required", "choices", "of"}."""
    body = definition.body(reader.caller.audience).model_fields
    drawn = []
    for name in names:
        if name not in body:
            continue
        field = _described(name, body[name], target_of(reader.services.registry, definition, name))
        if field["kind"] == "pick":
            field["choices"] = await _choices(reader, field["of"], (narrow or {}).get(name, {}))
        drawn.append(field)
    return drawn


def _described(name: str, info: FieldInfo, target: str | None) -> Row:
    kinds = _plain(info.annotation)
    kind, choices = "text", []
    enum = next((k for k in kinds if isinstance(k, type) and issubclass(k, Enum)), None)
    if target:
        kind = "pick" if target in _CHOSEN else "ref"
    elif enum is not None:
        kind, choices = "choice", [str(each.value) for each in enum]
    elif any(get_origin(k) is Literal for k in kinds):
        kind, choices = "choice", [str(v) for k in kinds for v in get_args(k)]
    elif bool in kinds:
        kind = "flag"
    elif date in kinds or datetime in kinds:
        kind = "date"
    elif int in kinds:
        kind = "number"
    elif name in _LISTS or any(get_origin(k) is list for k in kinds):
        kind = "list"
    elif dict in kinds or any(get_origin(k) is dict for k in kinds) or Any in kinds:
        kind = "json"
    elif name in _LONG:
        kind = "textarea"
    elif name in _TYPES:
        kind = _TYPES[name]
    return {
        "name": name, "kind": kind, "required": info.is_required(), "of": target or "",
        "choices": [{"value": each, "label": each} for each in choices],
        "nullable": NoneType in kinds,
    }  # fmt: skip


def _plain(annotation: Any) -> list[Any]:
    """What a value may be, without `Annotated` and unions around it."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        return [kind for part in get_args(annotation) for kind in _plain(part)]
    if hasattr(annotation, "__metadata__"):
        return _plain(annotation.__origin__)
    return [annotation]


def target_of(registry: Registry, definition: ActionDefinition, name: str) -> str | None:
    """The collection whose id the field takes; None for a field that takes no record."""
    known = definition.resource.reference_columns.get(name)
    if known or not name.endswith("_id"):
        return known
    return f"{name[:-3]}s" if f"{name[:-3]}s" in registry.resources else None


async def _choices(reader: Reader, collection: str, narrow: Mapping[str, str]) -> list[Row]:
    query = {"limit": str(CHOICES_MOST)} | dict(narrow)
    rows = await reader.rows(collection, query)
    return [{"value": str(row["id"]), "label": label_of(row) or str(row["id"])} for row in rows]


def is_key(value: Any) -> bool:
    """Whether the text is an id already."""
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True
