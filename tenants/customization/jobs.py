"""What a change of a field means for records that are there already, a few at a time."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from infra.kernel.custom.customs import field_of
from infra.kernel.custom.indexing import index_rows, table_of
from infra.kernel.jobs import JobRun, job
from infra.kernel.resource import Resource
from tenants.customization import queries
from tenants.customization.models import CustomField
from tenants.customization.resources import custom_fields
from tenants.customization.rules import row_of

_BATCH = 1_000
_WORDS_BATCH = 500
_REPAIR_SECONDS = 60
_HOUR = 3_600.0


@job("customization.build_index", network=True, timeout_seconds=_HOUR)
async def build_index(run: JobRun, *, field_id: UUID) -> None:
    """Index what records say in a field, then let lists use it."""
    async with run.transaction() as ctx:
        began = ctx.now
        field: CustomField | None = await ctx.find(custom_fields, field_id)
        of = await queries.count_records(ctx, _table(ctx, field)) if field else 0
    if not await _index(run, field_id, of, None):
        return
    async with run.transaction() as ctx:
        found: CustomField | None = await ctx.find(custom_fields, field_id, lock=True)
        if found is None or found.index_state != "building":
            return
        found.index_state = "ready"
        await ctx.save(found)
        # A request that was under way when the field was marked did not know of its index.
        ctx.enqueue(
            "customization.repair_index",
            {"field_id": str(field_id), "since": (began - timedelta(minutes=5)).isoformat()},
            run_at=ctx.now + timedelta(seconds=_REPAIR_SECONDS),
        )


@job("customization.repair_index", network=True, timeout_seconds=_HOUR)
async def repair_index(run: JobRun, *, field_id: UUID, since: datetime) -> None:
    """Index anew what changed while a field was being marked."""
    await _index(run, field_id, 0, since)


async def _index(run: JobRun, field_id: UUID, of: int, since: datetime | None) -> bool:
    """Go over the records; False where the field is no longer to be indexed."""
    after: UUID | None = None
    done = 0
    while True:
        async with run.transaction() as ctx:
            field: CustomField | None = await ctx.find(custom_fields, field_id)
            if field is None or not field.active or not field.indexed:
                return False
            known = field_of(row_of(field))
            rows = await queries.next_values(
                ctx, _table(ctx, field), field.key, after, since, _BATCH
            )
            ids = [record_id for record_id, _ in rows]
            values = [
                row
                for record_id, text in rows
                for row in index_rows(known, record_id, orjson.loads(text) if text else None)
            ]
            if ids:
                await queries.write_index(ctx, table_of(known)[0], field_id, values, ids)
        done += len(rows)
        await run.progress(done=done, of=max(of, done))
        if len(rows) < _BATCH:
            return True
        after = ids[-1]


@job("customization.clear_index", network=True, timeout_seconds=_HOUR)
async def clear_index(run: JobRun, *, field_id: UUID) -> None:
    """Empty the index of a field that is not indexed any more."""
    while True:
        async with run.transaction() as ctx:
            field: CustomField | None = await ctx.find(custom_fields, field_id)
            if field is not None and field.index_state != "none":
                return
            if not await queries.clear_index(ctx, field_id, 10 * _BATCH):
                return


@job("customization.refresh_words", network=True, timeout_seconds=_HOUR)
async def refresh_words(run: JobRun, *, resource: str) -> None:
    """Search the words anew that records of a resource say."""
    after: UUID | None = None
    done = 0
    while True:
        async with run.transaction() as ctx:
            on: Resource = ctx.services.registry.resources[resource]
            query = ctx.every(on).order_by("id").limit(_WORDS_BATCH)
            rows: list[Any] = await (query.filter(id__gt=after) if after else query)
            for row in rows:
                await ctx.refresh(row)
        done += len(rows)
        await run.progress(done=done)
        if len(rows) < _WORDS_BATCH:
            return
        after = rows[-1].id


@job("customization.purge", network=True, timeout_seconds=_HOUR)
async def purge(run: JobRun, *, field_id: UUID) -> None:
    """Remove every value of a retired field, its index, and then the field."""
    done = 0
    while True:
        async with run.transaction() as ctx:
            field: CustomField | None = await ctx.find(custom_fields, field_id, lock=True)
            if field is None or field.active:
                return
            gone = await queries.forget_values(ctx, _table(ctx, field), field.key, _BATCH)
            gone += await queries.clear_index(ctx, field_id, _BATCH)
            if gone == 0:
                ctx.note("custom_fields.purge", custom_fields, field.id, {"records": done})
                await ctx.delete(field)
                break
        done += gone
        await run.progress(done=done)
    if field.searchable:
        async with run.transaction() as ctx:
            ctx.enqueue("customization.refresh_words", {"resource": field.resource})


def _table(ctx: Any, field: CustomField) -> str:
    resource: Resource = ctx.services.registry.resources[field.resource]
    return resource.table
