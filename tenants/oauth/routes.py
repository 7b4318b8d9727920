"""The OAuth endpoints (RFC 6749, 7009, 7636, 8414)."""

from typing import Any

from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from infra.kernel.described import described
from infra.kernel.errors import TooMany
from tenants.directory.hosts import Hosts
from tenants.oauth import consent, exchange
from tenants.oauth.actions import GRANT_TYPES
from tenants.oauth.desk import Answer
from tenants.signin.requests import (
    FORM,
    address_of,
    identify,
    read_body,
    services_of,
)


class Consent(BaseModel):
    """What the person answered; the other members are those of the request."""

    model_config = ConfigDict(extra="forbid")

    client_id: str
    redirect_uri: str
    response_type: str = "code"
    scope: str = ""
    state: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""
    allow: bool


class Tokens(BaseModel):
    """RFC 6749 §5.1."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str
    refresh_token: str | None = None


_ANY = {"type": "object"}
_FORM_BODY = {
    "type": "object",
    "properties": {
        name: {"type": "string"}
        for name in (
            "grant_type", "client_id", "client_secret", "scope", "code", "redirect_uri",
            "code_verifier", "refresh_token", "token", "token_type_hint",
        )
    },
}  # fmt: skip
_REFUSED = dict.fromkeys((400, 401, 429), ("application/json", _ANY))


@described(
    "oauth.token",
    tag="oauth",
    answers={200: ("application/json", Tokens)} | _REFUSED,
    body=(FORM, _FORM_BODY),
    problems=("413", "503"),
    security=(),
)
async def token(request: Request) -> Response:
    """Exchange a code, a refresh token or the client's own secret for an access token."""
    return await _asked(request, exchange.token)


@described(
    "oauth.revoke",
    tag="oauth",
    answers={200: ("application/json", _ANY)} | _REFUSED,
    body=(FORM, _FORM_BODY),
    problems=("413", "503"),
    security=(),
)
async def revoke(request: Request) -> Response:
    """End a token."""
    return await _asked(request, exchange.revoke)


@described(
    "oauth.authorize",
    tag="oauth",
    answers={200: ("application/json", _ANY), 303: ("", None)},
    query={
        name: {"type": "string"}
        for name in (
            "client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge",
            "code_challenge_method",
        )
    },
    security=("session",),
)  # fmt: skip
async def authorize(request: Request) -> Response:
    """What a program asks for, for the page that asks the person."""
    if "text/html" in request.headers.get("accept", ""):
        # A person's browser: the page asks who they are, and then what they allow.
        return RedirectResponse(f"/consent?{request.url.query}", status_code=303)
    caller = await identify(request)
    try:
        asked = await consent.examine(services_of(request), caller, dict(request.query_params))
    except consent.RefusedToClient as refused:
        return RedirectResponse(refused.location, status_code=303)
    return JSONResponse(asked.told())


@described(
    "oauth.decide",
    tag="oauth",
    answers={200: ("application/json", _ANY)},
    body=("application/json", Consent),
    security=("session",),
)
async def decide(request: Request) -> Response:
    """The person agrees or does not; either way the program is told at its own address."""
    caller = await identify(request)
    services = services_of(request)
    values, _ = await read_body(request, Consent)
    try:
        asked = await consent.examine(services, caller, values)
        if not values["allow"]:
            raise consent.RefusedToClient(asked.redirect_uri, "access_denied", asked.state)
        location = await consent.agree(services, caller, asked)
    except consent.RefusedToClient as refused:
        location = refused.location
    return JSONResponse({"location": location})


@described(
    "oauth.metadata",
    tag="oauth",
    answers={200: ("application/json", _ANY)},
    problems=("429",),
    security=(),
)
async def metadata(request: Request) -> Response:
    """What this authorization server can do (RFC 8414)."""
    issuer = f"{_scheme(request)}://{request.headers.get('host', '').lower()}"
    return JSONResponse(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/oauth/authorize",
            "token_endpoint": f"{issuer}/oauth/token",
            "revocation_endpoint": f"{issuer}/oauth/revoke",
            "response_types_supported": ["code"],
            "grant_types_supported": list(GRANT_TYPES),
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": [
                "client_secret_basic",
                "client_secret_post",
                "none",
            ],
            "authorization_response_iss_parameter_supported": False,
        }
    )


async def _asked(request: Request, endpoint: Any) -> Response:
    """Read a form as RFC 6749 has it, and answer as it has it."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != FORM:
        return _told((400, {"error": "invalid_request", "error_description": f"send {FORM}"}, []))
    pairs = (await request.form(max_files=0, max_fields=50)).multi_items()
    form = dict(pairs)
    if len(form) != len(pairs) or not all(isinstance(value, str) for value in form.values()):
        detail = "a parameter is given twice"
        return _told((400, {"error": "invalid_request", "error_description": detail}, []))
    services = services_of(request)
    site = await services.get(Hosts).site(request.headers.get("host"))
    try:
        answer = await endpoint(
            services,
            form,
            request.headers.get("authorization"),
            client_address=address_of(request),
            tenant_id=site.tenant_id if site else None,
        )
    except TooMany as slow:
        retry = [("Retry-After", str(round(slow.retry_after or 1)))]
        answer = (429, {"error": "slow_down"}, retry)
    return _told(answer)


def _told(answer: Answer) -> Response:
    status, body, headers = answer
    kept = {name: value for name, value in headers if name.lower() != "content-type"}
    return JSONResponse(
        dict(body) if body else {},
        status_code=status,
        headers=kept | {"Cache-Control": "no-store", "Pragma": "no-cache"},
    )


def _scheme(request: Request) -> str:
    return services_of(request).settings.base_url.partition("://")[0]


routes = (
    Route("/oauth/token", token, methods=["POST"]),
    Route("/oauth/revoke", revoke, methods=["POST"]),
    Route("/oauth/authorize", authorize, methods=["GET"]),
    Route("/oauth/authorize", decide, methods=["POST"]),
    Route("/.well-known/oauth-authorization-server", metadata, methods=["GET"]),
)
