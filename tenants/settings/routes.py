"""`GET` and `PATCH /api/v1/settings`: staff read what their tenant has chosen, admins choose."""

from typing import cast

from pydantic import BaseModel, ConfigDict, create_model
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.kernel.access import Caller
from infra.kernel.admission import caller_of
from infra.kernel.context import Context
from infra.kernel.database import Connection
from infra.kernel.described import described
from infra.kernel.errors import Fault, Invalid
from infra.kernel.representation import to_json
from infra.kernel.rest import json_body
from tenants.settings.model import TenantSettings
from tenants.settings.store import NAME, choose, chosen, etag, require
from tenants.signin.requests import address_of, services_of

_ANSWER = {200: ("application/json", TenantSettings)}
SettingsPatch = cast(
    "type[BaseModel]",
    create_model(  # type: ignore[call-overload]
        "SettingsPatch",
        __config__=ConfigDict(extra="forbid", strict=True),
        **{
            name: (field.rebuild_annotation() | None, None)
            for name, field in TenantSettings.model_fields.items()
        },
    ),
)
"""Any of the settings; null for the default."""


@described("settings", tag=NAME, answers=_ANSWER, problems=("400", "401", "403", "429", "503"))
async def read(request: Request) -> Response:
    """What the tenant has chosen, with the defaults for the rest."""
    caller = await caller_of(request)

    async def work(connection: Connection, caller: Caller) -> TenantSettings:
        require(caller, "read")
        return await chosen(Context(services_of(request), connection, caller))

    return _answer(await services_of(request).transact(caller, work, read_only=True))


@described(
    "settings.update",
    tag=NAME,
    answers=_ANSWER,
    body=("application/json", SettingsPatch),
    headers=("If-Match",),
    problems=("400", "401", "403", "412", "413", "415", "422", "429", "503"),
)
async def update(request: Request) -> Response:
    """Change some of the tenant's settings by a merge patch; they hold from the next request on."""
    services = services_of(request)
    caller = await caller_of(request)
    require(caller, "update")
    patch = await json_body(
        request,
        most=services.settings.json_bytes_max,
        types=("application/json", "application/merge-patch+json"),
    )
    if not isinstance(patch, dict):
        raise Invalid([Fault("", "not_an_object", "must be a JSON object")])

    async def work(connection: Connection, caller: Caller) -> TenantSettings:
        require(caller, "update")
        ctx = Context(
            services,
            connection,
            caller,
            action="settings.update",
            request_id=getattr(request.state, "request_id", ""),
            origin=address_of(request),
        )
        settings = await choose(ctx, patch, if_match=request.headers.get("if-match"))
        await ctx.flush()
        return settings

    return _answer(await services.transact(caller, work))


def _answer(settings: TenantSettings) -> Response:
    return Response(
        to_json(settings),
        media_type="application/json",
        headers={"ETag": etag(settings), "Cache-Control": "no-store"},
    )


routes = (
    Route("/api/v1/settings", read, methods=["GET"]),
    Route("/api/v1/settings", update, methods=["PATCH"]),
)
