"""The effect on access of any change, for whoever plans one further down."""

from collections.abc import Mapping
from typing import Any

from backend.platform.responsibilities.concerned import Watching
from backend.platform.responsibilities.preview import effect
from infra.kernel.access_effects import AccessEffects, Attempt
from infra.kernel.context import Context


class EffectsOnAccess(AccessEffects):
    """Tries the change and compares what everybody concerned reaches, as the preview does."""

    async def of(self, ctx: Context, attempt: Attempt) -> Mapping[str, Any] | None:
        await ctx.flush()
        watching = Watching(ctx.services, ctx.connection, ctx.caller, action=ctx.action)

        async def again() -> None:
            watching.touched.clear()
            await attempt(watching)
            await watching.flush()

        told = await effect(watching, again, "read")
        return told.model_dump(mode="json")
