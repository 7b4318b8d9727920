"""Bodies and answers as pydantic models, derived from what is declared once."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from infra.kernel.columns import Column, columns_of
from infra.kernel.errors import BadRequest, Fault, Invalid
from infra.kernel.resource import Audience, Resource

Fields = dict[str, tuple[Any, Any]]

STRICT = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True)

_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
    "too_long": "too_long",
    "too_short": "too_short",
    "enum": "not_a_choice",
    "literal_error": "not_a_choice",
}


def column_fields(resource: Resource, names: tuple[str, ...], *, partial: bool) -> Fields:
    """Pydantic fields for columns; of a partial body none is required."""
    columns = columns_of(resource)
    return {name: _field(resource, columns[name], partial=partial) for name in names}


def _field(resource: Resource, column: Column, *, partial: bool) -> tuple[Any, Any]:
    kind = column.type | None if column.nullable else column.type
    needed = (
        column.name in resource.required
        if resource.required is not None
        else not column.has_default
    )
    return (kind, ...) if needed and not partial else (kind, None)


@cache
def body_model(name: str, fields: tuple[tuple[str, Any, Any], ...]) -> type[BaseModel]:
    """A strict model; equal declarations share one."""
    return create_model(name, __config__=STRICT, **{n: (t, d) for n, t, d in fields})  # type: ignore[no-any-return,call-overload]


def read_json(content: bytes) -> Any:
    """The JSON value of a body; raises BadRequest for anything else, and for a name given twice."""
    try:
        value = orjson.loads(content)
        _NAMES.decode(content.decode())
    except orjson.JSONDecodeError as error:
        raise BadRequest([Fault("", "unreadable", f"is not JSON: {error}")]) from None
    except RecursionError:
        raise BadRequest([Fault("", "unreadable", "is nested too deeply")]) from None
    return value


def _named_once(pairs: list[tuple[str, Any]]) -> None:
    """Readers differ in which of two equal names they believe, so none is (RFC 8259 §4)."""
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        repeated = sorted({name for name in names if names.count(name) > 1})
        raise BadRequest(
            [Fault(f"/{name}"[:300], "repeated", "is given twice") for name in repeated]
        )


_NAMES = json.JSONDecoder(object_pairs_hook=_named_once)


def parse_body(
    model: type[BaseModel], body: Any, *, read_only: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """The fields that were given, typed; raises Invalid with every fault."""
    if not isinstance(body, dict):
        raise Invalid([Fault("", "not_an_object", "must be a JSON object")])
    try:
        content = orjson.dumps(body, default=str)
        parsed = model.model_validate_json(content)
    except ValidationError as error:
        raise Invalid(faults_of(error, read_only)) from None
    except (orjson.JSONEncodeError, TypeError) as error:
        raise Invalid([Fault("", "invalid_value", str(error))]) from None
    return {name: getattr(parsed, name) for name in parsed.model_fields_set}


def faults_of(error: ValidationError, read_only: frozenset[str] = frozenset()) -> list[Fault]:
    """Pydantic's errors as faults with JSON Pointers."""
    found = []
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        # Pydantic names the key of a mapping by a step of its own, which no pointer has.
        path = tuple(part for part in one["loc"] if part != "[key]")
        pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)
        code = _CODES.get(one["type"], one["type"])
        message = one["msg"].removeprefix("Value error, ")
        if code == "unknown_field":
            message = "there is no such field"
            if path and path[-1] in read_only:
                code, message = "read_only", "cannot be set"
        found.append(Fault(pointer[:300], code, message[:300]))
    return found


@cache
def answer_model(resource: Resource, audience: Audience) -> type[BaseModel]:
    """How the audience sees one record."""
    view = resource.view(audience)
    columns = columns_of(resource)
    fields: Fields = {}
    for name in view.read if view else ():
        column = columns[name]
        fields[name] = (column.type | None if column.nullable else column.type, ...)
    title = resource.title.title().replace(" ", "")
    return create_model(f"{title}{'' if audience == 'staff' else audience.title()}", **fields)  # type: ignore[no-any-return,call-overload]


def merge_patch(target: Any, patch: Any) -> Any:
    """JSON Merge Patch (RFC 7396)."""
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged
