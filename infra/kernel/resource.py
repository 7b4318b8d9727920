"""What a thing is, declared once. A Resource is inert: small readers in this package interpret it.

A *path* is a named way by which rows are reached ("the contact's own cases", "cases of accounts
below mine"). Roles grant verbs along paths; `access` compiles them. Paths are data, so what an
admin writes tomorrow (responsibilities) is compiled by the very same code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from infra.kernel.configured import Configured
from infra.kernel.model import Row, columns

Audience = str
"""`staff`, `customer` (contacts and consumers), `partner`, `public` (no or a foreign sign-in)."""

AUDIENCES: tuple[Audience, ...] = ("staff", "customer", "partner", "public")
OUTSIDERS: tuple[Audience, ...] = ("customer", "partner", "public")

CUSTOM = "custom"
"""The JSON column of resources that tenants may add fields to."""

Where = Mapping[str, Any]
"""Column → the value, or list of values, that it must have."""


@dataclass(frozen=True)
class Everything:
    """Every row of the tenant that meets `where`."""

    where: Where = field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    """Rows whose column equals a caller's attribute, or is one of its values."""

    column: str
    attribute: str
    where: Where = field(default_factory=dict)


@dataclass(frozen=True)
class Subtree:
    """Rows whose text path begins with the caller's."""

    column: str
    attribute: str
    where: Where = field(default_factory=dict)


@dataclass(frozen=True)
class Through:
    """Rows that another resource's reachable rows point at, or those of a relation's relation."""

    column: str
    resource: str
    key: str
    inner: "Path"
    where: Where = field(default_factory=dict)


@dataclass(frozen=True)
class Beneath:
    """Rows of a resource whose text path begins with that of one of its rows reached by `inner`."""

    resource: str
    column: str
    inner: "Path"
    where: Where = field(default_factory=dict)


@dataclass(frozen=True)
class Readable:
    """Rows that the caller may read, by whatever ways; stands at the end of a `Through`."""

    where: Where = field(default_factory=dict)


Path = Everything | Match | Subtree | Through | Beneath | Readable


def everything(where: Where | None = None) -> Everything:
    """All rows."""
    return Everything(where or {})


def match(column: str, attribute: str, where: Where | None = None) -> Match:
    """Rows whose `column` is the caller's `attribute`."""
    return Match(column, attribute, where or {})


def subtree(column: str, attribute: str, where: Where | None = None) -> Subtree:
    """Rows whose path lies at or below the caller's."""
    return Subtree(column, attribute, where or {})


def through(
    column: str, resource: str, key: str, inner: Path, where: Where | None = None
) -> Through:
    """Rows whose `column` is the `key` of a row of `resource` reached by `inner`."""
    return Through(column, resource, key, inner, where or {})


def readable() -> Readable:
    """Rows of the resource gone through that the caller may read."""
    return Readable()


@dataclass(frozen=True)
class Relation:
    """A to-one reference: the column that holds the id, and the resource it names."""

    column: str
    resource: str


@dataclass(frozen=True)
class Link:
    """A reference from the other side: rows of `resource` whose `key` is this one's `column`.

    Access may flow along it, as from a consumer's cases over memberships to the household.
    """

    column: str
    resource: str
    key: str


@dataclass(frozen=True)
class View:
    """What one audience reads, and may set when it creates or changes a record."""

    read: tuple[str, ...]
    create: tuple[str, ...] = ()
    update: tuple[str, ...] = ()


@dataclass(frozen=True)
class Resource:
    """One table as the outside knows it."""

    name: str
    model: type[Row]
    views: Mapping[Audience, View]
    singular: str = ""
    summary: str = ""
    label: str = "id"
    number: str | None = None
    filters: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()
    default_sort: str = "id"
    search: tuple[str, ...] = ()
    relations: Mapping[str, Relation] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)
    paths: Mapping[str, Path] = field(default_factory=lambda: {"all": Everything()})
    outside: Where = field(default_factory=dict)
    """What a row has that anybody but staff reads, whatever a grant says: `visibility` public."""
    generic: tuple[str, ...] = ("create", "update", "delete")
    types: Mapping[str, Any] = field(default_factory=dict)
    required: tuple[str, ...] | None = None
    choosable: tuple[str, ...] = ()
    """Text columns for which a tenant may keep a list of choices."""
    emits: bool = True
    audited: bool = True
    configured: Configured | None = None
    is_promised: bool = False
    """Whether promises of time may be made for its records: its domain follows their clocks."""
    models: tuple[str, ...] = ()
    """The business models that need it; none for what every tenant has."""
    worded: tuple[str, ...] = ()
    """Columns that people outside read in their own language, where `translations` has it."""

    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        return self is other

    def in_use(self, models: frozenset[str] | None) -> bool:
        """Whether a tenant that works by these business models has it; None for all of them."""
        return models is None or not self.models or not models.isdisjoint(self.models)

    @property
    def table(self) -> str:
        return self.model._meta.db_table  # noqa: SLF001

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return columns(self.model)

    @cached_property
    def is_customizable(self) -> bool:
        """Whether a tenant may add fields of its own."""
        return CUSTOM in self.columns

    @cached_property
    def title(self) -> str:
        """The resource's name for people: `sold product`."""
        return (self.singular or self.name.removesuffix("s")).replace("_", " ")

    @cached_property
    def reference_columns(self) -> Mapping[str, str]:
        """Column → the resource whose id it holds."""
        return {relation.column: relation.resource for relation in self.relations.values()}

    def view(self, audience: Audience) -> View | None:
        """What the audience sees; the system sees what staff do."""
        return self.views.get("staff" if audience == "system" else audience)

    def filterable(self, audience: Audience) -> frozenset[str]:
        """Columns by which the audience may filter: never one that it may not read."""
        view = self.view(audience)
        if view is None:
            return frozenset()
        named = {"id", "created_at", "updated_at", *self.filters, *self.sorts}
        return frozenset(named.intersection(view.read))

    def sortable(self, audience: Audience) -> frozenset[str]:
        view = self.view(audience)
        named = {"id", "created_at", *self.sorts, self.default_sort.lstrip("-")}
        return frozenset(named.intersection(view.read)) if view else frozenset()

    def searchable(self, audience: Audience) -> bool:
        """Whether `q` may be used: only where every searched column may be read."""
        view = self.view(audience)
        return bool(self.search) and view is not None and set(self.search) <= set(view.read)

    def faults(self) -> list[str]:
        """What is wrong with the declaration itself; empty for a sound one."""
        known = set(self.columns)
        wrong: list[str] = []
        named: dict[str, tuple[str, ...]] = {
            "filters": self.filters,
            "sorts": self.sorts,
            "default_sort": (self.default_sort.lstrip("-"),),
            "search": self.search,
            "label": (self.label,),
            "types": tuple(self.types),
            "choosable": self.choosable,
            "relations": tuple(r.column for r in self.relations.values()),
            "links": tuple(link.column for link in self.links.values()),
            "outside": tuple(self.outside),
            "worded": (*self.worded, "translations") if self.worded else (),
        }
        for audience, view in self.views.items():
            if audience not in AUDIENCES:
                wrong.append(f"{self.name}: no such audience: {audience}")
            for part in ("read", "create", "update"):
                named[f"views.{audience}.{part}"] = getattr(view, part)
        for place, names in named.items():
            wrong += [
                f"{self.name}.{place}: no column {name!r}" for name in names if name not in known
            ]
        wrong += [
            f"{self.name}.paths.{name}: readable() goes through something"
            for name, path in self.paths.items()
            if isinstance(path, Readable)
        ]
        for name, path in self.paths.items():
            wrong += [
                f"{self.name}.paths.{name}: no column {c!r}" for c in _path_columns(path) - known
            ]
        if self.configured is not None:
            staff = self.views.get("staff")
            shown = frozenset(staff.read) if staff else frozenset()
            wrong += [f"{self.name}.configured: {w}" for w in self.configured.faults(shown)]
        return wrong


def _path_columns(path: Path) -> set[str]:
    own = set(path.where)
    if isinstance(path, (Match, Subtree, Beneath)):
        own.add(path.column)
    if isinstance(path, Through):
        return {path.column}
    return own
