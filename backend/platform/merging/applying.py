"""Merging: all that named the others comes to name the one that stays, in one transaction."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from backend.platform.duplicates.queries import settle_pairs
from backend.platform.duplicates.screening import rekey_all
from backend.platform.merging import queries
from backend.platform.merging.errors import MergeBlocked, MergedAlready, MergeTooLarge
from backend.platform.merging.models import Merge
from backend.platform.merging.planning import (
    CAUSED,
    REVERSE,
    ROWS_MOST,
    MergePlan,
    Sight,
    choice_faults,
    collisions,
    look,
    plan,
    resource_of,
    value_of,
)
from backend.platform.merging.queries import Reference, Snapshot, Table, Twins
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid, NotFound, Stale
from infra.kernel.ids import uuid7
from infra.kernel.resource import Resource


@dataclass
class Recorder:
    """Remembers every row that a merge touches, step by step."""

    ctx: Context
    merge_id: UUID
    steps: int = 0
    rows: int = 0
    _watched: dict[str, dict[UUID, str]] = field(default_factory=dict)

    async def watch(self, table: str, ids: Sequence[UUID]) -> None:
        """Take a picture of rows that are about to be saved."""
        self._watched.setdefault(table, {}).update(await queries.picture(self.ctx, table, ids))

    async def settle(self) -> None:
        """Compare the pictures with what the rows have become; that is one step."""
        await self.ctx.flush()
        for table, before in self._watched.items():
            after = await queries.picture(self.ctx, table, list(before))
            await self.keep(
                [
                    Snapshot(table, key, told, after.get(key))
                    for key, told in before.items()
                    if after.get(key) != told
                ]
            )
        self._watched = {}

    async def keep(self, rows: Sequence[Snapshot]) -> None:
        """Remember a step."""
        if not rows:
            return
        self.steps += 1
        self.rows += len(rows)
        await queries.keep(self.ctx, self.merge_id, self.steps, rows)

    async def told(self, rows: Sequence[Snapshot]) -> None:
        """Remember a step of hand-written SQL, and audit it."""
        await self.keep(rows)
        for row in rows:
            resource = resource_of(self.ctx, row.table)
            changes = queries.difference(row.before, row.after)
            if resource is None:
                self.ctx.note(self.ctx.action, row.table, row.row_id, changes)
            else:
                verb = "updated" if row.after else "deleted"
                self.ctx.changed(resource, row.row_id, changes if row.after else {}, verb)


Follow = Callable[[Context, Recorder, Any, list[Any]], Awaitable[None]]
"""What a domain does of its own, before the references move or after."""

Ending = Callable[[Context, Recorder, Any], Awaitable[None]]
"""How a record ends that has become part of another; it is saved afterwards."""


async def deactivate(_ctx: Context, _recorder: Recorder, loser: Any) -> None:
    """A customer that is part of another is one no more."""
    loser.state = type(loser.state).INACTIVE


@dataclass(frozen=True)
class Manner:
    """What is particular to merging records of one kind."""

    fixed: frozenset[str] = frozenset()
    """Fields that nobody chooses."""
    skip: tuple[str, ...] = ()
    """Columns by which records of this kind name one another, which stay as they are."""
    stay: frozenset[str] = frozenset()
    """Tables whose rows go on naming the record that ended."""
    before: Follow | None = None
    after: Follow | None = None
    end: Ending = deactivate
    is_customer: bool = True
    """Search finds only the one that stays, and what people reach by it is reckoned anew."""


CUSTOMER = Manner()


async def merge(
    ctx: Context,
    resource: Resource,
    winner: Any,
    sources: Sequence[UUID],
    *,
    fields: Mapping[str, UUID],
    versions: Mapping[UUID, int],
    dry_run: bool,
    manner: Manner = CUSTOMER,
) -> MergePlan:
    """Merge the sources into the winner, or say what that would do. Raises Invalid, Stale,
    MergeBlocked, each naming everything that is wrong."""
    losers = await find_all(ctx, resource, winner, sources)
    if faults := choice_faults(ctx, resource, winner, losers, fields, manner.fixed):
        raise Invalid(faults)
    refuse_stale([winner, *losers], versions)
    sight = await look(ctx, resource, manner.skip, manner.stay)
    told = await plan(ctx, sight, winner, losers, fields)
    if dry_run:
        return told
    if told.conflicts:
        raise MergeBlocked(
            "merge or move these first",
            conflicts=[obstacle.model_dump(mode="json") for obstacle in told.conflicts],
        )
    if sum(move.count for move in told.moves) > ROWS_MOST:
        raise MergeTooLarge(f"one merge moves at most {ROWS_MOST} records")
    told.merge_id = await apply(ctx, sight, winner, losers, fields, manner)
    return told


async def apply(
    ctx: Context,
    sight: Sight,
    winner: Any,
    losers: list[Any],
    fields: Mapping[str, UUID],
    manner: Manner,
) -> UUID:
    """Do it; answers the id by which it can be undone."""
    resource = sight.resource
    row = Merge(
        id=uuid7(), resource=resource.name, record_id=winner.id,
        merged_ids=[loser.id for loser in losers],
        taken={column: str(source) for column, source in fields.items()},
    )  # fmt: skip
    recorder = Recorder(ctx, row.id)
    await ctx.save(row)
    if manner.before is not None:
        await manner.before(ctx, recorder, winner, losers)
        await recorder.settle()
    await take_over(ctx, recorder, resource, winner, losers, fields, manner.end)
    for loser in losers:
        for reference in sight.references:
            await move(ctx, recorder, sight, reference, loser, winner)
    if manner.after is not None:
        await manner.after(ctx, recorder, winner, losers)
        await recorder.settle()
    row.rows_changed = recorder.rows
    await ctx.save(row)
    await ctx.flush()
    await rekey_all(ctx, resource.name, [winner.id, *(loser.id for loser in losers)])
    await settle_pairs(ctx, resource.name, [winner.id, *(loser.id for loser in losers)])
    if manner.is_customer:
        await queries.forget_words(ctx, resource, row.merged_ids)
        await queries.reach_anew(ctx)
    return row.id


async def take_over(
    ctx: Context,
    recorder: Recorder,
    resource: Resource,
    winner: Any,
    losers: list[Any],
    fields: Mapping[str, UUID],
    end: Ending,
) -> None:
    """The others end, and hand their person and the chosen values to the one that stays."""
    values = {c: value_of([winner, *losers], source, c) for c, source in fields.items()}
    heir = None
    await recorder.watch(resource.table, [loser.id for loser in losers])
    for loser in losers:
        loser.merged_into_id = winner.id
        await end(ctx, recorder, loser)
        if "user_id" in resource.columns and loser.user_id is not None:
            person = winner.user_id or heir or loser.user_id
            if loser.user_id == person:
                heir, loser.user_id = person, None
        await ctx.save(loser)
    await recorder.settle()
    await recorder.watch(resource.table, [winner.id])
    for column, value in values.items():
        setattr(winner, column, value)
    if heir is not None and winner.user_id is None:
        winner.user_id = heir
    await ctx.save(winner)
    await recorder.settle()


async def move(
    ctx: Context, recorder: Recorder, sight: Sight, reference: Any, loser: Any, winner: Any
) -> None:
    """Move one reference, after making room for it."""
    table = sight.tables[reference.table]
    for collision in await collisions(ctx, sight, reference, loser.id, winner.id):
        if collision.handling == "demote":
            await recorder.told(await queries.demote(ctx, table, collision.column, collision.ids))
        elif collision.handling == "fold":
            await fold(ctx, recorder, sight, table, collision.pairs)
        elif collision.handling == "remove":
            await recorder.told(await queries.remove(ctx, table.name, collision.ids))
        elif collision.handling == "leave":
            await recorder.told(await queries.retire(ctx, table, collision.ids))
            return
        else:
            raise MergeBlocked(f"{collision.rule} stands in the way")
    kind = sight.resource.name
    rows = await queries.move(ctx, reference, table, kind, loser.id, winner.id)
    await recorder.told(rows)


async def fold(
    ctx: Context, recorder: Recorder, sight: Sight, table: Table, pairs: Sequence[Twins]
) -> None:
    """Let rows go that others double: what they let people have goes too, what names them names
    the other from now on, or nothing. The other side of each goes when its column moves."""
    ids = [gone for gone, _ in pairs]
    children = await sight.naming(ctx, table.name)
    known = await queries.tables_named(ctx, list({child.table for child in children}))
    for child in children:
        if child == Reference(table.name, REVERSE):
            continue
        named = await queries.ids_naming(ctx, child, table.name, ids)
        if not named:
            continue
        if child == CAUSED:
            await recorder.told(await queries.remove(ctx, child.table, named))
            continue
        for gone, kept in pairs:
            place = known[child.table]
            rows = await queries.move(ctx, child, place, table.name, gone, kept)
            await recorder.told(rows)
    await recorder.told(await queries.remove(ctx, table.name, ids))


async def find_all(
    ctx: Context, resource: Resource, winner: Any, sources: Sequence[UUID]
) -> list[Any]:
    """The records to merge, locked, as far as the caller may merge them; raises Invalid naming
    each that is not there, and MergedAlready."""
    faults, found = [], []
    for position, source in sorted(enumerate(sources), key=lambda pair: pair[1]):
        pointer = f"/from/{position}"
        if source == winner.id or source in sources[:position]:
            faults.append(Fault(pointer, "repeated", "is named already"))
            continue
        try:
            found.append(await ctx.get(resource, source, verb="merge", lock=True))
        except NotFound:
            faults.append(Fault(pointer, "not_found", "there is no such record"))
    if faults:
        raise Invalid(sorted(faults, key=lambda fault: fault.pointer))
    for record in (winner, *found):
        if record.merged_into_id is not None:
            told = record.number if resource.number else record.name
            raise MergedAlready(f"{told} was merged into another {resource.title}")
    return sorted(found, key=lambda record: sources.index(record.id))


def refuse_stale(records: Sequence[Any], versions: Mapping[UUID, int]) -> None:
    """Raises Stale naming every record that is not in the version it was looked at."""
    faults = [
        Fault(f"/versions/{record.id}", "stale", f"is in version {record.version}")
        for record in records
        if versions.get(record.id, record.version) != record.version
    ]
    known = {record.id for record in records}
    faults += [
        Fault(f"/versions/{key}", "not_found", "is none of the records that are merged")
        for key in versions
        if key not in known
    ]
    if faults:
        raise Stale("the records have changed since they were read", faults=faults)
