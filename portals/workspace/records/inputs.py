"""The fields of a form, taken from the body of the action that it performs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel, JsonValue
from pydantic.fields import FieldInfo

from infra.kernel.actions import ActionDefinition
from infra.kernel.registry import Registry
from portals.workspace.reader import Reader, Row
from portals.workspace.records.cells import label_of
from portals.workspace.records.composed import GROUP, KEY, PAIRS, ROWS, VALUE

CHOICES_MOST = 200
PLAIN: Row = {"label": "", "hint": "", "list": "", "options": [], "redraws": False,
              "is_folded": False, "words": None}  # fmt: skip
"""What a form draws of a field where there is nothing more to say of it."""
# Collections that are small enough to choose from; of the others one names the record.
_CHOSEN = {
    "responsibilities", "account_relationship_types", "related_party_configurations",
    "product_models", "product_warranties", "groups", "service_offerings", "catalogs",
    "catalog_categories",
    "calendars", "choice_lists", "data_classes", "import_mappings", "macros",
    "case_types",
}  # fmt: skip
_LONG = {"notes", "description", "summary", "purpose", "terms", "intro", "body", "html", "guidance"}
_LISTS = {"roles", "verbs", "columns", "channels"}
_LINED = {"choices"}
"""Lists whose entries may have commas: one in a line."""
_PAIRED = {
    "label": ("locale", "words"), "help": ("locale", "words"), "texts": ("locale", "words"),
    "translations": ("locale", "words"),
    "verbs": ("verb", "states"), "priorities": ("weight", "priority"),
    "mapping": ("heading", "field"), "conditions": ("field", "values"),
}  # fmt: skip
"""What the keys and the values of a mapping are called."""
_TYPES = {"email": "email", "invoice_email": "email", "phone": "tel", "mobile": "tel"}


async def fields_of(
    reader: Reader,
    definition: ActionDefinition,
    names: Sequence[str],
    narrow: Mapping[str, Mapping[str, str]] | None = None,
) -> list[Row]:
    """The fields to draw: {"name", "kind", "required", "choices", "of", "nullable"} and what is
    `PLAIN`, and for what is made of fields its "parts" (see `composed`)."""
    body = definition.body(reader.caller.audience).model_fields
    drawn = []
    for name in names:
        if name not in body:
            continue
        field = described(name, body[name], target_of(reader.services.registry, definition, name))
        if field["kind"] == "pick":
            field["choices"] = await _choices(reader, field["of"], (narrow or {}).get(name, {}))
        drawn.append(field)
    return drawn


def described(name: str, info: FieldInfo, target: str | None) -> Row:
    """How a field of a body is asked for; `target` is the collection whose id it takes."""
    kinds = _plain(info.annotation)
    if target:
        named = "pick" if target in _CHOSEN else "file" if target == "attachments" else "ref"
        shape: Row = {"kind": named}
    else:
        shape = _shape(name, kinds)
    return {
        "name": name, "required": info.is_required(), "of": target or "", "choices": [],
        "nullable": NoneType in kinds, **PLAIN,
    } | shape  # fmt: skip


def _shape(name: str, kinds: list[Any]) -> Row:
    """How a value is asked for: {"kind", "choices", and "parts" of what is made of parts}."""
    models = [kind for kind in kinds if _is_model(kind)]
    mapping = next((kind for kind in kinds if get_origin(kind) is dict), None)
    listed = next((kind for kind in kinds if get_origin(kind) in (list, tuple)), None)
    if models:
        return {"kind": GROUP, **_parts_of(models)}
    if listed is not None and any(_is_model(kind) for kind in _inner(listed)):
        return {"kind": ROWS, **_parts_of([k for k in _inner(listed) if _is_model(k)])}
    if mapping is not None:
        return _pairs(name, *get_args(mapping))
    if listed is not None and (codes := _codes(_inner(listed))):
        return {"kind": "many", "choices": codes}
    return _single(name, kinds, is_list=listed is not None)


def _single(name: str, kinds: list[Any], *, is_list: bool) -> Row:
    if codes := _codes(kinds):
        return {"kind": "choice", "choices": codes}
    if bool in kinds:
        return {"kind": "flag"}
    if datetime in kinds:
        return {"kind": "moment"}
    if date in kinds:
        return {"kind": "date"}
    if int in kinds:
        return {"kind": "number"}
    if float in kinds:
        return {"kind": "decimal"}
    if name in _LINED:
        return {"kind": "lines"}
    if name in _LISTS or is_list:
        return {"kind": "list"}
    if dict in kinds:
        return {"kind": "json"}
    if Any in kinds or JsonValue in kinds:
        return {"kind": "loose"}
    if name in _LONG:
        return {"kind": "textarea"}
    return {"kind": _TYPES.get(name, "text")}


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _inner(listed: Any) -> list[Any]:
    return [kind for part in get_args(listed) for kind in _plain(part) if kind is not Ellipsis]


def _codes(kinds: Sequence[Any]) -> list[Row]:
    """The codes of which one is to be chosen."""
    found = [str(v) for k in kinds if get_origin(k) is Literal for v in get_args(k)]
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, Enum):
            found += [str(each.value) for each in kind]
    return [{"value": each, "label": each} for each in found]


def _parts_of(models: Sequence[type[BaseModel]]) -> Row:
    """The parts of one model, or of several that a part of theirs tells apart."""
    parts: dict[tuple[str, str], Row] = {}
    switch = _switch(models)
    for model in models:
        told = str(get_args(model.model_fields[switch].annotation)[0]) if switch else ""
        for name, info in model.model_fields.items():
            drawn = described(name, info, None)
            part = parts.setdefault((name, drawn["kind"]), drawn | {"only": [], "choices": []})
            part["only"].append(told)
            part["choices"] += drawn["choices"]
    for part in parts.values():
        if not switch or len(part["only"]) == len(models):
            part["only"] = []
    ordered = sorted(parts.values(), key=lambda part: part["name"] != switch)
    return {"parts": ordered, "switch": switch}


def _switch(models: Sequence[type[BaseModel]]) -> str:
    """The part that tells several models apart."""
    if len(models) < 2:
        return ""
    return next(name for name, info in models[0].model_fields.items()
                if get_origin(info.annotation) is Literal)  # fmt: skip


def _pairs(name: str, key: Any, value: Any) -> Row:
    """A mapping: its key, and its value or the parts of that."""
    own, other = _PAIRED.get(name, ("field", "value"))
    kinds = _plain(value)
    blank = {"required": True, "of": "", "choices": [], "nullable": False, **PLAIN}
    first = blank | {"name": KEY, "label": own} | _shape(KEY, _plain(key))
    models = [kind for kind in kinds if _is_model(kind)]
    if models:
        return {"kind": PAIRS, "parts": [first, *_parts_of(models)["parts"]], "lists": False}
    rest = blank | {"name": VALUE, "label": other, "required": False} | _shape(VALUE, kinds)
    is_list = rest["kind"] in {"list", "many"}
    return {"kind": PAIRS, "parts": [first, rest], "lists": is_list}


def _plain(annotation: Any) -> list[Any]:
    """What a value may be, without `Annotated` and unions around it."""
    if annotation is JsonValue:
        return [JsonValue]
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
    labels = Counter(label_of(row) for row in rows)
    return [
        {"value": str(row["id"]), "label": label_of(row) or str(row["id"]),
         "for": row.get("party_kind") if labels[label_of(row)] > 1 else None}
        for row in rows
    ]  # fmt: skip


def is_key(value: Any) -> bool:
    """Whether the text is an id already."""
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True
