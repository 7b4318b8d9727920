"""Who gains and who loses what by a change: asked where one is planned, known further up."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from infra.kernel.context import Context

Attempt = Callable[[Context], Awaitable[Any]]
"""Makes the change with the context that it is given; it is run more than once, and undone."""


class AccessEffects:
    """Knows nothing. A floor that does provides its own in place of this one."""

    async def of(self, ctx: Context, attempt: Attempt) -> Mapping[str, Any] | None:
        """What the attempt would give and take, in this transaction; nothing of it is left."""
        return None


async def access_effects(ctx: Context, attempt: Attempt) -> Mapping[str, Any] | None:
    """Ask whoever knows; None where nobody does."""
    try:
        known = ctx.services.get(AccessEffects)
    except LookupError:
        return None
    return await known.of(ctx, attempt)
