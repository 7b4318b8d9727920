"""Who may reach which rows, compiled once per kind of caller.

Roles grant verbs along paths. For one caller and one resource the grants that apply become a
`Plan`: the paths by which rows are reached, each with its verbs and columns. The plan has two
readings and no third: a predicate for one row (`reaches`), and one branch per path for lists,
which `listing` merges; where a row in memory already shows what the predicate would say, it is not
asked (`surely`). `planning` compiles plans, `paths` writes them as SQL; lists, reads, expansions,
search, counts, streams, exports and retrieval all ask them, so a rule that holds at one door holds
at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any
from uuid import UUID

from infra.kernel.database import Proof
from infra.kernel.grants import Grant
from infra.kernel.model import Row
from infra.kernel.resource import (
    Beneath,
    Everything,
    Path,
    Readable,
    Resource,
    Subtree,
    Through,
    View,
    Where,
)
from infra.kernel.sql import Slot

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
