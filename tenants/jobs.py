"""What this floor does beside requests."""

from infra.kernel.context import Context
from infra.kernel.jobs import job, periodic
from tenants.credentials.queries import sweep
from tenants.signin import resets
from tenants.standards.giving import give_all


@job("signin.send_reset", attempts_max=4)
async def send_reset(ctx: Context, *, email: str) -> None:
    """Mail a key to the person with this address, where there is one."""
    await resets.send_reset(ctx, email)


@periodic("tenants.give_standards", every_seconds=3600)
async def give_standards(ctx: Context) -> None:
    """Give the tenant what the standard has gained since it was made, and nothing twice."""
    await give_all(ctx)


@periodic("credentials.sweep", every_seconds=6 * 3600)
async def sweep_credentials(ctx: Context) -> None:
    """Forget what ended long ago."""
    await sweep(ctx)
