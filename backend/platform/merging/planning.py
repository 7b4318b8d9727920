"""What a merge would do: which references move, which values are taken, what stands in its way."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from backend.platform.merging import queries
from backend.platform.merging.queries import Reference, Table, Unique
from infra.kernel.context import Context
from infra.kernel.errors import Fault
from infra.kernel.model import Record
from infra.kernel.resource import Resource

ROWS_MOST = 20_000
ALONE = {"profiles"}
"""Tables whose rows stay with the record that was merged where the other has one of its own."""


class Move(BaseModel):
    """References that come to name the record that stays."""

    collection: str
    column: str
    count: int


class Obstacle(BaseModel):
    """Rows of the two that exclude each other."""

    collection: str
    ids: list[UUID]
    rule: str


class MergePlan(BaseModel):
    """What a merge does, or would do; `merge_id` is what it is undone by."""

    merge_id: UUID | None = None
    record_id: UUID
    merged_ids: list[UUID]
    taken: dict[str, UUID]
    moves: list[Move]
    conflicts: list[Obstacle]


@dataclass(frozen=True)
class Collision:
    """Rows that would break a unique index, and what becomes of them."""

    reference: Reference
    unique: Unique
    ids: tuple[UUID, ...]
    handling: str
    column: str = ""


@dataclass
class Sight:
    """The schema around the records that are merged."""

    resource: Resource
    references: list[Reference]
    tables: dict[str, Table]
    children: dict[str, list[Reference]] = field(default_factory=dict)


async def look(
    ctx: Context, resource: Resource, skip: Collection[str], stay: Collection[str] = ()
) -> Sight:
    """Every column that names records of this kind, and moves with them."""
    found = await queries.references_to(ctx, resource.table)
    registry = ctx.services.registry
    for other in registry.resources.values():
        found += [
            Reference(other.table, relation.column)
            for relation in other.relations.values()
            if relation.resource == resource.name
        ]
    tables = await queries.tables_named(ctx, list({reference.table for reference in found}))
    own = [
        reference
        for reference in dict.fromkeys(found)
        if reference.table in tables
        and reference.column in tables[reference.table].columns
        and reference.table not in stay
        and not (reference.table == resource.table and reference.column in skip)
    ]
    keyed = {(reference.table, reference.column) for reference in own if not reference.kind_column}
    own = [r for r in own if not r.kind_column or (r.table, r.column) not in keyed]
    return Sight(resource, sorted(own, key=lambda r: (r.table, r.column)), tables)


async def collisions(
    ctx: Context, sight: Sight, reference: Reference, old: UUID, new: UUID
) -> list[Collision]:
    """What would break a unique index if the reference moved."""
    table = sight.tables[reference.table]
    found = []
    for unique in table.uniques:
        if reference.column not in unique.keys:
            continue
        ids = await queries.colliding(ctx, reference, sight.resource.name, unique, old, new)
        if ids:
            handling, column = await handle(ctx, sight, table, unique, ids)
            found.append(Collision(reference, unique, tuple(ids), handling, column))
    return found


async def handle(
    ctx: Context, sight: Sight, table: Table, unique: Unique, ids: Sequence[UUID]
) -> tuple[str, str]:
    """A mark is taken off, a link that is there already goes, and what has a number of its own, or
    others depend on, is left."""
    words = set(re.findall(r"[a-z_]+", unique.predicate or ""))
    if marks := sorted(words & table.booleans):
        return "demote", marks[0]
    if table.name in ALONE:
        return "leave", ""
    if "number" in table.columns:
        return "refuse", ""
    if table.name not in sight.children:
        sight.children[table.name] = await queries.references_to(ctx, table.name)
    for child in sight.children[table.name]:
        if await queries.count_naming(ctx, child, table.name, ids):
            return "refuse", ""
    return "remove", ""


async def plan(
    ctx: Context,
    sight: Sight,
    winner: Record,
    losers: Sequence[Record],
    taken: Mapping[str, UUID],
) -> MergePlan:
    """Count what moves and find what forbids it, changing nothing."""
    moves, obstacles = [], []
    ids = [loser.id for loser in losers]
    for reference in sight.references:
        name = collection_of(ctx, reference.table)
        count = await queries.count_naming(ctx, reference, sight.resource.name, ids)
        if not count:
            continue
        moves.append(Move(collection=name, column=reference.column, count=count))
        for loser in losers:
            obstacles += [
                Obstacle(collection=name, ids=list(one.ids), rule=one.unique.name)
                for one in await collisions(ctx, sight, reference, loser.id, winner.id)
                if one.handling == "refuse"
            ]
    return MergePlan(
        record_id=winner.id, merged_ids=ids, taken=dict(taken), moves=moves, conflicts=obstacles
    )


def collection_of(ctx: Context, table: str) -> str:
    """The resource whose table this is, or the table's own name."""
    resource = resource_of(ctx, table)
    return resource.name if resource else table


def resource_of(ctx: Context, table: str) -> Resource | None:
    """The resource whose table this is."""
    found = (r for r in ctx.services.registry.resources.values() if r.table == table)
    return next(found, None)


def choice_faults(
    ctx: Context,
    resource: Resource,
    winner: Record,
    losers: Sequence[Record],
    fields: Mapping[str, UUID],
    fixed: frozenset[str],
) -> list[Fault]:
    """Every reason why these values cannot be taken from these records."""
    view = resource.view(ctx.caller.audience)
    free = set(view.update if view else ()) & ctx.plan(resource).open_columns
    free -= fixed | set(resource.reference_columns) | {"state"}
    known = {winner.id, *(loser.id for loser in losers)}
    faults = []
    for column, source in fields.items():
        if column not in free:
            faults.append(Fault(f"/fields/{column}", "unknown_field", "is no field to choose"))
        elif source not in known:
            message = "is none of the records that are merged"
            faults.append(Fault(f"/fields/{column}", "not_found", message))
    return faults


def value_of(records: Sequence[Record], source: UUID, column: str) -> Any:
    """The value of the record that was chosen."""
    return next(getattr(record, column) for record in records if record.id == source)
