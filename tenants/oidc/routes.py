"""The two addresses of a sign-in by OpenID Connect, and the list of providers for its page."""

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from infra.kernel.described import described
from infra.kernel.errors import Unauthorized
from infra.kernel.ratelimit import SIGN_IN_ADDRESS, RateLimiter, address_key
from tenants.oidc import flow
from tenants.oidc.resources import identity_providers
from tenants.redirects import local_path
from tenants.signin.cookies import Cookies
from tenants.signin.requests import address_of, services_of, site_of
from tenants.signin.routes import welcome


@described(
    "auth.providers",
    tag="auth",
    answers={200: ("application/json", {"type": "object"})},
    problems=("404", "429", "503"),
    security=(),
)
async def providers(request: Request) -> Response:
    """With which providers people can sign in here."""
    site = await site_of(request)
    async with services_of(request).system(site.tenant_id, reason="oidc") as ctx:
        rows = await ctx.every(identity_providers).filter(active=True).order_by("title")
    return JSONResponse({"data": [{"name": row.name, "title": row.title} for row in rows]})


@described(
    "auth.oidc_start",
    tag="auth",
    answers={303: ("", None)},
    query={"next": {"type": "string"}, "invitation": {"type": "string"}},
    security=(),
)
async def start(request: Request) -> Response:
    """Send the browser to the provider."""
    site = await site_of(request)
    services = services_of(request)
    await _limit(request)
    cookies = Cookies(services.settings)
    response = RedirectResponse("/", status_code=303)
    browser = cookies.browser(request.cookies) or cookies.mark_browser(response)
    url = await flow.start(
        services,
        site.tenant_id,
        request.path_params["provider"],
        browser=browser,
        next_path=local_path(request.query_params.get("next")),
        invitation=request.query_params.get("invitation", ""),
    )
    response.headers["location"] = url
    return response


@described(
    "auth.oidc_callback",
    tag="auth",
    answers={303: ("", None)},
    query={name: {"type": "string"} for name in ("code", "state", "iss")},
    security=(),
)
async def callback(request: Request) -> Response:
    """Take the provider's answer."""
    site = await site_of(request)
    services = services_of(request)
    await _limit(request)
    query = request.query_params
    if len(query) != len(query.multi_items()):
        raise Unauthorized(flow.REFUSED)
    arrived = await flow.finish(
        services,
        site.tenant_id,
        request.path_params["provider"],
        browser=Cookies(services.settings).browser(request.cookies),
        state=query.get("state", ""),
        code=query.get("code", "")[:2000],
        issuer=query.get("iss"),
    )
    return await welcome(request, arrived.session, arrived.next_path, is_form=True)


async def _limit(request: Request) -> None:
    where = address_key(address_of(request))
    await services_of(request).get(RateLimiter).enforce((where, SIGN_IN_ADDRESS))


routes = (
    Route("/auth/oidc", providers, methods=["GET"]),
    Route("/auth/oidc/{provider}/start", start, methods=["GET"]),
    Route("/auth/oidc/{provider}/callback", callback, methods=["GET"]),
)
