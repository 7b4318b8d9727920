"""Undoing a merge."""

from itertools import groupby
from uuid import UUID

from backend.platform.duplicates.screening import rekey_all
from backend.platform.merging import queries
from backend.platform.merging.errors import ChangedSinceMerge, MergeNotUndoable
from backend.platform.merging.events import MergeUndone
from backend.platform.merging.models import Merge, MergeState
from backend.platform.merging.planning import collection_of, resource_of
from backend.platform.merging.queries import Snapshot
from backend.platform.merging.resources import merges
from infra.kernel.actions import action
from infra.kernel.context import Context

NAMED_MOST = 100


@action(merges, audiences=("staff",), emits=(MergeUndone,))
async def undo(ctx: Context, merge: Merge) -> None:
    """Give every record back what it was before the merge, if none has changed since."""
    await take_apart(ctx, merge)


async def take_apart(ctx: Context, merge: Merge) -> None:
    """Undo a merge; raises MergeNotUndoable, and ChangedSinceMerge naming what has changed."""
    if merge.state is not MergeState.APPLIED:
        raise MergeNotUndoable(f"it is {merge.state}")
    steps = await queries.kept(ctx, merge.id)
    await refuse_changed(ctx, steps)
    tables = await queries.tables_named(ctx, list({row.table for _, row in steps}))
    for (_, table), rows in groupby(steps, key=lambda pair: (pair[0], pair[1].table)):
        await queries.restore(ctx, tables[table], [row for _, row in rows])
    for row in first_and_last(steps).values():
        resource = resource_of(ctx, row.table)
        changes = queries.difference(row.after, row.before)
        if resource is None:
            ctx.note(ctx.action, row.table, row.row_id, changes)
        else:
            ctx.changed(resource, row.row_id, changes, "updated" if row.after else "created")
    parties = [merge.record_id, *merge.merged_ids]
    await queries.reindex(ctx, ctx.services.registry.resources[merge.resource], parties)
    await rekey_all(ctx, merge.resource, parties)
    merge.state, merge.undone_at = MergeState.UNDONE, ctx.now
    await ctx.save(merge)
    await queries.reach_anew(ctx)
    ctx.emit(MergeUndone(merge.id, resource=merge.resource))


def first_and_last(steps: list[tuple[int, Snapshot]]) -> dict[tuple[str, UUID], Snapshot]:
    """Each row once: as it was before the first step and after the last. Last steps come first."""
    found: dict[tuple[str, UUID], Snapshot] = {}
    for _, row in steps:
        key = (row.table, row.row_id)
        after = found[key].after if key in found else row.after
        found[key] = Snapshot(row.table, row.row_id, row.before, after)
    return found


async def refuse_changed(ctx: Context, steps: list[tuple[int, Snapshot]]) -> None:
    """Raises ChangedSinceMerge naming every record that is not as the merge left it."""
    by_table: dict[str, dict[UUID, str | None]] = {}
    for (table, row_id), row in first_and_last(steps).items():
        by_table.setdefault(table, {})[row_id] = row.after
    changed = []
    for table, rows in sorted(by_table.items()):
        await queries.lock(ctx, table, list(rows))
        name = collection_of(ctx, table)
        found = await queries.changed_since(ctx, table, rows)
        changed += [{"collection": name, "id": str(key)} for key in sorted(found)]
    if changed:
        raise ChangedSinceMerge(
            f"{len(changed)} records have changed since", changed=changed[:NAMED_MOST]
        )
