"""The record that somebody names to ask about."""

from uuid import UUID

from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid, NotFound
from infra.kernel.resource import Resource


async def require_record(ctx: Context, kind: str, record_id: UUID) -> Resource:
    """The resource, once the caller may read this record of it; raises Invalid."""
    resource = ctx.services.registry.resources.get(kind)
    if resource is None:
        raise Invalid([Fault("/kind", "unknown", "there is no such resource")])
    try:
        await ctx.get(resource, record_id)
    except NotFound:
        raise Invalid([Fault("/record_id", "not_found", "there is no such record")]) from None
    return resource
