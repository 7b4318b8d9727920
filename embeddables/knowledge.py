"""The knowledge search: what the house lets this reader read, on the shelves the module shows."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from embeddables.answers import AnswersFound, ArticleAnswer, FeedbackAnswer, FeedbackBody
from embeddables.door import Visit, door, visit
from infra.kernel.described import described
from infra.kernel.errors import NotFound
from infra.kernel.markdown import snippet
from infra.kernel.performing import perform
from infra.kernel.reading import read_list, read_one
from infra.kernel.representation import to_json
from infra.kernel.rest import json_body
from infra.kernel.schema import parse_body

BODY_BYTES_MAX = 32 * 1024
RESULTS = 8
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
    return Response(to_json({"data": data}), media_type=JSON)


async def _hits(guest: Visit, words: str) -> list[dict[str, Any]]:
    options = guest.site.components.get("knowledge_search", {})
    query = {
        "q": words,
        "limit": str(options.get("results_max", RESULTS)),
        "fields": "id,number,title,body",
    }
    if shelves := options.get("knowledge_base_ids"):
        query["knowledge_base_id[in]"] = ",".join(shelves)
    page = await read_list(guest.services, guest.caller, "articles", query)
    return [
        {
            "id": row["id"],
            "number": row["number"],
            "title": row["title"],
            "snippet": "".join(piece.text for piece in snippet(row["body"], words)),
            "url": None,
        }
        for row in page.data
    ]


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
    key = await _on_a_shelf(guest, request.path_params["id"])
    page = (await perform(guest.services, guest.caller, "articles.page", record_id=key)).body
    told = ArticleAnswer.model_validate(page, from_attributes=True)
    return Response(told.model_dump_json(), media_type=JSON)


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
    key = await _on_a_shelf(guest, request.path_params["id"])
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


async def _on_a_shelf(guest: Visit, key: str) -> str:
    """The article's id; raises NotFound for one that the module does not show."""
    query = {"fields": "id,knowledge_base_id"}
    told, _ = await read_one(guest.services, guest.caller, "articles", key, query)
    shelves = guest.site.components.get("knowledge_search", {}).get("knowledge_base_ids")
    if shelves and str(told["knowledge_base_id"]) not in shelves:
        raise NotFound("no such article")
    return str(told["id"])
