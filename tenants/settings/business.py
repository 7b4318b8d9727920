"""The business models that a tenant works by: which records, roles and routes are there at all.

A resource or a role may name the models that need it; where the tenant works by none of them, it is
closed for everybody. What was stored before stays and is there again when the model is.
"""

from collections.abc import Iterable
from typing import Literal

from tenants.roles import BUILT_IN

BusinessModel = Literal["b2b", "b2c", "b2b2c", "b2b2e", "b2e", "smf", "contributors"]
"""Serving businesses; consumers; consumers or employees of businesses; the own employees; over
service organisations and places; with people beside the service desk."""


def role_in_use(name: str, models: frozenset[str] | None) -> bool:
    """Whether the role belongs to a model that the tenant works by; its own roles always do."""
    role = BUILT_IN.get(name)
    return models is None or role is None or not role.models or not models.isdisjoint(role.models)


def roles_in_use(names: Iterable[str], models: frozenset[str] | None) -> frozenset[str]:
    """Those of the roles that there are."""
    return frozenset(name for name in names if role_in_use(name, models))
