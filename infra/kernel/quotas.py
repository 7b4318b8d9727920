"""How much of a thing a tenant may have: asked where it is added, known by a floor above."""

from infra.kernel.context import Context
from infra.kernel.errors import Conflict


class QuotaReached(Conflict):
    """The tenant's plan allows no more of this."""

    type, title = "quota-reached", "The plan allows no more"


class Quotas:
    """Admits everything."""

    async def require_room(self, ctx: Context, limit: str, wanted: int) -> None:
        """Raise QuotaReached where `wanted` more do not fit below the limit of this name."""


async def require_room(ctx: Context, limit: str, wanted: int = 1) -> None:
    """Ask whoever knows the tenant's plan; raises QuotaReached."""
    try:
        quotas = ctx.services.get(Quotas)
    except LookupError:
        return
    await quotas.require_room(ctx, limit, wanted)
