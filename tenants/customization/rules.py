"""Whether the definition of a field makes sense."""

from collections.abc import Iterator
from typing import Any

from infra.kernel.custom.customs import field_of
from infra.kernel.custom.fields import Access, FieldType
from infra.kernel.custom.kinds import (
    INDEXABLE,
    LONG_TEXT_MAX,
    TEXT_MAX,
    Wrong,
    accept,
)
from infra.kernel.custom.patterns import BadPattern, pattern
from infra.kernel.errors import Fault
from infra.kernel.registry import Registry
from infra.kernel.resource import CUSTOM, Resource, View
from tenants.customization.models import CustomField

_CHOSEN = (FieldType.CHOICE, FieldType.MULTI_CHOICE)
_BOUNDED = (FieldType.INTEGER, FieldType.DECIMAL, FieldType.DATE, FieldType.DATETIME)
_FITTING = {
    "min": _BOUNDED,
    "max": _BOUNDED,
    "places": (FieldType.DECIMAL,),
    "pattern": (FieldType.TEXT,),
    "max_length": (FieldType.TEXT, FieldType.LONG_TEXT),
}
_SEARCHED = (
    FieldType.TEXT, FieldType.LONG_TEXT, FieldType.EMAIL, FieldType.URL, *_CHOSEN,
)  # fmt: skip
_AUDIENCES = {"customers": "customer", "partners": "partner", "visitors": "public"}


def definition_faults(field: CustomField, registry: Registry) -> list[Fault]:
    """Everything that is wrong with a definition."""
    resource = registry.resources.get(field.resource)
    if resource is None or not resource.is_customizable:
        return [Fault("/resource", "unknown", "takes no fields of yours")]
    faults = [
        *_choice_faults(field),
        *_target_faults(field, registry),
        *_use_faults(field, resource),
        *_access_faults(field, resource),
        *_constraint_faults(field),
    ]
    return faults or list(_default_faults(field))


def _choice_faults(field: CustomField) -> Iterator[Fault]:
    values = [choice["value"] for choice in field.choices]
    if field.type in _CHOSEN and not values:
        yield Fault("/choices", "missing", "a choice needs something to choose from")
    if field.type not in _CHOSEN and values:
        yield Fault("/choices", "not_allowed", f"{field.type.value} has no choices")
    for index, value in enumerate(values):
        if value in values[:index]:
            yield Fault(f"/choices/{index}/value", "repeated", "is there already")


def _target_faults(field: CustomField, registry: Registry) -> Iterator[Fault]:
    if field.type is FieldType.REFERENCE:
        if field.target is None:
            yield Fault("/target", "missing", "a reference needs a resource to refer to")
        elif field.target not in registry.resources:
            yield Fault("/target", "unknown", "there is no such resource")
    elif field.target is not None:
        yield Fault("/target", "not_allowed", "only a reference has a target")


def _use_faults(field: CustomField, resource: Resource) -> Iterator[Fault]:
    if field.indexed and field.type not in INDEXABLE:
        yield Fault("/indexed", "not_allowed", f"{field.type.value} cannot be indexed")
    if field.searchable and field.type not in _SEARCHED:
        yield Fault("/searchable", "not_allowed", f"{field.type.value} has no words")
    if field.searchable and not resource.search:
        yield Fault("/searchable", "not_allowed", f"{field.resource} are not searched")


def _access_faults(field: CustomField, resource: Resource) -> Iterator[Fault]:
    for name, audience in _AUDIENCES.items():
        held: Access = getattr(field, name)
        view = resource.view(audience)
        if held is Access.HIDDEN or (name == "visitors" and _is_asked_of_strangers(field, view)):
            continue
        if view is None or CUSTOM not in view.read:
            yield Fault(f"/{name}", "not_allowed", f"{name} do not see {field.resource}")
        elif held is Access.WRITE and CUSTOM not in (*view.create, *view.update):
            yield Fault(f"/{name}", "not_allowed", f"{name} do not write {field.resource}")


def _is_asked_of_strangers(field: CustomField, view: View | None) -> bool:
    """Who is not known yet may fill in, on a form of ours, what customers fill in; they read none
    of it afterwards."""
    return view is None and field.visitors is Access.WRITE and field.customers is Access.WRITE


def _constraint_faults(field: CustomField) -> Iterator[Fault]:
    for name, value in field.constraints.items():
        at = f"/constraints/{name}"
        if field.type not in _FITTING[name]:
            yield Fault(at, "not_allowed", f"means nothing for {field.type.value}")
        elif name == "pattern":
            try:
                pattern(value)
            except BadPattern as bad:
                yield Fault(at, "pattern", str(bad))
        elif name == "max_length" and value > _longest(field):
            yield Fault(at, "out_of_range", f"is at most {_longest(field)}")
        elif name in {"min", "max"} and (wrong := _bound_fault(field, value)):
            yield Fault(at, wrong.code, str(wrong))


def _longest(field: CustomField) -> int:
    return TEXT_MAX if field.type is FieldType.TEXT else LONG_TEXT_MAX


def _bound_fault(field: CustomField, value: Any) -> Wrong | None:
    """A bound is a value itself, but for the other bound."""
    known = field_of(row_of(field) | {"constraints": {}})
    try:
        accept(known, value)
    except Wrong as wrong:
        return wrong
    return None


def _default_faults(field: CustomField) -> Iterator[Fault]:
    bounds = field.constraints
    if {"min", "max"} <= bounds.keys():
        known = field_of(row_of(field) | {"constraints": {"max": bounds["max"]}})
        try:
            accept(known, bounds["min"])
        except Wrong:
            yield Fault("/constraints/max", "out_of_range", "is below min")
    if field.default_value is None:
        return
    if field.type is FieldType.REFERENCE:
        yield Fault("/default_value", "not_allowed", "a reference has no default")
        return
    try:
        field.default_value = accept(field_of(row_of(field)), field.default_value)
    except Wrong as wrong:
        yield Fault("/default_value", wrong.code, str(wrong))


def row_of(field: CustomField) -> dict[str, Any]:
    """The definition as its row is read."""
    names = (
        "id", "key", "type", "label", "help", "target", "required", "default_value", "constraints",
        "choices", "index_state", "searchable", "listed", "staff", "customers", "partners",
        "visitors",
    )  # fmt: skip
    return {name: getattr(field, name) for name in names}
