"""How a page of another site comes in: its address counted, its origin on the module's list, its
session the module's own. There are no cookies here, so no answer ever allows credentials."""

import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from embeddables.keys import parse_key
from embeddables.queries import Site, is_listed, site_of
from infra.kernel.access import Caller
from infra.kernel.errors import BadRequest, Fault, Forbidden, NotFound, Unauthorized
from infra.kernel.problems import problem_response
from infra.kernel.ratelimit import Policy, RateLimiter, address_key, refusal
from infra.kernel.services import Services
from tenants.directory.hosts import Hosts
from tenants.signin.authenticator import Authenticator
from tenants.signin.requests import address_of

PREFIX = "/embed/v1"
ADDRESS = Policy("widget-address", limit=300, window_seconds=60)
MODULE = Policy("widget-module", limit=12_000, window_seconds=60, lease_max=200)
SESSIONS = Policy("widget-session", limit=120, window_seconds=60)
STRANGERS = Policy("widget-case", limit=10, window_seconds=600, lease_max=1)

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Visit:
    """A request that was let in: which site it comes from, and as whom."""

    services: Services
    site: Site
    caller: Caller

    @property
    def is_identified(self) -> bool:
        return self.caller.audience == "customer"


def door(handler: Handler) -> Handler:
    """Answer refusals as problems, and tell the browser whether the page may read the answer."""

    @functools.wraps(handler)
    async def answer(request: Request) -> Response:
        try:
            response = await handler(request)
        except ClientDisconnect:
            return Response(status_code=499)
        except Exception as error:  # noqa: BLE001 - every error becomes an answer here
            response = problem_response(request, error)
        response.headers["Vary"] = "Origin"
        response.headers["Cache-Control"] = "no-store"
        origin = getattr(request.state, "welcome_origin", None)
        if origin is not None:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = "Retry-After, Idempotent-Replayed"
        return response

    return answer


def services_of(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


async def preflight(request: Request) -> Response:
    """Whether the page may send what it asked to send (the Fetch standard's CORS protocol)."""
    await count(request, ADDRESS)
    origin = request.headers.get("origin", "")
    allowed = False
    if key := request.query_params.get("module"):
        site = await _load(request, key)
        allowed = site is not None and origin in site.origins
    elif origin:
        allowed = await _belongs_to_the_host(request, origin)
    headers = {"Vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"}
    if allowed:
        headers |= {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key",
            "Access-Control-Max-Age": "600",
        }
    return Response(status_code=204, headers=headers)


async def site_with(request: Request, key: str) -> Site:
    """The module of this key, its origin admitted. Raises NotFound, Forbidden, TooMany."""
    site = await _load(request, key)
    if site is None:
        raise NotFound("no such module")
    await _admit(request, site)
    return site


async def visit(request: Request, *, query: frozenset[str] = frozenset()) -> Visit:
    """Let a request with a session in. Raises BadRequest for a parameter it does not know,
    Unauthorized, Forbidden, TooMany."""
    await count(request, ADDRESS)
    # Known first, so that a page can read why its session is no longer good.
    key = request.query_params.get("module")
    named = await site_with(request, key) if key else None
    services = services_of(request)
    host = request.headers.get("host", "")
    caller = await services.get(Authenticator).bearer(
        request.headers.get("authorization"), host, kinds=("module_session",)
    )
    module_id: UUID = caller.attributes["module_id"]
    site = named or await _load_of(services, caller.tenant_id, module_id)
    if site is None or site.id != module_id or site.tenant_id != caller.tenant_id:
        raise Unauthorized("the session is another module's")
    if named is None:
        await _admit(request, site)
    unknown = request.query_params.keys() - query - {"module"}
    if unknown:
        text = "is not a parameter here"
        raise BadRequest([Fault(name, "unknown", text) for name in sorted(unknown)])
    return Visit(services, site, caller)


async def count(request: Request, policy: Policy) -> None:
    """Charge the address; raises TooMany."""
    where = address_key(address_of(request))
    decision = await services_of(request).get(RateLimiter).check(where, policy)
    if not decision.allowed:
        raise refusal(decision)


async def _admit(request: Request, site: Site) -> None:
    origin = request.headers.get("origin")
    if origin is not None:
        # Whole and as it is: `null`, other schemes, ports and suffixes are other origins.
        if origin not in site.origins:
            raise Forbidden("this page is not one of the module's")
        request.state.welcome_origin = origin
    limiter = services_of(request).get(RateLimiter)
    decision = await limiter.check(f"{site.tenant_id}:{site.id}", MODULE)
    if not decision.allowed:
        raise refusal(decision)


async def _load(request: Request, key: str) -> Site | None:
    ids = parse_key(key)
    if ids is None:
        return None
    # A tenant's own host answers for that tenant alone.
    host = await services_of(request).get(Hosts).site(request.headers.get("host"))
    if host is not None and host.tenant_id != ids[0]:
        return None
    return await _load_of(services_of(request), *ids)


async def _load_of(services: Services, tenant_id: UUID, module_id: UUID) -> Site | None:
    async with services.database.transaction(tenant_id, read_only=True) as connection:
        return await site_of(connection, tenant_id, module_id)


async def _belongs_to_the_host(request: Request, origin: str) -> bool:
    """Where the address names no module, a tenant's host stands for all of its modules."""
    services = services_of(request)
    host = await services.get(Hosts).site(request.headers.get("host"))
    if host is None:
        return False
    async with services.database.transaction(host.tenant_id, read_only=True) as connection:
        return await is_listed(connection, host.tenant_id, origin)
