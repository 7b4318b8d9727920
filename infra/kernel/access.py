"""Who may reach which rows, compiled once per kind of caller.

Roles grant verbs along paths. For one caller and one resource the grants that apply become a
`Plan`: the paths by which rows are reached, each with its verbs and columns. The plan has two
readings and no third: a predicate for one row (`reaches`), and one branch per path for lists,
which `listing` merges; where a row in memory already shows what the predicate would say, it is not
asked (`surely`). Lists, reads, expansions, search, counts, streams, exports and retrieval
all ask this module, so a rule that holds at one door holds at all.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from infra.kernel.database import Proof
from infra.kernel.grants import Grant
from infra.kernel.model import Row
from infra.kernel.resource import (
    Beneath,
    Everything,
    Match,
    Path,
    Readable,
    Resource,
    Subtree,
    Through,
    View,
    Where,
)
from infra.kernel.sql import Attribute, Parameters, PrefixEnd, Slot, literal

if TYPE_CHECKING:
    from infra.kernel.registry import Registry

LIST_ATTRIBUTES = frozenset({"group_ids", "holder_ids"})
TENANT = Slot("tenant_id")


@dataclass(frozen=True)
class Caller:
    """Who asks, as which profile, with which roles: all that a decision may rest on."""

    tenant_id: UUID
    audience: str
    user_id: UUID | None = None
    profile_id: UUID | None = None
    profile_kind: str = ""
    name: str = ""
    roles: frozenset[str] = frozenset()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    scopes: frozenset[str] | None = None
    proof: Proof | None = None
    locale: str = "en"
    zone: str = "UTC"
    credential_kind: str = ""
    grants: tuple[Grant, ...] = ()
    """Grants of the tenant's own roles and of responsibilities, which are data."""
    masked: frozenset[tuple[str, str]] = frozenset()
    """(resource, column) of what is classified higher than the caller is cleared for."""
    tenant_plan: str = ""
    """What the tenant has agreed on: how much it may ask for in a minute."""
    models: frozenset[str] | None = None
    """The business models that the tenant works by; None for all."""

    @property
    def is_system(self) -> bool:
        return self.audience == "system"

    @property
    def actor(self) -> dict[str, Any]:
        """Who acts, as audit entries and events record it."""
        return {
            "kind": "system" if self.is_system else self.profile_kind or self.audience,
            "user_id": str(self.user_id) if self.user_id else None,
            "profile_id": str(self.profile_id) if self.profile_id else None,
            "name": self.name,
        }

    @cached_property
    def signature(self) -> tuple[Any, ...]:
        """Callers with equal signatures have equal plans, whatever their attributes' values."""
        present = frozenset(n for n, v in self.attributes.items() if v not in (None, [], ""))
        return (
            self.audience,
            self.roles,
            present,
            self.scopes,
            self.grants,
            self.masked,
            self.models,
        )


def system_caller(tenant_id: UUID, name: str = "system") -> Caller:
    """The service itself, acting inside one tenant."""
    return Caller(tenant_id=tenant_id, audience="system", name=name)


@dataclass(frozen=True)
class Way:
    """One path by which this caller reaches rows of a resource."""

    source: str
    path_name: str
    path: Path
    verbs: frozenset[str]
    columns: frozenset[str] | None
    where: Where = field(default_factory=dict)

    @property
    def is_total(self) -> bool:
        return isinstance(self.path, Everything) and not self.path.where and not self.where


@dataclass(frozen=True)
class Plan:
    """What one kind of caller may do with one resource."""

    resource: Resource
    audience: str
    view: View | None
    ways: tuple[Way, ...]
    unlimited: bool = False
    in_use: bool = True
    """Whether the tenant has this resource at all."""
    hidden: frozenset[tuple[str, str]] = frozenset()
    """(resource, column) of every kind that the caller is not cleared for: an audit entry tells of
    records of any kind."""

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def may(self, verb: str) -> bool:
        """Whether the verb is granted on any row at all; asked before a row is read."""
        return self.view is not None and (self.unlimited or any(verb in w.verbs for w in self.ways))

    def by(self, verb: str) -> tuple[Way, ...]:
        """The ways that grant the verb; a way to every row makes the others needless."""
        ways = tuple(w for w in self.ways if verb in w.verbs)
        total = [w for w in ways if w.is_total and w.columns is None]
        return (total[0],) if total else ways

    def is_total(self, verb: str) -> bool:
        """Whether the verb reaches every row of the tenant, with every column of the View."""
        return self.unlimited or any(w.is_total and w.columns is None for w in self.by(verb))

    def verbs(self) -> frozenset[str]:
        return frozenset().union(*(w.verbs for w in self.ways))

    def surely(self, verb: str, row: Row, attributes: Mapping[str, Any]) -> bool:
        """Whether the row as it is in memory shows that the verb reaches it, so that the database
        need not be asked; False says only that this cannot be told from here."""
        return self.is_total(verb) or any(
            way.columns is None and _leads_to(way, row, attributes) for way in self.by(verb)
        )

    @cached_property
    def has_masks(self) -> bool:
        """Whether some way shows fewer columns than another."""
        return not self.unlimited and any(w.columns is not None for w in self.by("read"))

    @cached_property
    def open_columns(self) -> frozenset[str]:
        """Columns readable along every way: only by these may rows be filtered and sorted."""
        if self.view is None:
            return frozenset()
        shown = frozenset(self.view.read)
        for way in self.by("read") if not self.unlimited else ():
            if way.columns is not None:
                shown &= way.columns | {"id"}
        return shown


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


def _leads_to(way: Way, row: Row, attributes: Mapping[str, Any]) -> bool:
    """Whether a way by the row's own columns leads to it, as its condition in SQL would say."""
    path = way.path
    if isinstance(path, (Through, Beneath, Readable)) or not _meets(row, path.where, way.where):
        return False
    if isinstance(path, Everything):
        return True
    value, wanted = getattr(row, path.column), attributes.get(path.attribute)
    if value is None or wanted is None:
        return False
    if isinstance(path, Subtree):
        return str(value).startswith(wanted)
    return value in wanted if path.attribute in LIST_ATTRIBUTES else value == wanted


_NOT_HERE = object()


def _meets(row: Row, *conditions: Where) -> bool:
    for where in conditions:
        for column, wanted in where.items():
            several = isinstance(wanted, (list, tuple, set, frozenset))
            # A column that the database makes of others is not there to be asked.
            if _bare(getattr(row, column, _NOT_HERE)) not in {
                _bare(one) for one in (wanted if several else (wanted,))
            }:
                return False
    return True


def _bare(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


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


def where_sql(where: Where, alias: str) -> list[str]:
    """Constant conditions: equality, or membership for a list. They are written out, since only
    then the planner can tell a common value from a rare one."""
    parts = []
    for column, value in where.items():
        if isinstance(value, (list, tuple, set, frozenset)):
            listed = ", ".join(literal(one) for one in value)
            parts.append(f'{alias}."{column}" IN ({listed})' if listed else "FALSE")
        elif value is None:
            parts.append(f'{alias}."{column}" IS NULL')
        else:
            parts.append(f'{alias}."{column}" = {literal(value)}')
    return parts


class PathCompiler:
    """Turns paths into SQL over the tables that the registry knows."""

    def __init__(self, registry: "Registry", parameters: Parameters) -> None:
        self._registry = registry
        self._parameters = parameters
        self._depth = 0

    def predicate(self, path: Path, alias: str) -> str:
        """A condition on the row behind `alias`; `TRUE` where the path is every row."""
        add = self._parameters.add
        parts = where_sql(path.where, alias) if not isinstance(path, Through) else []
        if isinstance(path, Match):
            value = add(Attribute(path.attribute))
            test = f"= ANY({value})" if path.attribute in LIST_ATTRIBUTES else f"= {value}"
            parts.append(f'{alias}."{path.column}" {test}')
        elif isinstance(path, Subtree):
            low, high = add(Attribute(path.attribute)), add(PrefixEnd(path.attribute))
            parts.append(f'{alias}."{path.column}" >= {low} AND {alias}."{path.column}" < {high}')
        elif isinstance(path, Through):
            # Correlated, so that the planner chooses between one probe a row and a table of keys.
            other = self._alias()
            meets = f'{other}."{path.key}" = {alias}."{path.column}"'
            rest = (*where_sql(path.where, other), self.predicate(path.inner, other))
            parts.append(self._exists(path.resource, other, meets, *rest))
        elif isinstance(path, Beneath):
            top = self._alias()
            inner = self.predicate(path.inner, top)
            parts.append(self._exists(path.resource, top, inner, below(path, top, alias)))
        elif isinstance(path, Readable):
            raise ValueError("a path was not resolved for its caller")
        return " AND ".join(parts) or "TRUE"

    def _alias(self) -> str:
        self._depth += 1
        return f"t{self._depth}"

    def _exists(self, resource: str, alias: str, *tests: str) -> str:
        table = self._registry.resources[resource].table
        all_tests = [self._of_tenant(alias), *(test for test in tests if test != "TRUE")]
        return f'EXISTS (SELECT 1 FROM "{table}" {alias} WHERE {" AND ".join(all_tests)})'

    def _of_tenant(self, alias: str) -> str:
        return f"{alias}.tenant_id = {self._parameters.add(TENANT)}"

    def keys(self, path: Through) -> str:
        """A query for the values of `path.column` that the path reaches."""
        inner = self._alias()
        table = self._registry.resources[path.resource].table
        own = [self._of_tenant(inner), *where_sql(path.where, inner)]
        if isinstance(path.inner, Beneath):
            # From the few tops down. Fenced, or the planner would take the range for a third of
            # the table and walk all of it.
            top = self._alias()
            tops = [self._of_tenant(top), self.predicate(path.inner.inner, top)]
            column = f'{inner}."{path.key}"'
            within = " AND ".join([*own, below(path.inner, top, inner)])
            return (
                f'SELECT s."{path.key}" FROM "{table}" {top} CROSS JOIN LATERAL '
                f'(SELECT {column} FROM "{table}" {inner} WHERE {within} OFFSET 0) s '
                f"WHERE {' AND '.join(tops)}"
            )
        own.append(self.predicate(path.inner, inner))
        return f'SELECT {inner}."{path.key}" FROM "{table}" {inner} WHERE {" AND ".join(own)}'

    def way(self, way: Way, alias: str) -> str:
        """The condition under which this way reaches the row."""
        parts = [self.predicate(way.path, alias), *where_sql(way.where, alias)]
        return " AND ".join(p for p in parts if p != "TRUE") or "TRUE"

    def reaches(self, plan: Plan, verb: str, alias: str) -> str:
        """A condition on one row: some way grants the verb on it."""
        if plan.is_total(verb):
            return "TRUE"
        ways = plan.by(verb)
        return "(" + " OR ".join(f"({self.way(w, alias)})" for w in ways) + ")" if ways else "FALSE"


def below(path: Beneath, top: str, alias: str) -> str:
    """That the row's path begins with the top's, as a range that an index can seek."""
    column = f'{top}."{path.column}"'
    end = f"left({column}, -1) || chr(ascii(right({column}, 1)) + 1)"
    return f'{alias}."{path.column}" >= {column} AND {alias}."{path.column}" < {end}'


def describe(path: Path, resource: Resource) -> str:
    """The path in words an admin can check: `account_id → accounts, path below the caller's`."""
    if isinstance(path, Everything):
        text = f"every row of {resource.name}"
    elif isinstance(path, Match):
        text = f"{resource.name}.{path.column} is the caller's {path.attribute}"
    elif isinstance(path, Subtree):
        text = f"{resource.name}.{path.column} lies at or below the caller's {path.attribute}"
    elif isinstance(path, Beneath):
        text = f"{resource.name} at or below one of the caller's"
    elif isinstance(path, Readable):
        text = f"what the caller may read of {resource.name}"
    else:
        text = f"{resource.name}.{path.column} → {' → '.join(_steps(path))}"
    return text + (f", where {dict(path.where)}" if path.where else "")


def _steps(path: Path) -> list[str]:
    """Where a path leads, hop by hop, down to the caller's own attribute."""
    if isinstance(path, Through):
        return [f"{path.resource}.{path.key}", *_steps(path.inner)]
    if isinstance(path, Beneath):
        return ["its subtree", *_steps(path.inner)]
    return [f"the caller's {path.attribute}" if isinstance(path, (Match, Subtree)) else "any"]
