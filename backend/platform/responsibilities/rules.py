"""What can be wrong with an access configuration, told all at once."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from infra.kernel.columns import Column, columns_of
from infra.kernel.errors import Fault
from infra.kernel.holding import NoSuchWay, anchor_of, has_subtree, hops
from infra.kernel.registry import Registry
from infra.kernel.resource import Resource

AUDIENCES_OF = {"employee": ("staff",), "contact": ("customer", "partner")}


def faults_of(
    registry: Registry,
    *,
    kind: str,
    resource_name: str,
    via: str,
    beneath: bool,
    verbs: Sequence[str],
    columns: Sequence[str] | None,
    conditions: Mapping[str, Any],
    roles: Sequence[str],
    known_roles: Collection[str],
) -> list[Fault]:
    """Every fault of the configuration; none for one that the compiler will understand."""
    resource = registry.resources.get(resource_name)
    if resource is None:
        return [Fault("/resource", "unknown", "there is no such resource")]
    return [
        *_way_faults(registry, resource, via, beneath=beneath),
        *_verb_faults(registry, resource, kind, verbs),
        *_column_faults(resource, kind, columns),
        *_condition_faults(resource, conditions),
        *(
            Fault(f"/roles/{index}", "unknown", "there is no such role")
            for index, role in enumerate(roles)
            if role not in known_roles
        ),
    ]


def _way_faults(registry: Registry, resource: Resource, via: str, *, beneath: bool) -> list[Fault]:
    try:
        hops(registry, resource, via)
    except NoSuchWay as wrong:
        return [Fault("/via", "unknown", str(wrong))]
    anchor = anchor_of(registry, resource, via)
    if beneath and not has_subtree(anchor):
        return [Fault("/beneath", "no_tree", f"{anchor.name} lie in no tree")]
    return []


def _verb_faults(
    registry: Registry, resource: Resource, kind: str, verbs: Sequence[str]
) -> list[Fault]:
    audiences = set(AUDIENCES_OF[kind])
    known = {
        action.granted_by
        for action in registry.actions_of[resource.name]
        if not audiences.isdisjoint(action.audiences)
    }
    if all(resource.view(audience) is None for audience in audiences):
        return [Fault("/resource", "audience", f"{resource.name} are not shown to such holders")]
    return [
        Fault(f"/verbs/{index}", "unknown", f"such holders cannot {verb} {resource.name}")
        for index, verb in enumerate(verbs)
        if verb != "read" and verb not in known
    ]


def _column_faults(resource: Resource, kind: str, columns: Sequence[str] | None) -> list[Fault]:
    shown = {
        name
        for audience in AUDIENCES_OF[kind]
        if (view := resource.view(audience)) is not None
        for name in view.read
    }
    return [
        Fault(f"/columns/{index}", "unknown", f"{resource.name} shows no such column")
        for index, name in enumerate(columns or ())
        if name not in shown
    ]


def _condition_faults(resource: Resource, conditions: Mapping[str, Any]) -> list[Fault]:
    known = columns_of(resource)
    allowed = set(resource.filters) | {"state"}
    faults = []
    for name, value in conditions.items():
        column = known.get(name)
        pointer = f"/conditions/{name}"
        if column is None or name not in allowed or not column.comparable:
            faults.append(Fault(pointer, "unknown", "is not a field to filter by"))
            continue
        values = value if isinstance(value, list) else [value]
        if not values or len(values) > 100:
            faults.append(Fault(pointer, "length", "name one to a hundred values"))
        elif any(not _fits(column, one) for one in values):
            faults.append(Fault(pointer, "invalid_value", "is not a value of this field"))
    return faults


def _fits(column: Column, value: Any) -> bool:
    if value is None:
        return column.nullable
    if isinstance(value, bool):
        return column.sql == "boolean"
    if not isinstance(value, (str, int)):
        return False
    if (column.sql in {"text", "uuid"}) != isinstance(value, str):
        return False
    try:
        column.parse(str(value))
    except ValueError:
        return False
    return column.sql in {"text", "uuid", "integer", "smallint", "bigint"}
