"""The operator's API: `/platform/v1/tenants`, guarded by the installation's operator key."""

import asyncio
import hmac
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from annotated_types import MaxLen, MinLen
from pydantic import BaseModel, ConfigDict
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from infra.kernel.admission import require_known
from infra.kernel.described import described
from infra.kernel.egress import Egress, EgressFailed, EgressRefused
from infra.kernel.errors import BadRequest, Conflict, Fault, Invalid, NotFound, Unauthorized
from infra.kernel.ids import parse
from infra.kernel.ratelimit import Policy, RateLimiter, address_key
from infra.kernel.representation import to_json
from infra.kernel.rest import json_body
from infra.kernel.schema import parse_body
from infra.kernel.services import Services
from tenants import provisioning, tokens
from tenants.signin.requests import address_of, services_of

Handler = Callable[[Request], Awaitable[Response]]
Text = Annotated[str, MinLen(1), MaxLen(200)]
OPERATOR = Policy("operator", limit=30, window_seconds=60, lease_max=1)
CHALLENGE_PATH = "/.well-known/atrium-challenge"


class HostUnproven(Conflict):
    """The host does not show the challenge."""

    type, title = "host-unproven", "The host does not show the challenge"


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class NewTenant(_Body):
    """A tenant to make, and its first admin."""

    slug: Text
    name: Text
    plan: Text = "standard"
    admin_email: Annotated[str, MinLen(3), MaxLen(254)]
    admin_name: Text = "Administrator"
    admin_password: Annotated[str, MaxLen(1000)] | None = None


class NewHost(_Body):
    """A host that a tenant wants to be reached by."""

    host: Annotated[str, MinLen(1), MaxLen(253)]


class Confirmed(_Body):
    """The slug again, for there is no way back."""

    confirm: Text


async def create(request: Request) -> Response:
    """Make a tenant; the first admin's key is in the answer and nowhere else."""
    values = parse_body(NewTenant, await _body(request))
    made = await provisioning.create(services_of(request), **values)
    return _json(asdict(made), 201, {"Location": f"/platform/v1/tenants/{made.id}"})


async def index(request: Request) -> Response:
    """Tenants in the order in which they were made, a page at a time."""
    after_text = request.query_params.get("after")
    after = parse(after_text) if after_text else None
    limit_text = request.query_params.get("limit", "50")
    limit = int(limit_text) if limit_text.isdecimal() and len(limit_text) < 5 else 0
    faults: list[Fault] = []
    if after_text and after is None:
        faults.append(Fault("after", "cursor", "is no cursor of ours"))
    if not 1 <= limit <= 200:
        faults.append(Fault("limit", "range", "must be 1 to 200"))
    if faults:
        raise BadRequest(faults)
    rows = await provisioning.list_tenants(services_of(request), after, limit + 1)
    more = rows[limit - 1]["id"] if len(rows) > limit else None
    return _json({"data": rows[:limit], "next": more})


async def read(request: Request) -> Response:
    """One tenant."""
    return _json(await provisioning.one(services_of(request), _key(request)))


async def suspend(request: Request) -> Response:
    """Let nobody into a tenant."""
    return _json(await provisioning.suspend(services_of(request), _key(request)))


async def resume(request: Request) -> Response:
    """Open a suspended tenant again."""
    return _json(await provisioning.resume(services_of(request), _key(request)))


async def export(request: Request) -> Response:
    """All that a tenant has, as a zip."""
    services = services_of(request)
    tenant = await provisioning.one(services, _key(request))
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="atrium-export-"))
    path = folder / f"{tenant['slug']}.zip"
    try:
        await provisioning.export(services, tenant["id"], path)
    except BaseException:
        _remove(path)
        raise
    return FileResponse(
        path,
        media_type="application/zip",
        filename=path.name,
        background=BackgroundTask(_remove, path),
    )


async def erase(request: Request) -> Response:
    """Delete a tenant with all its records and files; answers the proof."""
    services = services_of(request)
    tenant = await provisioning.one(services, _key(request))
    values = parse_body(Confirmed, await _body(request))
    if values["confirm"] != tenant["slug"]:
        raise Invalid([Fault("/confirm", "mismatch", "must repeat the tenant's slug")])
    return _json(await provisioning.erase(services, tenant["id"]))


async def hosts(request: Request) -> Response:
    """A tenant's own hosts."""
    return _json({"data": await provisioning.hosts(services_of(request), _key(request))})


async def claim(request: Request) -> Response:
    """Claim a host for a tenant; the answer says what proves that it is its own."""
    values = parse_body(NewHost, await _body(request))
    told = await provisioning.claim_host(services_of(request), _key(request), values["host"])
    where = f"http://{told['host']}{CHALLENGE_PATH}"
    return _json(told | {"serve": {"url": where, "body": told["challenge"]}}, 201)


async def verify(request: Request) -> Response:
    """Look whether the host shows the challenge; only then does it lead to the tenant."""
    services = services_of(request)
    host = request.path_params["host"]
    claimed = await provisioning.hosts(services, _key(request))
    row = next((row for row in claimed if row["host"] == host), None)
    if row is None:
        raise NotFound("the tenant has not claimed this host")
    try:
        answer = await services.get(Egress).request("GET", f"http://{host}{CHALLENGE_PATH}")
    except (EgressRefused, EgressFailed) as error:
        raise HostUnproven(f"http://{host}{CHALLENGE_PATH}: {error}") from error
    shown = answer.body[:200].strip()
    if answer.status != 200 or not hmac.compare_digest(shown, row["challenge"].encode()):
        raise HostUnproven(f"http://{host}{CHALLENGE_PATH} must answer with the challenge alone")
    return _json(await provisioning.confirm_host(services, _key(request), host))


async def release(request: Request) -> Response:
    """Give a host up."""
    await provisioning.release_host(
        services_of(request), _key(request), request.path_params["host"]
    )
    return Response(status_code=204)


def _operators(handler: Handler) -> Handler:
    """Only for whoever has the operator key; its tries are counted by address."""

    async def guarded(request: Request) -> Response:
        services: Services = services_of(request)
        given = tokens.bearer(request.headers.get("authorization")) or ""
        wanted = services.settings.operator_key
        # An installation without a key has no operator's API at all: nothing is equal to nothing.
        if not wanted or not hmac.compare_digest(tokens.digest(given), tokens.digest(wanted)):
            where = address_key(address_of(request))
            await services.get(RateLimiter).enforce((where, OPERATOR))
            raise Unauthorized("send the operator key")
        require_known(request)
        return await handler(request)

    guarded.__doc__ = handler.__doc__
    return guarded


async def _body(request: Request) -> Any:
    return await json_body(request, most=64 * 1024)


def _key(request: Request) -> str | UUID:
    text: str = request.path_params["tenant"]
    return parse(text) or text


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    if isinstance(body, dict | list):
        return Response(to_json(body), status, headers, media_type="application/json")
    return JSONResponse(body, status, headers)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.parent.rmdir()


_JSON = "application/json"
_TENANT, _TENANTS, _HOST, _HOSTS, _PROOF = (
    {"type": "object", "title": title}
    for title in ("Tenant", "Tenants", "Tenant host", "Tenant hosts", "Erasure proof")
)


def _route(
    path: str,
    handler: Handler,
    method: str,
    answers: dict[int, tuple[str, Any]],
    body: type[BaseModel] | None = None,
    **more: Any,
) -> Route:
    name = more.pop("name", handler.__name__)
    describe = described(
        f"platform.{name}",
        tag="platform",
        summary=(handler.__doc__ or "").partition("\n")[0],
        answers=answers,
        body=(_JSON, body) if body else None,
        security=("operator",),
        **more,
    )
    endpoint = describe(_operators(handler))
    return Route(f"/platform/v1/tenants{path}", endpoint, methods=[method])


_CREATED = {
    "type": "object",
    "title": "New tenant",
    "required": [each.name for each in fields(provisioning.Created)],
    "properties": {
        each.name: {"type": "boolean" if each.name == "invited" else "string"}
        for each in fields(provisioning.Created)
    },
}
_PAGE = {"limit": {"type": "integer", "minimum": 1, "maximum": 200}, "after": {"type": "string"}}
_ZIP = {200: ("application/zip", {"type": "string", "format": "binary"})}

routes = (
    _route("", create, "POST", {201: (_JSON, _CREATED)}, NewTenant),
    _route("", index, "GET", {200: (_JSON, _TENANTS)}, query=_PAGE),
    _route("/{tenant}", read, "GET", {200: (_JSON, _TENANT)}),
    _route("/{tenant}/suspend", suspend, "POST", {200: (_JSON, _TENANT)}),
    _route("/{tenant}/resume", resume, "POST", {200: (_JSON, _TENANT)}),
    _route("/{tenant}/export", export, "GET", _ZIP, name="download"),
    _route("/{tenant}/export", export, "POST", _ZIP),
    _route("/{tenant}/erase", erase, "POST", {200: (_JSON, _PROOF)}, Confirmed),
    _route("/{tenant}/hosts", hosts, "GET", {200: (_JSON, _HOSTS)}),
    _route("/{tenant}/hosts", claim, "POST", {201: (_JSON, _HOST)}, NewHost),
    _route("/{tenant}/hosts/{host}/verify", verify, "POST", {200: (_JSON, _HOST)}),
    _route("/{tenant}/hosts/{host}", release, "DELETE", {204: ("", None)}),
)
