"""Trees of records: whatever is moved, nothing becomes a part of itself, not even where two people
move two ends at once."""

from uuid import UUID

from backend.foundation.products.queries import below, is_part_of, lock_tree
from infra.kernel.context import Context
from infra.kernel.errors import Conflict
from infra.kernel.resource import Resource


async def require_no_cycle(
    ctx: Context, resource: Resource, part_id: UUID, whole_id: UUID, refusal: type[Conflict]
) -> None:
    """Raises the refusal where the whole lies below the part, or is it. Trees of a resource change
    one at a time from here to the end of the transaction."""
    await lock_tree(ctx, resource.table)
    if await is_part_of(ctx, resource.table, whole_id, part_id):
        raise refusal(f"the {resource.title} would become a part of itself")


async def tree_of(ctx: Context, resource: Resource, root_id: UUID) -> list[UUID]:
    """The record and everything below it, the record first; the tree stands still from here on."""
    await lock_tree(ctx, resource.table)
    return await below(ctx, resource.table, root_id)
