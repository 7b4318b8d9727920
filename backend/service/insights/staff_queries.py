"""Names of those who work on cases: no secret among those who may read these cases."""

from collections.abc import Sequence
from uuid import UUID

from infra.kernel.context import Context


async def staff_names(ctx: Context, profile_ids: Sequence[UUID]) -> dict[str, str]:
    """Profile → name."""
    rows = await ctx.fetch(
        """SELECT p.id, u.name FROM profiles p
             JOIN users u ON u.tenant_id = p.tenant_id AND u.id = p.user_id
            WHERE p.tenant_id = $1 AND p.id = ANY ($2)""",
        ctx.tenant_id,
        list(profile_ids),
    )
    return {str(row["id"]): row["name"] for row in rows}
