"""What the house calls configuration: kinds of objects, in the order in which they can be made."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from infra.kernel.columns import columns_of
from infra.kernel.configured import STAMPS, Configured
from infra.kernel.registry import Registry
from infra.kernel.resource import Resource
from tenants.settings.model import TenantSettings
from tenants.settings.store import NAME

SUFFIX = ".yaml"
ACCESS_SETTINGS = frozenset({"assets_by_contact_only", "business_models"})
"""Choices of the tenant that move what people may do."""


@dataclass(frozen=True)
class Part:
    """One line of an object: a column, under the name of its relation where it is one."""

    name: str
    column: str
    target: str | None = None


@dataclass(frozen=True)
class Kind:
    """One kind of object; all of its kind stand in one file."""

    name: str
    title: str
    """What people call one of them."""
    resource: Resource | None
    """Whose rows the objects are; the settings are one object and no resource's."""
    configured: Configured
    parts: tuple[Part, ...]
    creatable: frozenset[str]
    """Columns that can be set when an object is made."""
    updatable: frozenset[str]
    """Columns that can be changed afterwards."""
    deletable: bool

    @property
    def is_single(self) -> bool:
        """Whether there is one object, which neither comes nor goes and needs no key."""
        return self.resource is None

    @property
    def rows(self) -> Resource:
        """The resource whose rows the objects are; raises LookupError for the settings."""
        if self.resource is None:
            raise LookupError(self.name)
        return self.resource

    @property
    def path(self) -> str:
        return f"{self.name}{SUFFIX}"

    @cached_property
    def by_name(self) -> Mapping[str, Part]:
        return {part.name: part for part in self.parts}

    @cached_property
    def key(self) -> tuple[Part, ...]:
        by_column = {part.column: part for part in self.parts}
        return tuple(by_column[column] for column in self.configured.key)

    @cached_property
    def needs(self) -> frozenset[str]:
        """The kinds whose objects this one's may name."""
        named = {part.target for part in self.parts if part.target}
        return frozenset(named.union(self.configured.references.values(), self.configured.after))

    def shape(self, name: str) -> Any:
        """The type of a part's column."""
        if self.resource is None:
            return TenantSettings.model_fields[name].annotation
        return columns_of(self.resource)[self.by_name[name].column].type

    def gives_access(self, names: Collection[str]) -> bool:
        """Whether a change of these parts may move what people may do."""
        if self.is_single:
            return not ACCESS_SETTINGS.isdisjoint(names)
        return self.configured.gives_access


SETTINGS = Kind(
    name=NAME,
    title="settings",
    resource=None,
    configured=Configured(key=()),
    parts=tuple(Part(name, name) for name in sorted(TenantSettings.model_fields)),
    creatable=frozenset(),
    updatable=frozenset(TenantSettings.model_fields),
    deletable=False,
)
"""What the tenant has chosen, as the one object of its file."""


@dataclass(frozen=True)
class Catalog:
    """Every kind, those that others name first."""

    kinds: tuple[Kind, ...]

    @classmethod
    def of(cls, registry: Registry) -> "Catalog":
        kinds = {
            resource.name: _kind(registry, resource, resource.configured)
            for resource in registry.resources.values()
            if resource.configured is not None
        }
        placed: dict[str, Kind] = {}

        def place(kind: Kind, above: tuple[str, ...] = ()) -> None:
            if kind.name in placed or kind.name in above:
                return
            for needed in sorted(kind.needs & kinds.keys()):
                place(kinds[needed], (*above, kind.name))
            placed[kind.name] = kind

        for kind in kinds.values():
            place(kind)
        return cls((*placed.values(), SETTINGS))

    @cached_property
    def by_name(self) -> Mapping[str, Kind]:
        return {kind.name: kind for kind in self.kinds}

    @cached_property
    def by_path(self) -> Mapping[str, Kind]:
        return {kind.path: kind for kind in self.kinds}


def _kind(registry: Registry, resource: Resource, configured: Configured) -> Kind:
    creatable, updatable = (
        _settable(registry, f"{resource.name}.{verb}") for verb in ("create", "update")
    )
    view = resource.views["staff"]
    chosen = configured.columns or tuple(
        name
        for name in view.read
        if name in creatable | updatable and name not in STAMPS | set(configured.secrets)
    )
    relations = {relation.column: name for name, relation in resource.relations.items()}
    parts = []
    for column in dict.fromkeys((*configured.key, *sorted(chosen))):
        target = resource.reference_columns.get(column)
        if target is None:
            parts.append(Part(column, column))
        elif registry.resources[target].configured is not None:
            name = relations[column]
            parts.append(Part(column if name in resource.columns else name, column, target))
    deletable = f"{resource.name}.{configured.ends}" in registry.actions
    return Kind(
        resource.name, resource.title, resource, configured, tuple(parts), creatable, updatable,
        deletable,
    )  # fmt: skip


def _settable(registry: Registry, action: str) -> frozenset[str]:
    definition = registry.actions.get(action)
    return frozenset(definition.body("staff").model_fields) if definition else frozenset()


def walk(place: tuple[str, ...], value: Any, change: Any) -> Any:
    """The value with what stands at a place inside it changed; `*` is every key, lists are entered.

    `change` takes one scalar and answers what stands there instead.
    """
    if isinstance(value, list):
        return [walk(place, each, change) for each in value]
    if not place:
        return value if value is None else change(value)
    if not isinstance(value, Mapping):
        return value
    first, rest = place[0], place[1:]
    return {
        key: walk(rest, inner, change) if first in ("*", key) else inner
        for key, inner in value.items()
    }
