"""What a merge would do: which references move, which values are taken, what stands in its way."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from backend.platform.merging import queries
from backend.platform.merging.queries import Reference, Table, Twins, Unique
from infra.kernel.context import Context
from infra.kernel.errors import Fault
from infra.kernel.model import Record
from infra.kernel.resource import Resource

ROWS_MOST = 20_000
ALONE = {"profiles"}
"""Tables whose rows stay with the record that was merged where the other has one of its own."""
CAUSED = Reference("held_responsibilities", "source_id", "source_kind")
"""What a row lets people have; where it doubles another, that one lets them have the same."""
GOING = {"remove", "fold"}
REVERSE = "reverse_id"
"""How a row names its other side, which goes where it goes."""


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


class Dropped(BaseModel):
    """A row that says what one of the record that stays says already, or that joins the two that
    become one; undoing the merge brings it back."""

    collection: str
    id: UUID
    kept_id: UUID | None


class MergePlan(BaseModel):
    """What a merge does, or would do; `merge_id` is what it is undone by."""

    merge_id: UUID | None = None
    record_id: UUID
    merged_ids: list[UUID]
    taken: dict[str, UUID]
    moves: list[Move]
    dropped: list[Dropped]
    conflicts: list[Obstacle]


@dataclass(frozen=True)
class Collision:
    """Rows that would break a rule of their table, and what becomes of them."""

    rule: str
    pairs: tuple[Twins, ...]
    handling: str
    column: str = ""

    @property
    def ids(self) -> list[UUID]:
        return [gone for gone, _ in self.pairs]


@dataclass
class Sight:
    """The schema around the records that are merged."""

    resource: Resource
    references: list[Reference]
    tables: dict[str, Table]
    children: dict[str, list[Reference]] = field(default_factory=dict)

    async def naming(self, ctx: Context, table: str) -> list[Reference]:
        """Every column that names rows of a table, asked once."""
        if table not in self.children:
            self.children[table] = await queries.references_to(ctx, table)
        return self.children[table]


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
    """What would break a unique index, or join a record to itself, if the reference moved."""
    table = sight.tables[reference.table]
    found = []
    for pair in table.apart:
        if reference.column in pair:
            other = pair[1 - pair.index(reference.column)]
            loops = await queries.between(ctx, table.name, reference.column, other, old, new)
            if loops:
                handling = await let_go(ctx, sight, table, loops)
                found.append(Collision(f"{pair[0]}_is_not_{pair[1]}", tuple(loops), handling))
    for unique in table.uniques:
        if reference.column not in unique.keys:
            continue
        pairs = await queries.colliding(ctx, reference, sight.resource.name, unique, old, new)
        if pairs:
            handling, column = await handle(ctx, sight, table, unique, pairs)
            found.append(Collision(unique.name, tuple(pairs), handling, column))
    return found


async def handle(
    ctx: Context, sight: Sight, table: Table, unique: Unique, pairs: Sequence[Twins]
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
    return await let_go(ctx, sight, table, pairs), ""


async def let_go(ctx: Context, sight: Sight, table: Table, pairs: Sequence[Twins]) -> str:
    """Whether rows may go: freely, or once what names them names the row that stays, or never."""
    children = await sight.naming(ctx, table.name)
    ids = [gone for gone, _ in pairs]
    named = [c for c in children if await queries.count_naming(ctx, c, table.name, ids)]
    if not named:
        return "remove"
    if await queries.are_opposed(ctx, table, pairs):
        return "refuse"
    other_side = Reference(table.name, REVERSE)
    following = [child for child in named if child not in (other_side, CAUSED)]
    if following and other_side not in children:
        return "refuse"
    if any(kept is None for _, kept in pairs):
        known = await queries.tables_named(ctx, [child.table for child in following])
        if any(c.kind_column or c.column in known[c.table].needed for c in following):
            return "refuse"
    return "fold"


async def plan(
    ctx: Context,
    sight: Sight,
    winner: Record,
    losers: Sequence[Record],
    taken: Mapping[str, UUID],
) -> MergePlan:
    """Count what moves and find what forbids it, changing nothing."""
    moves, obstacles = [], []
    dropped: dict[UUID, Dropped] = {}
    ids = [loser.id for loser in losers]
    for reference in sight.references:
        name = collection_of(ctx, reference.table)
        count = await queries.count_naming(ctx, reference, sight.resource.name, ids)
        if not count:
            continue
        moves.append(Move(collection=name, column=reference.column, count=count))
        for position, loser in enumerate(losers):
            for earlier in (winner, *losers[:position]):
                for one in await collisions(ctx, sight, reference, loser.id, earlier.id):
                    if one.handling == "refuse":
                        obstacles.append(Obstacle(collection=name, ids=one.ids, rule=one.rule))
                    elif one.handling in GOING:
                        dropped |= {
                            gone: Dropped(collection=name, id=gone, kept_id=kept)
                            for gone, kept in one.pairs
                            if gone not in dropped
                        }
    return MergePlan(
        record_id=winner.id,
        merged_ids=ids,
        taken=dict(taken),
        moves=moves,
        dropped=list(dropped.values()),
        conflicts=obstacles,
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
