"""Whom a letter about a record reaches: people that the record itself names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.platform.templates import queries
from infra.kernel.context import Context
from infra.kernel.resource import Resource

PEOPLE = ("profiles", "groups")


@dataclass(frozen=True)
class Person:
    """Somebody who can be written to; `profile_id` where they act within Atrium."""

    name: str
    email: str | None
    locale: str | None = None
    profile_id: UUID | None = None
    is_outside: bool = True

    def told(self) -> dict[str, Any]:
        """What a text may say of them."""
        return {"name": self.name, "email": self.email, "locale": self.locale}


def nameable(resource: Resource, registry: Mapping[str, Resource]) -> set[str]:
    """The relations of a record that lead to somebody with an address."""
    return {
        name
        for name, relation in resource.relations.items()
        if relation.resource in PEOPLE or "email" in registry[relation.resource].columns
    }


async def people_of(
    ctx: Context, resource: Resource, record: Mapping[str, Any], name: str
) -> list[Person]:
    """Who stands in this relation to the record; nobody where it is empty."""
    relation = resource.relations[name]
    key = record.get(relation.column)
    if key is None:
        return []
    if relation.resource == "profiles":
        return await profiles(ctx, [UUID(str(key))])
    if relation.resource == "groups":
        return await profiles(ctx, await queries.members_of(ctx, UUID(str(key))))
    row = await ctx.find(ctx.services.registry.resources[relation.resource], UUID(str(key)))
    if row is None or not row.email:
        return []
    return [Person(row.name, row.email, getattr(row, "locale", None))]


async def group_named(ctx: Context, name: str) -> list[Person]:
    """The members of the group with this name."""
    return await profiles(ctx, await queries.members_of_named(ctx, name))


async def profiles(ctx: Context, ids: list[UUID]) -> list[Person]:
    """Those of the profiles that are active, as people."""
    return [
        Person(row["name"], row["email"], row["locale"], row["id"], row["kind"] != "staff")
        for row in await queries.people(ctx, ids)
    ]
