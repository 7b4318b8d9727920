"""`/api/v1/config`: the configuration's verbs at the address where one looks for them."""

import io
import zipfile
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.kernel.actions import ActionDefinition, definition_of
from infra.kernel.admission import caller_of
from infra.kernel.described import described
from infra.kernel.performing import Outcome, perform
from infra.kernel.reading import read_list
from infra.kernel.representation import to_json
from infra.kernel.rest import json_body
from tenants.configuration.actions import bundles, revisions
from tenants.configuration.answers import Application, Bundle, Checksum, Comment, PacksTold, Plan
from tenants.configuration.reading import BYTES_MAX
from tenants.configuration.resources import config_revisions
from tenants.signin.requests import address_of, services_of

ZIP, JSON = "application/zip", "application/json"
_NO_STORE = {"Cache-Control": "no-store"}
_EPOCH = (1980, 1, 1, 0, 0, 0)


class PackBody(BaseModel):
    """How a pack is applied."""

    base_checksum: Checksum | None = None
    comment: Comment = ""


class HistoryPage(BaseModel):
    """Revisions, the newest first."""

    data: list[dict[str, Any]]
    next: str | None


async def _do(request: Request, action: Any, body: Any = None) -> Outcome:
    caller = await caller_of(request)
    definition: ActionDefinition = definition_of(action)
    return await perform(
        services_of(request),
        caller,
        definition.permission,
        body=body,
        idempotency_key=request.headers.get("idempotency-key")
        if request.method == "POST"
        else None,
        request_id=getattr(request.state, "request_id", ""),
        origin=address_of(request),
    )


def _answer(outcome: Outcome) -> Response:
    headers = _NO_STORE | outcome.headers
    return Response(outcome.content(), outcome.status, headers=headers, media_type=JSON)


async def _body(request: Request) -> Any:
    return await json_body(request, most=2 * BYTES_MAX)


@described(
    "config.export",
    tag="config",
    answers={200: (JSON, Bundle)},
    problems=("400", "401", "403", "429", "503"),
)
async def export(request: Request) -> Response:
    """All that admins configure, as files of YAML; a zip where `Accept` asks for one."""
    outcome = await _do(request, bundles.export)
    bundle: Bundle = outcome.body
    headers = _NO_STORE | {"ETag": f'"{bundle.checksum}"', "Vary": "Accept"}
    if ZIP in request.headers.get("accept", ""):
        name = {"Content-Disposition": 'attachment; filename="configuration.zip"'}
        return Response(zipped(bundle.files), headers=headers | name, media_type=ZIP)
    return Response(to_json(bundle), headers=headers, media_type=JSON)


def zipped(files: dict[str, str]) -> bytes:
    """The files as a zip that is the same for the same files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[path])
    return content.getvalue()


def _request_of(action: Any) -> tuple[str, type[BaseModel]]:
    return (JSON, definition_of(action).body("staff"))


@described(
    "config.plan",
    tag="config",
    answers={200: (JSON, Plan)},
    body=_request_of(bundles.plan),
)
async def plan(request: Request) -> Response:
    """What applying these files would change, weaken and be refused for; nothing is changed."""
    return _answer(await _do(request, bundles.plan, await _body(request)))


@described(
    "config.apply",
    tag="config",
    answers={200: (JSON, Application)},
    body=_request_of(bundles.apply),
    headers=("Idempotency-Key",),
)
async def apply(request: Request) -> Response:
    """Make the configuration what these files say: all of it, or nothing with every fault named."""
    return _answer(await _do(request, bundles.apply, await _body(request)))


@described(
    "config.rollback",
    tag="config",
    answers={200: (JSON, Application)},
    body=_request_of(revisions.rollback),
    headers=("Idempotency-Key",),
)
async def rollback(request: Request) -> Response:
    """Make the configuration again what it was in a revision of its history."""
    return _answer(await _do(request, revisions.rollback, await _body(request)))


@described(
    "config.history",
    tag="config",
    answers={200: (JSON, HistoryPage)},
    query={"limit": {"type": "integer"}, "after": {"type": "string"}},
    problems=("400", "401", "403", "409", "429", "503"),
)
async def history(request: Request) -> Response:
    """Every state that the configuration was in, by hand or by bundle, the newest first."""
    await _do(request, revisions.keep_up)
    caller = await caller_of(request)
    query = dict(request.query_params)
    page = await read_list(services_of(request), caller, config_revisions.name, query)
    return Response(to_json(page.body()), headers=_NO_STORE, media_type=JSON)


@described(
    "config.packs",
    tag="config",
    answers={200: (JSON, PacksTold)},
    problems=("400", "401", "403", "429", "503"),
)
async def packs(request: Request) -> Response:
    """Bundles that come with the product."""
    return _answer(await _do(request, bundles.packs))


@described("config.packs.plan", tag="config", answers={200: (JSON, Plan)})
async def plan_pack(request: Request) -> Response:
    """What a pack would add to the configuration or change in it."""
    return _answer(await _do(request, bundles.plan_pack, {"name": request.path_params["name"]}))


@described(
    "config.packs.apply",
    tag="config",
    answers={200: (JSON, Application)},
    body=(JSON, PackBody),
    body_required=False,
    headers=("Idempotency-Key",),
)
async def apply_pack(request: Request) -> Response:
    """Put a pack's objects beside what is there; nothing is deleted."""
    body = await _body(request)
    named = {"name": request.path_params["name"]}
    return _answer(
        await _do(request, bundles.apply_pack, body | named if isinstance(body, dict) else body)
    )


routes = (
    Route("/api/v1/config", export, methods=["GET"]),
    Route("/api/v1/config/plan", plan, methods=["POST"]),
    Route("/api/v1/config/apply", apply, methods=["POST"]),
    Route("/api/v1/config/rollback", rollback, methods=["POST"]),
    Route("/api/v1/config/history", history, methods=["GET"]),
    Route("/api/v1/config/packs", packs, methods=["GET"]),
    Route("/api/v1/config/packs/{name}/plan", plan_pack, methods=["POST"]),
    Route("/api/v1/config/packs/{name}/apply", apply_pack, methods=["POST"]),
)
