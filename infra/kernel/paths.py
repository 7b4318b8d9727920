"""Paths as SQL: a condition on one row, the keys that a way leads to, and the same in words."""

from typing import TYPE_CHECKING

from infra.kernel.access import LIST_ATTRIBUTES, TENANT, Plan, Way
from infra.kernel.resource import (
    Beneath,
    Everything,
    Match,
    Path,
    Readable,
    Resource,
    Subtree,
    Through,
    Where,
)
from infra.kernel.sql import Attribute, Parameters, PrefixEnd, literal

if TYPE_CHECKING:
    from infra.kernel.registry import Registry


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
