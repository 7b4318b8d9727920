"""The parts of the upper floors that a process carries, for the web application and the worker."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator
from functools import cache

import structlog
from starlette.requests import Request

from backend.platform.responsibilities.effects import EffectsOnAccess
from backend.platform.responsibilities.proposing import Previewed
from infra.kernel import ratelimit, telemetry
from infra.kernel.access import Caller
from infra.kernel.access_effects import AccessEffects
from infra.kernel.admission import tell
from infra.kernel.attachments import storage_of
from infra.kernel.proposals import Proposals
from infra.kernel.ratelimit import CALLER, Policy, RateLimiter
from infra.kernel.services import Services
from infra.kernel.wakeups import Wakeups
from infra.kernel.worker_loop import run_worker
from portals.rendering import Renderer
from tenants.furnishing import furnish
from tenants.plans import plan

log = structlog.get_logger(__name__)


async def provide(services: Services) -> None:
    """Put in place what handlers, actions and jobs ask for by its type."""
    limiter = RateLimiter(services.redis, enabled=services.settings.rate_limits)
    limiter.refused = telemetry.observe_refusal
    services.provide(limiter)
    furnish(services)
    storage_of(services)
    services.provide(Renderer())
    services.provide(Previewed(), as_type=Proposals)
    services.provide(EffectsOnAccess(), as_type=AccessEffects)
    wakeups = Wakeups(services.redis, services.database)
    services.provide(wakeups)
    services.announce = wakeups.announce


def settle_memory() -> None:
    """What start-up made stays: the collector need not walk it again and again while it serves."""
    gc.collect()
    gc.freeze()


async def admit(request: Request, caller: Caller) -> None:
    """Let the request pass, telling the RateLimit fields of the tighter limit, or raise TooMany.

    Whoever asks too much alone is turned away before the tenant is charged for it.
    """
    services: Services = request.app.state.services
    limiter = services.get(RateLimiter)
    who = caller.proof.credential_id if caller.proof else caller.profile_id
    own = await limiter.check(f"{caller.tenant_id}:{who}", CALLER)
    if not own.allowed:
        raise ratelimit.refusal(own)
    shared = await limiter.check(str(caller.tenant_id), tenant_policy(caller.tenant_plan))
    if not shared.allowed:
        raise ratelimit.refusal(shared)
    tighter = min(own, shared, key=lambda decision: decision.remaining)
    tell(request, ratelimit.headers(tighter))


@cache
def tenant_policy(plan_name: str) -> Policy:
    """What all of a tenant's people and programs may ask together, by its plan."""
    agreed = plan(plan_name)
    return Policy(f"tenant-{agreed.name}", agreed.requests_per_minute, 60, lease_max=200)


@contextlib.asynccontextmanager
async def begin_work(services: Services) -> AsyncIterator[None]:
    """The background work in this process, ended with it."""
    stop = asyncio.Event()
    working = asyncio.create_task(run_worker(services, stop=stop))
    try:
        yield
    finally:
        stop.set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(working, 25)
