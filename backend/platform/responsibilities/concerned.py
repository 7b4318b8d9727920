"""Whom a change of access may concern, told from the rows that it touched."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from backend.platform.responsibilities import queries
from backend.platform.responsibilities.models import (
    AccessConfiguration,
    HeldResponsibility,
    Responsibility,
)
from infra.kernel.context import Context
from infra.kernel.holding import NoSuchWay, hops
from infra.kernel.model import Record
from tenants.people.models import Group, GroupMember, Profile, TenantRole, User


class Watching(Context):
    """A context that remembers which rows an action touched."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.touched: list[Record] = []

    async def save(self, row: Record) -> None:
        self.touched.append(row)
        await super().save(row)

    async def delete(self, row: Record) -> None:
        self.touched.append(row)
        await super().delete(row)


def shapes_access(rows: Iterable[Record]) -> bool:
    """Whether any of these rows decides what somebody may reach."""
    return any(isinstance(row, _KNOWN) for row in rows)


_KNOWN = (
    HeldResponsibility, Responsibility, AccessConfiguration, Profile, User, Group, GroupMember,
    TenantRole,
)  # fmt: skip


async def concerned(ctx: Context, rows: Iterable[Record]) -> set[UUID]:
    """The active profiles whose reach these changes may have moved."""
    touched = list(rows)
    holders = {row.holder_id for row in touched if isinstance(row, HeldResponsibility)}
    holders |= {row.id for row in touched if isinstance(row, Profile)}
    changed = {row.id for row in touched if isinstance(row, Responsibility)}
    changed |= {row.responsibility_id for row in touched if isinstance(row, AccessConfiguration)}
    changed |= await _flowing_through(ctx, touched)
    holders |= await queries.holders_of(ctx, changed)
    found = await queries.profiles_of_holders(ctx, holders)
    users = {row.id for row in touched if isinstance(row, User)}
    users |= {row.user_id for row in touched if isinstance(row, GroupMember)}
    found |= await queries.profiles_of_users(ctx, users)
    groups = {row.id for row in touched if isinstance(row, Group)}
    found |= await queries.profiles_in_groups(ctx, groups)
    roles = {row.name for row in touched if isinstance(row, TenantRole)}
    return found | await queries.profiles_with_roles(ctx, roles)


async def _flowing_through(ctx: Context, touched: Iterable[Record]) -> set[UUID]:
    """Responsibilities whose access flows over one of the touched tables, as over memberships."""
    registry = ctx.services.registry
    named = (registry.resource_of(type(row)) for row in touched if not isinstance(row, _KNOWN))
    tables = {resource.name for resource in named if resource is not None}
    found = set()
    for responsibility, name, via in await queries.configured_vias(ctx) if tables else ():
        resource = registry.resources.get(name)
        if resource is None:
            continue
        try:
            steps = hops(registry, resource, via)
        except NoSuchWay:
            continue
        if not tables.isdisjoint(step.resource for step in steps):
            found.add(responsibility)
    return found
