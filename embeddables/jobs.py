"""What this floor does beside requests."""

from embeddables.queries import sweep
from infra.kernel.context import Context
from infra.kernel.jobs import periodic


@periodic("modules.sweep", every_seconds=6 * 3600)
async def sweep_sessions(ctx: Context) -> None:
    """Forget visitors' sessions and identity tokens that ended long ago."""
    await sweep(ctx)
