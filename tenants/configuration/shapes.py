"""JSON columns with a shape of their own: what a shape supplies by itself need not be written.

Where a column is free JSON, null is a value like any other and is kept.
"""

from collections.abc import Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel


def without_nulls(shape: Any, value: Any) -> Any:
    """The value as it is written: without what is null because nobody said anything else."""
    return _without(shape, value, lambda default, inner: inner is None and default is None)


def without_defaults(shape: Any, value: Any) -> Any:
    """The value as it is compared: without what its shape would supply."""
    return _without(shape, value, lambda default, inner: bool(inner == default))


def _without(shape: Any, value: Any, is_supplied: Any) -> Any:
    model = _model_of(shape)
    if model is None:
        return value
    if isinstance(value, list):
        return [_without(model, each, is_supplied) for each in value]
    if not isinstance(value, Mapping):
        return value
    left = {}
    for name, inner in value.items():
        field = model.model_fields.get(name)
        if field is None:
            left[name] = inner
            continue
        if not field.is_required():
            default = field.get_default(call_default_factory=True, validated_data={})
            if is_supplied(default, inner):
                continue
        left[name] = _without(field.annotation, inner, is_supplied)
    return left


def _model_of(shape: Any) -> type[BaseModel] | None:
    """The one model that values of this shape, or its elements, have; None for free JSON."""
    if isinstance(shape, type) and not get_args(shape):
        return shape if issubclass(shape, BaseModel) else None
    origin, parts = get_origin(shape), get_args(shape)
    if origin is Annotated:
        return _model_of(parts[0])
    if origin in (Union, UnionType, list):
        found = {model for part in parts if (model := _model_of(part)) is not None}
        return found.pop() if len(found) == 1 else None
    return None
