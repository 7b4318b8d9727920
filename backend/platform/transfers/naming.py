"""Which records the keys in a batch of rows name, each kind of key asked for once."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from backend.platform.transfers.columns import EXTERNAL
from backend.platform.transfers.queries import named_by_column, named_outside
from infra.kernel.context import Context
from infra.kernel.ids import parse
from infra.kernel.resource import Resource

Key = tuple[str, str, str]
"""Resource, how the record is named, the name."""


async def named(ctx: Context, source: str, wanted: Iterable[Key]) -> dict[Key, UUID]:
    """Key → id, as far as the caller may read the record; others are as if they were not there."""
    groups: dict[tuple[str, str], set[str]] = {}
    for kind, by, key in wanted:
        groups.setdefault((kind, by), set()).add(key)
    found: dict[Key, UUID] = {}
    for (kind, by), keys in groups.items():
        resource = ctx.services.registry.resources[kind]
        ids = await _ids(ctx, resource, by, source, list(keys))
        seen = await readable(ctx, resource, list(ids.values()))
        found |= {(kind, by, key): id_ for key, id_ in ids.items() if id_ in seen}
    return found


async def _ids(
    ctx: Context, resource: Resource, by: str, source: str, keys: Sequence[str]
) -> dict[str, UUID]:
    if by == EXTERNAL:
        return await named_outside(ctx, resource, source, keys)
    if by == "id":
        parsed = ((key, parse(key.strip())) for key in keys)
        return {key: id_ for key, id_ in parsed if id_ is not None}
    return await named_by_column(ctx, resource, by, keys)


async def readable(ctx: Context, resource: Resource, ids: Sequence[UUID]) -> set[UUID]:
    """Those of the ids that the caller may read."""
    return await reaching(ctx, resource, ids, "read")


async def reaching(ctx: Context, resource: Resource, ids: Sequence[UUID], verb: str) -> set[UUID]:
    """Those of the ids that are records on which the caller has the verb."""
    plan = ctx.plan(resource)
    if not ids or not plan.may(verb):
        return set()
    statement = ctx.services.lists.reached(plan, verb)
    slots = {"tenant_id": ctx.tenant_id, "ids": list(ids)}
    rows = await ctx.fetch(statement.text, *statement.values(ctx.caller.attributes, slots))
    return {row["id"] for row in rows}
