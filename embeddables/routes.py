"""The addresses that other sites' pages call, and the scripts that they load."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from embeddables import cases, chat, knowledge, pictures, questions, surveys
from embeddables.answers import ModuleAnswer, SessionAnswer, SessionBody
from embeddables.assets import script, versioned_script
from embeddables.door import (
    ADDRESS,
    PREFIX,
    SESSIONS,
    count,
    door,
    preflight,
    services_of,
    site_with,
)
from embeddables.queries import Site
from embeddables.sessions import LIFETIME, open_session
from embeddables.visitors import keepsake, recognised
from infra.kernel.described import described
from infra.kernel.errors import Fault, Invalid
from infra.kernel.rest import json_body
from infra.kernel.schema import parse_body

BODY_BYTES_MAX = 32 * 1024
JSON = "application/json"
_TOLD = {
    "knowledge_search": ("title",),
    "case_create": ("title", "anonymous", "prefilled"),
    "chat": ("title", "anonymous"),
    "survey": ("title",),
}


@described(
    "embed.modules.read",
    tag="embed",
    answers={200: (JSON, ModuleAnswer)},
    problems=("403", "404", "429", "503"),
    security=(),
)
@door
async def module(request: Request) -> Response:
    """How a module looks and what it says."""
    await count(request, ADDRESS)
    site = await site_with(request, request.path_params["key"])
    return Response(_shown(site).model_dump_json(), media_type=JSON)


def _shown(site: Site) -> ModuleAnswer:
    return ModuleAnswer(
        key=site.key,
        locale=site.locale,
        theme=site.theme,
        labels=site.labels,
        components={
            kind: {name: options[name] for name in _TOLD[kind] if name in options}
            for kind, options in site.components.items()
            if kind in _TOLD
        },
    )


@described(
    "embed.session.create",
    tag="embed",
    answers={200: (JSON, SessionAnswer)},
    body=(JSON, SessionBody),
    query={"module": {"type": "string"}},
    problems=("400", "403", "404", "413", "415", "422", "429", "503"),
    security=(),
)
@door
async def session(request: Request) -> Response:
    """Begin a session, as whoever the page's server vouches for, or as a stranger."""
    await count(request, ADDRESS)
    await count(request, SESSIONS)
    named = request.query_params.get("module")
    if named is not None:
        await site_with(request, named)
    body = parse_body(SessionBody, await json_body(request, most=BODY_BYTES_MAX))
    if named not in (None, body["module"]):
        raise Invalid([Fault("/module", "mismatch", "is not the module of the address")])
    site = await site_with(request, body["module"])
    services = services_of(request)
    visitor = recognised(services, site, request, body.get("visitor"))
    opened = await open_session(services, site, body.get("identity"), visitor)
    is_back = visitor is not None and not opened.identified
    told = SessionAnswer(
        token=opened.token,
        expires_in=int(LIFETIME.total_seconds()),
        identified=opened.identified,
        name=opened.name,
        visitor=keepsake(services, site, request, visitor) if visitor and is_back else None,
    )
    return Response(told.model_dump_json(), media_type=JSON)


routes = (
    Route(f"{PREFIX}/modules/{{key}}", module, methods=["GET"]),
    Route(f"{PREFIX}/session", session, methods=["POST"]),
    Route(f"{PREFIX}/knowledge", knowledge.search, methods=["GET"]),
    Route(f"{PREFIX}/knowledge/{{id}}", knowledge.article, methods=["GET"]),
    Route(f"{PREFIX}/knowledge/{{id}}/pictures/{{name}}", pictures.content, methods=["GET"]),
    Route(f"{PREFIX}/knowledge/{{id}}/feedback", knowledge.feedback, methods=["POST"]),
    Route(f"{PREFIX}/products", cases.products, methods=["GET"]),
    Route(f"{PREFIX}/cases/fields", questions.fields, methods=["GET"]),
    Route(f"{PREFIX}/cases", cases.open_case, methods=["POST"]),
    Route(f"{PREFIX}/surveys", surveys.waiting, methods=["GET"]),
    Route(f"{PREFIX}/surveys/{{id}}/answer", surveys.answer, methods=["POST"]),
    Route(f"{PREFIX}/chat", chat.read, methods=["GET"]),
    Route(f"{PREFIX}/chat/start", chat.start, methods=["POST"]),
    Route(f"{PREFIX}/chat/say", chat.say, methods=["POST"]),
    Route(f"{PREFIX}/chat/close", chat.close, methods=["POST"]),
    Route(f"{PREFIX}/chat/live", chat.live, methods=["GET"]),
    Route(f"{PREFIX}/{{path:path}}", door(preflight), methods=["OPTIONS"]),
    Route("/embed/{version}/{file}", versioned_script, methods=["GET"]),
    Route("/embed/{file}", script, methods=["GET"]),
)
