"""From a caller's grants to his plan for one resource, compiled once per kind of caller.

Grants of built-in roles, of the tenant's own roles and of responsibilities are compiled alike:
there is no second way by which somebody may come to a row.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from infra.kernel.access import Caller, Plan, Way
from infra.kernel.resource import (
    Beneath,
    Everything,
    Path,
    Readable,
    Resource,
    Through,
    View,
    Where,
)

if TYPE_CHECKING:
    from infra.kernel.registry import Registry


def compile_plan(registry: "Registry", caller: Caller, resource: Resource) -> Plan:
    """The plan of every caller with this caller's signature."""
    if not resource.in_use(caller.models):
        return Plan(resource, caller.audience, None, (), in_use=False)
    view = _unmasked(resource.view(caller.audience), caller, resource)
    if caller.is_system or ("admin" in caller.roles and caller.audience == "staff"):
        verbs = frozenset({"read"} | {a.name for a in registry.actions_of[resource.name]})
        scoped = _scoped(caller, resource, verbs)
        if caller.is_system or scoped == verbs:
            return Plan(resource, caller.audience, view, (_admin_way(verbs),), unlimited=True)
        return Plan(resource, caller.audience, view, (_admin_way(scoped),) if scoped else ())
    ways = []
    built_in = (grant for grant in registry.grants if grant.role in caller.roles)
    for grant in (*built_in, *caller.grants):
        if grant.resource != resource.name:
            continue
        named = grant.along or resource.paths[grant.path]
        verbs = _scoped(caller, resource, frozenset(grant.verbs))
        columns = frozenset(grant.columns) if grant.columns is not None else None
        where = grant.where if caller.audience == "staff" else _both(grant.where, resource.outside)
        ways += [
            Way(grant.role, grant.path, path, verbs, columns, where)
            for path in (_resolved(registry, caller, named) if verbs else ())
            if _is_open(path, caller)
        ]
    return Plan(resource, caller.audience, view, _merged(ways), hidden=caller.masked)


def _unmasked(view: View | None, caller: Caller, resource: Resource) -> View | None:
    """The View without what is hidden from this caller."""
    hidden = {column for name, column in caller.masked if name == resource.name}
    if view is None or not hidden:
        return view
    read, create, update = (
        tuple(name for name in names if name not in hidden)
        for names in (view.read, view.create, view.update)
    )
    return View(read, create, update)


def _resolved(registry: "Registry", caller: Caller, path: Path) -> Iterator[Path]:
    """The path; one that ends in what the caller may read becomes a path for each way of that.

    What a credential's scopes leave out is not shown to it, but decides as it does for its owner:
    a key for articles alone reads the articles of the products that its owner has.
    """
    if isinstance(path, Readable):
        raise ValueError("what the caller may read is the end of a path through something")
    if not isinstance(path, Through):
        yield path
    elif isinstance(path.inner, Readable):
        target = registry.resources[path.resource]
        plan = compile_plan(registry, replace(caller, scopes=None), target)
        shown = plan.view.read if plan.view else ()
        for way in plan.by("read") if path.key in shown else ():
            if way.columns is None or path.key in way.columns | {"id"}:
                yield replace(path, inner=way.path, where=_both(path.where, way.where))
    else:
        for inner in _resolved(registry, caller, path.inner):
            yield replace(path, inner=inner)


def _both(one: Where, other: Where) -> Where:
    """The condition that both hold."""
    found = dict(one)
    for column, value in other.items():
        if column in found:
            mine, theirs = _listed(found[column]), _listed(value)
            found[column] = [each for each in mine if each in theirs]
        else:
            found[column] = value
    return found


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value]


def _admin_way(verbs: frozenset[str]) -> Way:
    return Way("admin", "all", Everything(), verbs, None)


def _scoped(caller: Caller, resource: Resource, verbs: frozenset[str]) -> frozenset[str]:
    """The verbs that the credential's scopes leave: `cases:*`, `cases:read`, `*:read`, `*`."""
    if caller.scopes is None or "*" in caller.scopes:
        return verbs
    return frozenset(
        verb
        for verb in verbs
        if not caller.scopes.isdisjoint(
            {f"{resource.name}:{verb}", f"{resource.name}:*", f"*:{verb}"}
        )
    )


def _is_open(path: Path, caller: Caller) -> bool:
    """Whether the caller has the attribute that the path starts from."""
    while isinstance(path, (Through, Beneath)):
        path = path.inner
    if isinstance(path, (Everything, Readable)):
        return True
    return caller.attributes.get(path.attribute) not in (None, [], "")


def _merged(ways: Iterable[Way]) -> tuple[Way, ...]:
    """Ways along the same path with the same columns become one with both verbs."""
    found: dict[tuple[Any, ...], Way] = {}
    for way in ways:
        where = tuple(sorted((k, str(v)) for k, v in way.where.items()))
        key = (way.path_name, str(way.path), way.columns, where)
        if key in found:
            before = found[key]
            source = (
                before.source if way.source in before.source else f"{before.source}, {way.source}"
            )
            found[key] = Way(
                source, way.path_name, way.path, before.verbs | way.verbs, way.columns, way.where
            )
        else:
            found[key] = way
    return tuple(found.values())


class Plans:
    """Compiled plans by signature; dropped when the tenant's configuration version moves on."""

    def __init__(self, registry: "Registry", most: int = 20_000) -> None:
        self._registry = registry
        self._most = most
        self._plans: dict[tuple[Any, ...], Plan] = {}

    def of(self, caller: Caller, resource: Resource) -> Plan:
        """The caller's plan for the resource."""
        key = (resource.name, caller.signature)
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= self._most:
                self._plans.clear()
            plan = self._plans[key] = compile_plan(self._registry, caller, resource)
        return plan
