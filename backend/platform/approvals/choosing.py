"""From what a rule says of its people to the people, at this moment and for this record."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.platform.approvals import queries
from backend.platform.approvals.matrix import Approvers
from backend.platform.approvals.rules import needed
from backend.platform.responsibilities.queries import profiles_of_holders, profiles_with_roles
from backend.platform.templates.queries import members_of
from infra.kernel.context import Context
from infra.kernel.resource import Resource

_COLUMN = {"contacts": "contact_id", "consumers": "consumer_id"}
NAMEABLE = frozenset({"profiles", "users", "groups", *_COLUMN})
"""Kinds of records behind which there are people."""


@dataclass(frozen=True)
class Someone:
    """A person who can be asked."""

    profile_id: UUID
    user_id: UUID
    name: str
    email: str | None
    locale: str | None
    kind: str
    group_id: UUID | None = None


@dataclass(frozen=True)
class Slot:
    """People who count together, in the order of their names, and how many must agree."""

    why: str
    people: tuple[Someone, ...]
    need: int
    first_decides: bool
    role: str | None = None
    """As which they are asked, where it is by a role."""

    @property
    def suffices(self) -> bool:
        """Whether enough people are there to agree."""
        return 0 < self.need <= len(self.people)


@dataclass(frozen=True)
class About:
    """What is asked about, and by whom."""

    resource: Resource
    record: Mapping[str, Any]
    requester_id: UUID
    requester_user_id: UUID | None


async def slot_of(ctx: Context, spec: Approvers, about: About, *, allows_own: bool) -> Slot:
    """The people meant, but for whoever asks, unless the rule lets them."""
    ids, group_id = await _profiles(ctx, spec, about)
    found = await queries.people(ctx, ids)
    people = [
        Someone(
            row["id"], row["user_id"], row["name"], row["email"], row["locale"], row["kind"],
            group_id,
        )
        for row in found.values()
        if allows_own or row["user_id"] != about.requester_user_id
    ]  # fmt: skip
    people.sort(key=lambda each: (each.name.casefold(), str(each.profile_id)))
    once = {each.user_id: each for each in reversed(people)}
    people = [each for each in people if once[each.user_id] is each][: queries.PEOPLE_MAX]
    return Slot(
        why=spec.told(),
        people=tuple(people),
        need=needed(spec.need, len(people)),
        first_decides=spec.need == "any",
        role=spec.name if spec.who in {"role", "company"} else None,
    )


async def slots_of(
    ctx: Context, specs: Sequence[Approvers], about: About, *, allows_own: bool
) -> tuple[Slot, ...]:
    """The slots in the order in which the rule names them."""
    return tuple([await slot_of(ctx, spec, about, allows_own=allows_own) for spec in specs])


async def _profiles(
    ctx: Context, spec: Approvers, about: About
) -> tuple[Sequence[UUID] | set[UUID], UUID | None]:
    match spec.who:
        case "people":
            return await queries.of_addresses(ctx, spec.emails), None
        case "group":
            group_id = await group_named(ctx, spec.name)
            return (await members_of(ctx, group_id) if group_id else []), group_id
        case "role":
            return await profiles_with_roles(ctx, [spec.name]), None
        case "manager":
            if about.requester_user_id is None:
                return [], None
            leading = await queries.managers_of(ctx, about.requester_user_id)
            return await queries.of_users(ctx, leading), None
        case "holders":
            return await _holders(ctx, spec, about), None
        case "company":
            relation = about.resource.relations.get(spec.via)
            company = about.record.get(relation.column) if relation else None
            if company is None:
                return [], None
            return await queries.of_company(ctx, UUID(str(company)), spec.name), None
    return await _named(ctx, spec, about)


async def group_named(ctx: Context, name: str) -> UUID | None:
    """The group with this name that is in use, however it is written."""
    key = unicodedata.normalize("NFKC", name).casefold().strip()
    groups = ctx.services.registry.resources["groups"]
    row = await ctx.every(groups).filter(name_key=key, active=True).first()
    return row.id if row else None


async def _holders(ctx: Context, spec: Approvers, about: About) -> set[UUID]:
    kind, key = about.resource.name, about.record.get("id")
    if spec.via:
        relation = about.resource.relations.get(spec.via)
        if relation is None:
            return set()
        kind, key = relation.resource, about.record.get(relation.column)
    if key is None:
        return set()
    holders = await queries.holders_on(ctx, spec.name, kind, UUID(str(key)))
    return await profiles_of_holders(ctx, holders) if holders else set()


async def _named(ctx: Context, spec: Approvers, about: About) -> tuple[Sequence[UUID], UUID | None]:
    relation = about.resource.relations.get(spec.via)
    key = about.record.get(relation.column) if relation else None
    if relation is None or key is None:
        return [], None
    named = UUID(str(key))
    if relation.resource == "profiles":
        return [named], None
    if relation.resource == "users":
        return await queries.of_users(ctx, [named]), None
    if relation.resource == "groups":
        return await members_of(ctx, named), named
    column = _COLUMN.get(relation.resource)
    return (await queries.of_person(ctx, column, named) if column else []), None
