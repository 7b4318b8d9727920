"""Everything the house knows, gathered from its domains in their order."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeVar

from starlette.routing import BaseRoute

from infra.kernel.actions import ActionDefinition, definition_of, generic_actions
from infra.kernel.context import Context
from infra.kernel.gates import Gate
from infra.kernel.grants import Grant
from infra.kernel.jobs import (
    JobDefinition,
    PeriodicDefinition,
    ReactionDefinition,
    job_of,
    periodic_of,
    reaction_of,
)
from infra.kernel.model import Record, Row
from infra.kernel.relay import Follower
from infra.kernel.resource import Resource

T = TypeVar("T")
Lay = Callable[[Record], Awaitable[Any]]
"""Stores a standard record unless the tenant was given it before; answers the one that stands."""


@dataclass(frozen=True)
class Domain:
    """A domain's table of contents."""

    name: str
    summary: str = ""
    resources: tuple[Resource, ...] = ()
    actions: tuple[Callable[..., Any], ...] = ()
    grants: tuple[Grant, ...] = ()
    reactions: tuple[Callable[..., Any], ...] = ()
    jobs: tuple[Callable[..., Any], ...] = ()
    periodic: tuple[Callable[..., Any], ...] = ()
    routes: tuple[BaseRoute, ...] = ()
    followers: tuple[Follower, ...] = ()
    """What is asked which jobs a tenant's new events bring, by the tenant's own rows."""
    gates: tuple[Gate, ...] = ()
    """Who is asked whether a verb that the tenant has put under a condition may be used now."""
    models: tuple[str, ...] = ()
    founding: tuple[Callable[[Context, Lay], Awaitable[None]], ...] = ()
    """What every tenant starts with: a new one at once, the others when the standard grows."""


@dataclass
class Registry:
    """Resources, actions, grants, reactions and jobs by name. Raises ValueError on a bad whole."""

    domains: tuple[Domain, ...]
    resources: Mapping[str, Resource] = field(init=False)
    actions: Mapping[str, ActionDefinition] = field(init=False)
    grants: tuple[Grant, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.resources = MappingProxyType(
            _unique((r.name, r) for d in self.domains for r in d.resources)
        )
        self.actions = MappingProxyType(self._actions())
        self.grants = tuple(grant for domain in self.domains for grant in domain.grants)
        if wrong := self.faults():
            raise ValueError("; ".join(wrong))

    def _actions(self) -> dict[str, ActionDefinition]:
        written = _unique(
            (definition.permission, definition)
            for domain in self.domains
            for definition in map(definition_of, domain.actions)
        )
        for resource in self.resources.values():
            for definition in generic_actions(resource):
                written.setdefault(definition.permission, definition)
        return written

    @cached_property
    def reactions(self) -> tuple[ReactionDefinition, ...]:
        return tuple(reaction_of(f) for d in self.domains for f in d.reactions)

    @cached_property
    def jobs(self) -> Mapping[str, JobDefinition]:
        return _unique((j.name, j) for j in (job_of(f) for d in self.domains for f in d.jobs))

    @cached_property
    def periodic(self) -> tuple[PeriodicDefinition, ...]:
        return tuple(periodic_of(f) for d in self.domains for f in d.periodic)

    @cached_property
    def followers(self) -> tuple[Follower, ...]:
        return tuple(f for domain in self.domains for f in domain.followers)

    @cached_property
    def gates(self) -> tuple[Gate, ...]:
        return tuple(gate for domain in self.domains for gate in domain.gates)

    @cached_property
    def model_modules(self) -> list[str]:
        """The modules that Tortoise has to read."""
        declared = {r.model.__module__ for r in self.resources.values()}
        return sorted(declared.union(*(domain.models for domain in self.domains)))

    @cached_property
    def _by_model(self) -> Mapping[type[Row], Resource]:
        return {resource.model: resource for resource in self.resources.values()}

    def resource_of(self, model: type[Row]) -> Resource | None:
        """The resource that the model's rows belong to; None for tables without one."""
        return self._by_model.get(model)

    @cached_property
    def actions_of(self) -> Mapping[str, tuple[ActionDefinition, ...]]:
        """Resource name → its actions."""
        found: dict[str, list[ActionDefinition]] = {name: [] for name in self.resources}
        for definition in self.actions.values():
            found[definition.resource.name].append(definition)
        return {name: tuple(actions) for name, actions in found.items()}

    def faults(self) -> list[str]:
        """What is wrong with the declarations as a whole."""
        wrong = [fault for resource in self.resources.values() for fault in resource.faults()]
        for resource in self.resources.values():
            wrong += [
                f"{resource.name}.relations.{name}: no resource {relation.resource!r}"
                for name, relation in resource.relations.items()
                if relation.resource not in self.resources
            ]
            wrong += [
                f"{resource.name}.links.{name}: no column {link.key!r} in {link.resource!r}"
                for name, link in resource.links.items()
                if link.resource not in self.resources
                or link.key not in self.resources[link.resource].columns
            ]
            if resource.configured is not None:
                named = {*resource.configured.references.values(), *resource.configured.after}
                wrong += [
                    f"{resource.name}.configured: no resource {name!r}"
                    for name in sorted(named - set(self.resources))
                ]
        for grant in self.grants:
            resource_ = self.resources.get(grant.resource)
            if resource_ is None:
                wrong.append(f"grant to {grant.role}: no resource {grant.resource!r}")
                continue
            if grant.path not in resource_.paths:
                wrong.append(f"grant to {grant.role}: {grant.resource} has no path {grant.path!r}")
            known = {"read"} | {a.name for a in self.actions.values() if a.resource is resource_}
            wrong += [
                f"grant to {grant.role}: {grant.resource} has no verb {verb!r}"
                for verb in grant.verbs
                if verb not in known
            ]
        return wrong


def _unique(pairs: Iterable[tuple[str, T]]) -> dict[str, T]:
    found: dict[str, T] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"declared twice: {name}")
        found[name] = value
    return found
