"""Addresses of the API that are no resource's: the event log, search over everything, the contract
itself and a page that shows it."""

import asyncio
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from infra.kernel.access import Caller
from infra.kernel.admission import caller_of
from infra.kernel.described import described
from infra.kernel.errors import BadRequest, Fault, Problem, Unauthorized
from infra.kernel.event_log import read_events
from infra.kernel.live import LiveHub, serve
from infra.kernel.problems import problem_response
from infra.kernel.publishing import PublishedContract
from infra.kernel.reading import read_list
from infra.kernel.representation import to_json
from infra.kernel.services import Services

_HITS_PER_KIND = 5
_HEADERS = {"Cache-Control": "no-store"}
_ANY_OBJECT = {"type": "object", "additionalProperties": True}


class Hit(BaseModel):
    """A record that a search found."""

    kind: str
    id: str
    number: str | None
    label: str


class Hits(BaseModel):
    """What a search over every collection found."""

    data: list[Hit]


class EventsPage(BaseModel):
    """Events one may read, oldest first; go on from `next` while `more`."""

    data: list[dict[str, Any]]
    next: int
    more: bool


@described(
    "events.list",
    tag="events",
    answers={200: ("application/json", EventsPage)},
    query={
        "after": {"type": "integer", "minimum": 0},
        "limit": {"type": "integer", "minimum": 1, "maximum": 200},
        "kinds": {"type": "string", "description": "Comma list of collections"},
    },
    problems=("400", "401", "403", "410", "429", "503"),
)
async def events(request: Request) -> Response:
    """Read the event log, paged; it goes back thirty days, further back is 410."""
    caller = await caller_of(request)
    faults: list[Fault] = []
    after = _whole(request, "after", 0, 2**62, 0, faults)
    start = after if "after" in request.query_params else None
    limit = _whole(request, "limit", 1, 200, 100, faults)
    kinds_text = request.query_params.get("kinds", "")
    known = services_of(request).registry.resources
    faults += [
        Fault("kinds", "not_a_choice", f"there is no collection {kind!r}")
        for kind in kinds_text.split(",")
        if kind and kind not in known
    ]
    if faults:
        raise BadRequest(faults)
    kinds = frozenset(kinds_text.split(",")) - {""}
    page = await read_events(services_of(request), caller, start, limit, kinds or None)
    return Response(to_json(page.body()), headers=_HEADERS, media_type="application/json")


def _whole(
    request: Request, name: str, least: int, most: int, usual: int, faults: list[Fault]
) -> int:
    text = request.query_params.get(name)
    if text is None:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= most):
        faults.append(Fault(name, "out_of_range", f"must be from {least} to {most}"))
        return usual
    return int(text)


@described(
    "search",
    tag="search",
    answers={200: ("application/json", Hits)},
    query={"q": {"type": "string"}},
    problems=("400", "401", "429", "503"),
)
async def search(request: Request) -> Response:
    """Find records of every collection that the caller may read."""
    caller = await caller_of(request)
    words = request.query_params.get("q", "")
    found = await search_everything(services_of(request), caller, words)
    return Response(to_json(Hits(data=found)), headers=_HEADERS, media_type="application/json")


async def search_everything(services: Services, caller: Caller, words: str) -> list[Hit]:
    """The first few hits of each collection; none for no words."""
    if not words.strip():
        return []
    kinds = [
        resource
        for resource in services.registry.resources.values()
        if resource.searchable(caller.audience)
        and (plan := services.plans.of(caller, resource)).may("read")
        and set(resource.search) <= plan.open_columns
    ]
    query = {"q": words[:200], "limit": str(_HITS_PER_KIND)}
    pages = await asyncio.gather(*(read_list(services, caller, r.name, query) for r in kinds))
    return [
        Hit(
            kind=resource.name,
            id=str(row["id"]),
            number=row.get("number"),
            label=str(row.get(resource.label) or row["id"]),
        )
        for resource, page in zip(kinds, pages, strict=True)
        for row in page.data
    ]


@described(
    "events.stream",
    tag="events",
    summary="Follow the event log as Server-Sent Events; resumes by Last-Event-ID.",
    answers={200: ("text/event-stream", {"type": "string"})},
    query={
        "kinds": {"type": "string", "description": "Comma list of collections"},
        "after": {"type": "integer", "minimum": 0},
    },
    headers=("Last-Event-ID",),
    problems=("400", "401", "403", "429", "503"),
)
class LiveEndpoint:
    """`GET /api/v1/events/stream`; the hub and the caller come from the application's state."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope)
        try:
            caller = await caller_of(request)
            if caller.is_system:
                raise Unauthorized
            await serve(services_of(request).get(LiveHub), caller, scope, receive, send)
        except Problem as problem:
            response = problem_response(request, problem)
            await response(scope, receive, send)


@described(
    "contract",
    tag="contract",
    answers={200: ("application/json", _ANY_OBJECT)},
    problems=(),
    security=(),
)
async def openapi_document(request: Request) -> Response:
    """This document."""
    published: PublishedContract = request.app.state.contract
    await published.written()
    return Response(published.openapi, media_type="application/json")


@described(
    "contract.page",
    tag="contract",
    answers={200: ("text/html", {"type": "string"})},
    problems=(),
    security=(),
)
async def docs(request: Request) -> Response:
    """A page that shows the contract, with no asset from another host."""
    published: PublishedContract = request.app.state.contract
    await published.written()
    return HTMLResponse(published.page)


def services_of(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


routes = (
    Route("/api/v1/events", events, methods=["GET"]),
    Route("/api/v1/events/stream", LiveEndpoint(), methods=["GET"]),
    Route("/api/v1/search", search, methods=["GET"]),
    Route("/api/openapi.json", openapi_document, methods=["GET"]),
    Route("/api/docs", docs, methods=["GET"]),
)
