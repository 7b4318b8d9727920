"""The registry as HTTP. One small dispatcher reads resources and actions; there is no route per
noun, so a thousand verbs cost no more to find than one.

    GET    /api/v1/{collection}                 a page
    POST   /api/v1/{collection}                 create
    POST   /api/v1/{collection}/bulk            up to a thousand operations
    POST   /api/v1/{collection}/{verb}          an action on the collection
    GET    /api/v1/{collection}/{id}            one record
    PATCH  /api/v1/{collection}/{id}            change (JSON Merge Patch, RFC 7396)
    DELETE /api/v1/{collection}/{id}            remove
    GET    /api/v1/{collection}/{id}/access     why the caller, or a profile, may see it
    POST   /api/v1/{collection}/{id}/{verb}     an action on a record (GET where it only reads)
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args

import orjson
from pydantic import BaseModel
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.kernel import bulk, explaining, performing
from infra.kernel.access import Caller
from infra.kernel.actions import ActionDefinition
from infra.kernel.admission import Admit, Authenticate, admit_all
from infra.kernel.errors import (
    BadRequest,
    Fault,
    Forbidden,
    Invalid,
    MethodNotAllowed,
    TooLarge,
    UnsupportedMedia,
)
from infra.kernel.etags import names_any, tag_of
from infra.kernel.logs import bind_tenant
from infra.kernel.problems import problem_response
from infra.kernel.ratelimit import client_address, trusted_networks
from infra.kernel.reading import read_list, read_one
from infra.kernel.representation import to_json
from infra.kernel.schema import read_json
from infra.kernel.services import Services
from infra.kernel.wording import is_worded

T = TypeVar("T")
PREFIX = "/api/v1/"
_NO_STORE = {"Cache-Control": "no-store"}
_SCALAR = re.compile(r"true|false|null|-?(?:0|[1-9][0-9]{0,14})")


@dataclass(frozen=True)
class Target:
    """What an address names."""

    collection: str
    key: str | None = None
    actions: Mapping[str, ActionDefinition] = field(default_factory=dict)
    special: str = ""


class Api:
    """ASGI application over the registry; what it does not know goes to `fallback`."""

    def __init__(
        self,
        services: Services,
        authenticate: Authenticate,
        fallback: ASGIApp,
        admit: Admit = admit_all,
    ) -> None:
        self._services = services
        self._authenticate = authenticate
        self._fallback = fallback
        self._admit = admit
        self._trusted = trusted_networks(services.settings.trusted_proxies)
        self._on_collection: dict[str, dict[str, dict[str, ActionDefinition]]] = {}
        self._on_record: dict[str, dict[str, dict[str, ActionDefinition]]] = {}
        for definition in services.registry.actions.values():
            place = self._on_collection if definition.on == "collection" else self._on_record
            of_resource = place.setdefault(definition.resource.name, {})
            of_resource.setdefault(definition.segment, {})[definition.method] = definition
        routes = [route for domain in services.registry.domains for route in domain.routes]
        self._by_hand = frozenset(getattr(route, "path", "") for route in routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        target = self._target(scope["path"]) if scope["type"] == "http" else None
        if target is None or self._is_form(scope):
            await self._fallback(scope, receive, send)
            return
        request = Request(scope, receive)
        scope["route_name"] = _template(target)
        response = await self._respond(request, target)
        await response(scope, receive, send)

    def _is_form(self, scope: Scope) -> bool:
        """Whether a hand-written route takes this: a file sent where others send JSON."""
        return scope["path"] in self._by_hand and any(
            name == b"content-type" and value.lower().startswith(b"multipart/")
            for name, value in scope["headers"]
        )

    def _target(self, path: str) -> Target | None:
        parts = path.removeprefix(PREFIX).split("/")
        name = parts[0]
        if not path.startswith(PREFIX) or name not in self._services.registry.resources:
            return None
        collection = self._on_collection.get(name, {})
        match parts[1:]:
            case []:
                # Without a create of its own the collection's POST may be a hand-written route.
                return Target(name)
            case ["bulk"]:
                return Target(name, special="bulk")
            case [verb] if verb in collection and verb != "create":
                return Target(name, actions=collection[verb])
            case [key] if key:
                return Target(name, key)
            case [key, "access"]:
                return Target(name, key, special="access")
            case [key, verb] if verb in self._on_record.get(name, {}):
                return Target(name, key, self._on_record[name][verb])
        return None

    async def _respond(self, request: Request, target: Target) -> Response:
        try:
            method = "GET" if request.method == "HEAD" else request.method
            handler = self._handler(method, target)
            if handler is None:
                return await self._otherwise(request, target)
            caller = await self._authenticate(request)
            request.state.caller = caller
            bind_tenant(caller.tenant_id)
            await self._admit(request, caller)
            response = await handler(request, caller, target)
        except ClientDisconnect:
            return Response(status_code=499)
        except Exception as error:  # noqa: BLE001 - every error becomes an answer here
            return problem_response(request, error)
        return response

    async def _otherwise(self, request: Request, target: Target) -> Response:
        allowed = ", ".join(sorted(self._methods(target)))
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": allowed})
        response = problem_response(request, MethodNotAllowed(f"use {allowed}"))
        response.headers["Allow"] = allowed
        return response

    def _methods(self, target: Target) -> set[str]:
        tried = ("GET", "POST", "PATCH", "DELETE")
        return {m for m in tried if self._handler(m, target) is not None}

    def _handler(
        self, method: str, target: Target
    ) -> Callable[[Request, Caller, Target], Awaitable[Response]] | None:
        record = self._on_record.get(target.collection, {})
        collection = self._on_collection.get(target.collection, {})
        if target.actions:
            return self._act if method in target.actions else None
        if target.special == "bulk":
            return self._bulk if method == "POST" else None
        if target.special == "access":
            return self._explain if method == "GET" else None
        if target.key is None:
            if method == "POST":
                return self._create if "create" in collection else None
            return self._list if method == "GET" else None
        if method == "GET":
            return self._read
        if method == "PATCH" and "update" in record:
            return self._update
        if method == "DELETE" and "delete" in record:
            return self._delete
        return None

    # ── Handlers ─────────────────────────────────────────────────────────────────────────────

    async def _list(self, request: Request, caller: Caller, target: Target) -> Response:
        query = _query(request)
        page = await self._twice(
            caller, lambda who: read_list(self._services, who, target.collection, query, raw=True)
        )
        return _json(200, to_json(page.body()))

    async def _read(self, request: Request, caller: Caller, target: Target) -> Response:
        key, query = target.key or "", _query(request)
        told, version = await self._twice(
            caller,
            lambda who: read_one(self._services, who, target.collection, key, query, raw=True),
        )
        body = to_json(told)
        resource = self._services.registry.resources[target.collection]
        is_the_record = (
            "version" in resource.columns
            and "expand" not in query
            and not is_worded(resource, caller.audience)
        )
        etag = tag_of(version, None if is_the_record else body)
        if names_any(request.headers.get("if-none-match", ""), etag, weak=True):
            return Response(status_code=304, headers={"ETag": etag} | _NO_STORE)
        return _json(200, body, {"ETag": etag})

    async def _create(self, request: Request, caller: Caller, target: Target) -> Response:
        definition = self._on_collection[target.collection]["create"]["POST"]
        return await self._run(request, caller, definition, None)

    async def _update(self, request: Request, caller: Caller, target: Target) -> Response:
        definition = self._on_record[target.collection]["update"]["PATCH"]
        return await self._run(request, caller, definition, target.key)

    async def _delete(self, request: Request, caller: Caller, target: Target) -> Response:
        definition = self._on_record[target.collection]["delete"]["DELETE"]
        return await self._run(request, caller, definition, target.key)

    async def _act(self, request: Request, caller: Caller, target: Target) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        return await self._run(request, caller, target.actions[method], target.key)

    async def _run(
        self, request: Request, caller: Caller, definition: ActionDefinition, key: str | None
    ) -> Response:
        # The right to the verb is asked before the body is looked at: a refusal teaches nothing.
        caller = await self._allowed(caller, definition)
        asked = performing.Request(
            record_id=key,
            body=await self._arguments(request, caller, definition),
            idempotency_key=request.headers.get("idempotency-key")
            if request.method == "POST"
            else None,
            if_match=request.headers.get("if-match"),
            request_id=getattr(request.state, "request_id", ""),
            origin=client_address(request.scope, self._trusted),
        )
        outcome = await performing.run(self._services, caller, definition, asked)
        return _json(outcome.status, outcome.content(), outcome.headers)

    async def _allowed(self, caller: Caller, definition: ActionDefinition) -> Caller:
        async def allowed(who: Caller) -> Caller:
            performing.allow(self._services, who, definition)
            return who

        return await self._twice(caller, allowed)

    async def _twice(self, caller: Caller, ask: Callable[[Caller], Awaitable[T]]) -> T:
        """A refusal counts only once the caller was looked up anew: what is remembered of him may
        be older than a role that he was given a moment ago."""
        try:
            return await ask(caller)
        except Forbidden:
            if caller.proof is None:
                raise
            return await ask(await self._services.callers.reload(caller))

    async def _arguments(
        self, request: Request, caller: Caller, definition: ActionDefinition
    ) -> Any:
        if definition.method == "GET":
            return _typed_query(request, definition.body(caller.audience))
        _refuse_query(request)
        return await json_body(
            request,
            most=self._services.settings.json_bytes_max,
            types=("application/json", "application/merge-patch+json")
            if definition.method == "PATCH"
            else ("application/json",),
        )

    async def _bulk(self, request: Request, caller: Caller, target: Target) -> Response:
        _refuse_query(request)
        body = await json_body(request, most=4 * self._services.settings.json_bytes_max)
        outcome = await bulk.run(
            self._services,
            caller,
            target.collection,
            body,
            idempotency_key=request.headers.get("idempotency-key"),
            request_id=getattr(request.state, "request_id", ""),
            origin=client_address(request.scope, self._trusted),
        )
        return _json(outcome.status, outcome.content(), outcome.headers)

    async def _explain(self, request: Request, caller: Caller, target: Target) -> Response:
        query = _query(request)
        told = await explaining.explain(
            self._services, caller, target.collection, target.key or "", query
        )
        return _json(200, to_json(told))


def _refuse_query(request: Request) -> None:
    if faults := [Fault(k, "unknown", "is not a parameter here") for k in request.query_params]:
        raise BadRequest(faults)


def _query(request: Request) -> dict[str, str | list[str]]:
    values: dict[str, str | list[str]] = {}
    for key, value in request.query_params.multi_items():
        before = values.get(key)
        values[key] = (
            value if before is None else [*([before] if isinstance(before, str) else before), value]
        )
    return values


def _typed_query(request: Request, model: type[BaseModel]) -> dict[str, Any]:
    """Query parameters of a reading action: JSON scalars for fields that are not text."""
    typed: dict[str, Any] = {}
    for key, value in request.query_params.items():
        field = model.model_fields.get(key)
        kind = field.annotation if field else str
        is_text = str in (kind, *get_args(kind)) or not _SCALAR.fullmatch(value)
        typed[key] = value if is_text else orjson.loads(value)
    return typed


async def json_body(
    request: Request, *, most: int, types: tuple[str, ...] = ("application/json",)
) -> Any:
    """The JSON of the body, {} for none. Raises UnsupportedMedia, TooLarge, BadRequest, Invalid."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > most:
            raise TooLarge(f"at most {most} bytes")
    if not content:
        return {}
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in types:
        raise UnsupportedMedia(f"send {' or '.join(types)}")
    value = read_json(bytes(content))
    if value is None:
        raise Invalid([Fault("", "not_an_object", "must be a JSON object")])
    return value


def _json(status: int, content: bytes, headers: Mapping[str, str] | None = None) -> Response:
    sent = _NO_STORE | dict(headers or {})
    if not content and status in {204, 304}:
        return Response(status_code=status, headers=sent)
    return Response(content, status_code=status, headers=sent, media_type="application/json")


def _template(target: Target) -> str:
    """The address without its ids, for metrics and traces."""
    parts = [target.collection]
    if target.key is not None:
        parts.append("{id}")
    if target.special:
        parts.append(target.special)
    if target.actions:
        parts.append(next(iter(target.actions.values())).segment)
    return PREFIX + "/".join(parts)
