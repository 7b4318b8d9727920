"""Responsibilities as paths: whoever holds one on something reaches what it says, by data alone.

The *anchor* is the record on which somebody has the responsibility. `via` leads from the rows that
are reached to the anchor, along relations and links that the resources declare: nothing for the
anchor itself, `account` for rows of that account, `sold_product.account` for a relation's relation.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from infra.kernel.access import TENANT, Way
from infra.kernel.grants import Grant
from infra.kernel.paths import below, where_sql
from infra.kernel.registry import Registry
from infra.kernel.resource import Beneath, Link, Match, Path, Relation, Resource, Through
from infra.kernel.sql import Attribute, Parameters, Slot, Statement

HELD = "held_responsibilities"
HOLDER_IDS = "holder_ids"
HOPS_MOST = 3
HOLDS_TOLD_MOST = 20


class NoSuchWay(ValueError):
    """`via` names a relation that is not there, or too many."""


@dataclass(frozen=True)
class _Hop:
    """From a column of one resource to a key of the next."""

    column: str
    resource: str
    key: str


def hops(registry: Registry, resource: Resource, via: str) -> tuple[_Hop, ...]:
    """The steps that `via` names; raises NoSuchWay."""
    found: list[_Hop] = []
    here = resource
    for name in via.split(".") if via else ():
        step: Relation | Link | None = here.relations.get(name) or here.links.get(name)
        if step is None:
            known = ", ".join(sorted({*here.relations, *here.links})) or "none"
            raise NoSuchWay(f"{here.name} has no relation {name!r}; there are: {known}")
        key = step.key if isinstance(step, Link) else "id"
        found.append(_Hop(step.column, step.resource, key))
        here = registry.resources[step.resource]
    if len(found) > HOPS_MOST:
        raise NoSuchWay(f"at most {HOPS_MOST} steps lead to the anchor")
    if found and found[-1].key != "id":
        raise NoSuchWay("the last step must lead to a record, not to one that points at it")
    return tuple(found)


def anchor_of(registry: Registry, resource: Resource, via: str) -> Resource:
    """What the responsibility is held on; raises NoSuchWay."""
    steps = hops(registry, resource, via)
    return registry.resources[steps[-1].resource] if steps else resource


def has_subtree(anchor: Resource) -> bool:
    """Whether records of this kind lie in trees whose paths are text."""
    return "path" in anchor.columns


def held_path(
    registry: Registry,
    resource: Resource,
    via: str,
    responsibilities: Iterable[UUID],
    *,
    beneath: bool = False,
) -> Path:
    """The path to rows whose anchor the caller has one of the responsibilities on."""
    steps = hops(registry, resource, via)
    anchor = anchor_of(registry, resource, via)
    where = {"anchor_kind": anchor.name, "responsibility_id": sorted(responsibilities)}
    holds = Match("holder_id", HOLDER_IDS, where)
    if beneath:
        top = Through("id", HELD, "anchor_id", holds)
        column = steps[-1].column if steps else "id"
        path: Path = Through(column, anchor.name, "id", Beneath(anchor.name, "path", top))
    else:
        path = Through(steps[-1].column if steps else "id", HELD, "anchor_id", holds)
    for step in reversed(steps[:-1]):
        path = Through(step.column, step.resource, step.key, path)
    return path


@dataclass(frozen=True)
class _Shape:
    """What configurations of several responsibilities may have in common."""

    resource: str
    via: str
    beneath: bool
    verbs: tuple[str, ...]
    columns: tuple[str, ...] | None
    where: tuple[tuple[str, Any], ...]


def held_grants(
    held: Iterable[Mapping[str, Any]], roles: frozenset[str], registry: Registry
) -> tuple[Grant, ...]:
    """The grants of what a caller holds, as stored; what no longer fits the registry gives nothing.

    Configurations alike but for their responsibility become one way, so that a list has no more
    branches than it needs.
    """
    shapes: dict[_Shape, list[tuple[str, UUID]]] = {}
    for responsibility in held:
        for text in responsibility["access"]:
            if text["roles"] and roles.isdisjoint(text["roles"]):
                continue
            named = (responsibility["key"], UUID(responsibility["id"]))
            shapes.setdefault(_shape(text), []).append(named)
    return tuple(
        grant for shape, named in shapes.items() if (grant := _grant(shape, named, registry))
    )


def _shape(text: Mapping[str, Any]) -> _Shape:
    columns = text["columns"]
    return _Shape(
        resource=text["resource"],
        via=text["via"],
        beneath=text["beneath"],
        verbs=tuple(sorted(text["verbs"])),
        columns=None if columns is None else tuple(sorted(columns)),
        where=tuple(
            (name, tuple(value) if isinstance(value, list) else value)
            for name, value in sorted(text["conditions"].items())
        ),
    )


def _grant(shape: _Shape, named: list[tuple[str, UUID]], registry: Registry) -> Grant | None:
    resource = registry.resources.get(shape.resource)
    if resource is None or HELD not in registry.resources:
        return None
    if not {name for name, _ in shape.where} <= set(resource.columns):
        return None
    try:
        path = held_path(
            registry, resource, shape.via, [id_ for _, id_ in named], beneath=shape.beneath
        )
    except NoSuchWay:
        return None
    return Grant(
        role=", ".join(f"responsibility:{key}" for key, _ in named),
        resource=resource.name,
        verbs=shape.verbs,
        path=f"held:{shape.via or 'self'}{'/beneath' if shape.beneath else ''}",
        columns=None if shape.columns is None else ("id", *shape.columns),
        where=dict(shape.where),
        along=path,
    )


def is_held(path: Path) -> bool:
    """Whether the path begins at what the caller holds."""
    while isinstance(path, (Through, Beneath)):
        if isinstance(path, Through) and path.resource == HELD:
            return True
        path = path.inner
    return False


def holds_along(registry: Registry, way: Way, resource: Resource, key: str) -> Statement:
    """The holds by which the way leads the caller to one row, whose `key` column is slot `key`.

    Walked from the row to the anchor, so it names just what an explanation has to tell.
    """
    parameters = Parameters()
    tenant = parameters.add(TENANT)
    tables = [f'"{resource.table}" c']
    tests = [f"c.tenant_id = {tenant}", f'c."{key}" = {parameters.add(Slot("key"))}']
    here, path = "c", way.path
    while isinstance(path, (Through, Beneath)):
        alias = f"j{len(tables)}"
        table = registry.resources[path.resource].table
        tables.append(f'"{table}" {alias}')
        tests.append(f"{alias}.tenant_id = {tenant}")
        if isinstance(path, Through):
            tests.append(f'{alias}."{path.key}" = {here}."{path.column}"')
        else:
            tests.append(below(path, alias, here))
        here, path = alias, path.inner
    if isinstance(path, Match):
        holders = parameters.add(Attribute(HOLDER_IDS))
        tests += [f"{here}.holder_id = ANY({holders})", *where_sql(path.where, here)]
    text = (
        f"SELECT {here}.id, r.key AS responsibility, {here}.holder_id, {here}.anchor_kind, "
        f"{here}.anchor_id, {here}.source_kind, {here}.source_id FROM {', '.join(tables)}, "
        f"responsibilities r WHERE r.tenant_id = {tenant} AND r.id = {here}.responsibility_id "
        f"AND {' AND '.join(tests)} ORDER BY {here}.id LIMIT {HOLDS_TOLD_MOST}"
    )
    return Statement(text, tuple(parameters.tokens))
