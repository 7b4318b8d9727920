"""What a program may be limited to: `cases:read`, `cases:*`, `*:read`, or `*` for all its roles."""

from collections.abc import Iterable

from infra.kernel.errors import Fault
from infra.kernel.registry import Registry

ALL = "*"


def scope_faults(
    registry: Registry, scopes: Iterable[str], pointer: str = "/scopes"
) -> list[Fault]:
    """What is wrong with each scope; empty where all of them name something."""
    return [
        Fault(f"{pointer}/{position}", "unknown", "must be <collection>:<verb>, with * for any")
        for position, scope in enumerate(scopes)
        if not is_scope(registry, scope)
    ]


def is_scope(registry: Registry, scope: str) -> bool:
    """Whether the scope names something that the registry has."""
    if scope == ALL:
        return True
    name, colon, verb = scope.partition(":")
    if not colon or (name != "*" and name not in registry.resources):
        return False
    if verb in {"*", "read"}:
        return name != "*" or verb == "read"
    actions = registry.actions_of
    candidates = actions[name] if name != "*" else [a for found in actions.values() for a in found]
    return any(verb in (action.name, action.granted_by) for action in candidates)


def covers(held: frozenset[str] | None, wanted: Iterable[str]) -> bool:
    """Whether whoever is limited to `held` may hand on all of `wanted`."""
    if held is None or ALL in held:
        return True
    for scope in wanted:
        name, _, verb = scope.partition(":")
        if held.isdisjoint({scope, f"{name}:*", f"*:{verb}"}):
            return False
    return True
