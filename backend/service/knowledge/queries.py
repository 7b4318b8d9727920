"""Reads about articles that a View cannot say."""

from collections.abc import Sequence
from uuid import UUID

from infra.kernel.context import Context


async def unknown_models(ctx: Context, model_ids: Sequence[UUID]) -> list[UUID]:
    """Those of the ids that are no product model's."""
    rows = await ctx.fetch(
        "SELECT id FROM product_models WHERE tenant_id = $1 AND id = ANY ($2)",
        ctx.tenant_id,
        list(model_ids),
    )
    known = {row["id"] for row in rows}
    return [each for each in model_ids if each not in known]
