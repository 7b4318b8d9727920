"""The knowledge search: what the house lets this reader read, on the shelves the module shows."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ai.lookups import looked_for, was_opened
from ai.providers import providers_of
from ai.retrieval import Hit, search_as, vector_of
from embeddables.answers import AnswersFound, ArticleAnswer, FeedbackAnswer, FeedbackBody
from embeddables.door import Visit, door, visit
from embeddables.pictures import addresses
from infra.kernel.access import Caller
from infra.kernel.context import Context
from infra.kernel.database import Connection
from infra.kernel.described import described
from infra.kernel.errors import NotFound
from infra.kernel.markdown import render, snippet
from infra.kernel.performing import perform
from infra.kernel.reading import read_list, read_one
from infra.kernel.representation import to_json
from infra.kernel.rest import json_body
from infra.kernel.schema import parse_body
from tenants.signin.requests import address_of

BODY_BYTES_MAX = 32 * 1024
RESULTS = 8
NEAR_MOST = 20
IDS_MOST = 50
SIMILARITY_MIN = 0.45
QUESTION_CHARACTERS_MAX = 200
JSON = "application/json"
_READING = ("400", "401", "403", "404", "429", "503")


@described(
    "embed.knowledge.search",
    tag="embed",
    answers={200: (JSON, AnswersFound)},
    query={"q": {"type": "string"}, "module": {"type": "string"}},
    problems=_READING,
)
@door
async def search(request: Request) -> Response:
    """Search the answers that this page's reader may read."""
    guest = await visit(request, query=frozenset({"q"}))
    words = request.query_params.get("q", "").strip()[:QUESTION_CHARACTERS_MAX]
    data = await _hits(guest, words) if words else []
    kept = looked_for(guest.services, guest.caller, "widget", words, len(data), address_of(request))
    return Response(to_json({"data": data}), media_type=JSON, background=kept)


async def _hits(guest: Visit, words: str) -> list[dict[str, Any]]:
    """First what is near in meaning, then what holds every word but is not indexed yet; each once,
    in the reader's language."""
    options = guest.site.components.get("knowledge_search", {})
    most = options.get("results_max", RESULTS)
    query = {"limit": str(most), "fields": "id,number,title,body,language"}
    if shelves := options.get("knowledge_base_ids"):
        query["knowledge_base_id[in]"] = ",".join(shelves)
    near, said = await asyncio.gather(_near(guest, words), _articles(guest, query | {"q": words}))
    missing = [key for key in near if key not in said]
    if missing:
        # Read as the reader and by the module's shelves, like everything that is shown.
        said |= await _articles(guest, query | {"id[in]": ",".join(missing)})
    order = [key for key in near if key in said] + [key for key in said if key not in near]
    if any(not _is_spoken(guest, said[key]) for key in order):
        order = await _in_their_language(guest, order, said)
    return [_told(said[key], words) for key in order[:most]]


def _is_spoken(guest: Visit, row: dict[str, Any]) -> bool:
    own = guest.caller.locale.partition("-")[0]
    return bool(row["language"].partition("-")[0] == own)


async def _in_their_language(
    guest: Visit, order: list[str], said: dict[str, dict[str, Any]]
) -> list[str]:
    """What stands for each in the reader's language, or by the base's order of them."""
    body = {"ids": ",".join(order[:IDS_MOST]), "language": guest.caller.locale}
    told = await perform(guest.services, guest.caller, "articles.in_language", body=body)
    chosen = [str(choice.article.id) for choice in told.body.data]
    if missing := [key for key in chosen if key not in said]:
        fields = {"id[in]": ",".join(missing), "fields": "id,number,title,body,language"}
        said |= await _articles(guest, fields | {"limit": str(len(missing))})
    return [key for key in chosen if key in said]


async def _articles(guest: Visit, query: dict[str, str]) -> dict[str, dict[str, Any]]:
    page = await read_list(guest.services, guest.caller, "articles", query)
    return {str(row["id"]): row for row in page.data}


async def _near(guest: Visit, words: str) -> list[str]:
    """Articles that answer, best first; a widget says "nothing" sooner than something vague."""
    services = guest.services
    articles = services.registry.resources["articles"]
    async with services.system(guest.site.tenant_id, reason="search") as ctx:
        embedder = await providers_of(services).embedder(ctx)
    vector = await vector_of(embedder, words)

    async def work(connection: Connection, caller: Caller) -> list[Hit]:
        return await search_as(
            Context(services, connection, caller),
            words,
            vector,
            model=embedder.model,
            wanted={articles: ("title", "body")},
            hits_max=NEAR_MOST,
            similarity_min=SIMILARITY_MIN,
        )

    hits = await services.transact(guest.caller, work, read_only=True)
    return [str(h.record_id) for h in hits if h.every_word or (h.similarity or 0) >= SIMILARITY_MIN]


def _told(row: dict[str, Any], words: str) -> dict[str, Any]:
    return {
        "id": row["id"],
        "number": row["number"],
        "title": row["title"],
        "snippet": "".join(piece.text for piece in snippet(row["body"], words)),
        "url": None,
    }


@described(
    "embed.knowledge.read",
    tag="embed",
    answers={200: (JSON, ArticleAnswer)},
    query={"module": {"type": "string"}},
    problems=_READING,
)
@door
async def article(request: Request) -> Response:
    """Read one article as safe HTML."""
    guest = await visit(request)
    key, body = await _on_a_shelf(guest, request.path_params["id"])
    page = (await perform(guest.services, guest.caller, "articles.page", record_id=key)).body
    told = ArticleAnswer.model_validate(page, from_attributes=True)
    told.html = render(body, articles="/knowledge/", pictures=addresses(guest, key))
    read = was_opened(guest.services, guest.caller, key, address_of(request))
    return Response(told.model_dump_json(), media_type=JSON, background=read)


@described(
    "embed.knowledge.feedback",
    tag="embed",
    answers={200: (JSON, FeedbackAnswer)},
    body=(JSON, FeedbackBody),
    query={"module": {"type": "string"}},
    headers=("Idempotency-Key",),
)
@door
async def feedback(request: Request) -> Response:
    """Say whether an article helped."""
    guest = await visit(request)
    key, _ = await _on_a_shelf(guest, request.path_params["id"])
    body = await json_body(request, most=BODY_BYTES_MAX)
    parse_body(FeedbackBody, body)
    outcome = await perform(
        guest.services,
        guest.caller,
        "articles.feedback",
        record_id=key,
        body=body,
        idempotency_key=request.headers.get("idempotency-key"),
        request_id=getattr(request.state, "request_id", ""),
    )
    return Response(outcome.content(), outcome.status, outcome.headers, JSON)


async def _on_a_shelf(guest: Visit, key: str) -> tuple[str, str]:
    """The article's id and text; raises NotFound for one that the module does not show."""
    query = {"fields": "id,knowledge_base_id,body"}
    told, _ = await read_one(guest.services, guest.caller, "articles", key, query)
    shelves = guest.site.components.get("knowledge_search", {}).get("knowledge_base_ids")
    if shelves and str(told["knowledge_base_id"]) not in shelves:
        raise NotFound("no such article")
    return str(told["id"]), str(told["body"])
