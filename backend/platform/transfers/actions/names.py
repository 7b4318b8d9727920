"""Keeping column maps, and what other systems call our records."""

from typing import Any
from uuid import UUID

from backend.platform.transfers.models import ExternalId, ImportMapping
from backend.platform.transfers.resources import external_ids, import_mappings
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid, NotFound


@action(import_mappings, on="collection", name="create", audiences=("staff",))
async def create_mapping(ctx: Context, **values: Any) -> ImportMapping:
    """Keep a column map under a name, for the next file of its kind."""
    if values["resource"] not in ctx.services.registry.resources:
        raise Invalid([Fault("/resource", "choice", "is no kind of record")])
    given = {name: value for name, value in values.items() if value is not None}
    row = ImportMapping(**given, created_by=ctx.caller.profile_id)
    await ctx.save(row)
    return row


@action(external_ids, on="collection", name="create", audiences=("staff",))
async def create_external_id(ctx: Context, *, record_id: UUID, **values: Any) -> ExternalId:
    """Say what another system calls a record."""
    resource = ctx.services.registry.resources.get(values["kind"])
    if resource is None:
        raise Invalid([Fault("/kind", "choice", "is no kind of record")])
    try:
        await ctx.get(resource, record_id)
    except NotFound:
        message = "there is no such record"
        raise Invalid([Fault("/record_id", "not_found", message)]) from None
    row = ExternalId(record_id=record_id, **values)
    await ctx.save(row)
    ctx.note("external_ids.create", resource, row.record_id, {row.source: row.external_id})
    return row
