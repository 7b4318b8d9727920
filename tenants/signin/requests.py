"""What a sign-in handler asks of a request: whose site and session, from where, what body."""

from typing import Any

import orjson
from pydantic import BaseModel
from starlette.requests import Request

from infra.kernel.access import Caller
from infra.kernel.errors import BadRequest, Fault, Invalid, NotFound, Unauthorized, UnsupportedMedia
from infra.kernel.ratelimit import client_address, trusted_networks
from infra.kernel.schema import parse_body
from infra.kernel.services import Services
from tenants import csrf
from tenants.directory.hosts import Hosts, Site
from tenants.signin.authenticator import Authenticator
from tenants.signin.cookies import Cookies

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def services_of(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


async def site_of(request: Request) -> Site:
    """The tenant whose host was asked; raises NotFound for a host that is nobody's or at rest."""
    site = await services_of(request).get(Hosts).site(request.headers.get("host"))
    if site is None or site.state != "active":
        raise NotFound("this host serves no tenant")
    return site


def address_of(request: Request) -> str:
    """Where the request comes from, as far as trusted proxies and nobody else may say."""
    settings = services_of(request).settings
    return client_address(request.scope, trusted_networks(settings.trusted_proxies))


async def identify(request: Request) -> Caller:
    """Who asks: the bearer of a token, or whoever is signed in in this browser.

    Raises Unauthorized for nobody, Forbidden for a token of another tenant's, or for a change by
    cookie that carries no token of this session's.
    """
    services = services_of(request)
    authenticator = services.get(Authenticator)
    host = request.headers.get("host", "")
    if "authorization" in request.headers:
        return await authenticator.bearer(request.headers["authorization"], host)
    token = Cookies(services.settings).session(request.cookies)
    if token is None:
        raise Unauthorized("send an access token or a session")
    caller = await authenticator.authenticate(token, host)
    csrf.require(
        services.settings.secret_key,
        method=request.method,
        headers=request.headers,
        binding=binding_of(caller),
    )
    return caller


async def signed_in(request: Request) -> Caller | None:
    """Whoever is signed in in this browser, or None; for pages, which have their own CSRF field."""
    services = services_of(request)
    token = Cookies(services.settings).session(request.cookies)
    if token is None:
        return None
    try:
        return await services.get(Authenticator).authenticate(
            token, request.headers.get("host", "")
        )
    except Unauthorized:
        return None


def binding_of(caller: Caller) -> str:
    """What the CSRF tokens of a session are bound to."""
    return f"session:{caller.proof.credential_id}" if caller.proof else ""


def browser_binding(mark: str | None) -> str:
    """What the CSRF tokens of a browser without a session are bound to."""
    return f"browser:{mark}" if mark else ""


async def read_body(request: Request, model: type[BaseModel]) -> tuple[dict[str, Any], bool]:
    """The checked body, and whether it was a form. A form's own CSRF token is checked here: the one
    for this session, or before a sign-in the one for this browser."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if csrf.is_cross_site(request.headers):
        csrf.require("", method="POST", headers=request.headers, binding="")
    if media == JSON:
        return parse_body(model, _json(await request.body())), False
    if media != FORM:
        raise UnsupportedMedia(f"send {JSON} or {FORM}")
    values = await _form(request)
    token = values.pop(csrf.FIELD, None)
    await _require_form_token(request, token)
    return parse_body(model, values), True


def _json(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise BadRequest("the body is not JSON") from None


async def _form(request: Request) -> dict[str, Any]:
    form = await request.form(max_files=0, max_fields=50)
    pairs = form.multi_items()
    names = [name for name, _ in pairs]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise Invalid([Fault(f"/{name}", "repeated", "may be given once") for name in repeated])
    return {name: value for name, value in pairs if value != ""}


async def _require_form_token(request: Request, token: str | None) -> None:
    services = services_of(request)
    caller = await signed_in(request)
    mark = Cookies(services.settings).browser(request.cookies)
    binding = binding_of(caller) if caller else browser_binding(mark)
    csrf.require(
        services.settings.secret_key,
        method=request.method,
        headers=request.headers,
        binding=binding,
        form_token=token or "",
    )
