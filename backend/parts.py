"""The parts of the upper floors that a process carries, for the web application and the worker."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping

import structlog
from starlette.requests import Request

from infra.kernel import ratelimit, telemetry
from infra.kernel.access import Caller
from infra.kernel.attachments import storage_of
from infra.kernel.egress import Egress
from infra.kernel.ratelimit import CALLER, TENANT, RateLimiter
from infra.kernel.services import Services
from infra.kernel.wakeups import Wakeups
from infra.kernel.worker_loop import run_worker
from portals.rendering import Renderer
from tenants.directory.hosts import Hosts
from tenants.oidc.provider import Providers
from tenants.passwords import Hashing
from tenants.signin.authenticator import Authenticator

log = structlog.get_logger(__name__)


async def provide(services: Services) -> None:
    """Put in place what handlers, actions and jobs ask for by its type."""
    limiter = RateLimiter(services.redis, enabled=services.settings.rate_limits)
    limiter.refused = telemetry.observe_refusal
    services.provide(limiter)
    egress = Egress(services.settings)
    services.provide(egress)
    services.provide(Hosts(services.database, services.settings))
    services.provide(Hashing())
    authenticator = Authenticator(services)
    services.provide(authenticator)
    services.callers = authenticator
    services.provide(Providers(egress, services.settings))
    storage_of(services)
    services.provide(Renderer())
    wakeups = Wakeups(services.redis, services.database)
    services.provide(wakeups)
    services.announce = wakeups.announce


async def admit(request: Request, caller: Caller) -> Mapping[str, str]:
    """Let the request pass, or raise TooMany; answers the RateLimit fields."""
    services: Services = request.app.state.services
    limiter = services.get(RateLimiter)
    who = caller.proof.credential_id if caller.proof else caller.profile_id
    own = await limiter.check(f"{caller.tenant_id}:{who}", CALLER)
    shared = await limiter.check(str(caller.tenant_id), TENANT)
    for decision in (own, shared):
        if not decision.allowed:
            raise ratelimit.refusal(decision)
    return ratelimit.headers(own)


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
