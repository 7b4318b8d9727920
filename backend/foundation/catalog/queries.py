"""Writes of the catalogue that are one statement for many rows."""

from uuid import UUID

from infra.kernel.context import Context


async def offer_all(ctx: Context, catalog_id: UUID, *, is_open: bool) -> None:
    """Offer what is published in the catalogue, or take it all away. The catalogue's own change is
    what is audited; this only follows from it."""
    await ctx.execute(
        """UPDATE catalog_items SET offered = $3, version = version + 1, updated_at = $4
            WHERE tenant_id = $1 AND catalog_id = $2 AND state = 'published'
              AND offered IS DISTINCT FROM $3""",
        ctx.tenant_id,
        catalog_id,
        is_open,
        ctx.now,
    )
