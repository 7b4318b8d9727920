"""Chat on other sites' pages: begin, say, hear, end. Everything is done as the session's own person
or visitor, through the actions that the API has, so nobody reaches a conversation but their own.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response

from embeddables.chat_answers import (
    ChatAnswer,
    ChatBody,
    ChatMessage,
    ChatShown,
    CloseBody,
    SayBody,
    StrangerChatBody,
)
from embeddables.door import Visit, count, door, visit
from embeddables.lines import Line
from embeddables.talks import is_long_over, latest, message_of, moment_of, said, shown
from embeddables.visitors import keepsake
from infra.kernel.described import described
from infra.kernel.errors import Forbidden, NotFound
from infra.kernel.live import LiveHub
from infra.kernel.performing import Outcome, perform
from infra.kernel.ratelimit import Policy
from infra.kernel.rest import json_body
from infra.kernel.schema import parse_body

JSON = "application/json"
BODY_BYTES_MAX = 64 * 1024
STARTS = Policy("widget-chat", limit=10, window_seconds=600, lease_max=1)
WORDS = Policy("widget-chat-words", limit=120, window_seconds=60)
LIVE = Policy("widget-chat-live", limit=120, window_seconds=60)
_MODULE = {"module": {"type": "string"}}
_KEYED = ("Idempotency-Key",)


@described(
    "embed.chat.read",
    tag="embed",
    answers={200: (JSON, ChatAnswer)},
    query=_MODULE | {"after": {"type": "string", "format": "date-time"}},
    problems=("400", "401", "403", "404", "429", "503"),
)
@door
async def read(request: Request) -> Response:
    """Read the latest chat, or what was said in it since."""
    guest = await _talker(request, query=frozenset({"after"}))
    chat = await latest(guest)
    if chat is None or is_long_over(chat):
        return _told(ChatAnswer(chat=None, data=[]))
    since = moment_of(request.query_params.get("after"))
    return _told(ChatAnswer(chat=shown(chat), data=await said(guest, chat["id"], since)))


@described(
    "embed.chat.start",
    tag="embed",
    answers={201: (JSON, ChatAnswer)},
    body=(JSON, ChatBody),
    query=_MODULE,
    headers=_KEYED,
)
@door
async def start(request: Request) -> Response:
    """Begin a chat; it waits in the queue as chats in the portal do."""
    guest = await _talker(request)
    await count(request, WORDS if guest.is_identified else STARTS)
    model = ChatBody if guest.is_identified else StrangerChatBody
    values = parse_body(model, await json_body(request, most=BODY_BYTES_MAX))
    asked = {"body": values["body"]}
    if not guest.is_identified:
        asked["name"] = values["name"]
    if category := guest.site.components["chat"].get("category"):
        asked["category"] = category
    outcome = await _do(request, guest, "interactions.start_chat", None, asked)
    chat = orjson.loads(outcome.content())
    told = ChatAnswer(
        chat=shown(chat),
        data=await said(guest, chat["id"], None),
        visitor=_kept(request, guest),
    )
    return _told(told, 201, outcome.headers)


@described(
    "embed.chat.say",
    tag="embed",
    answers={200: (JSON, ChatMessage)},
    body=(JSON, SayBody),
    query=_MODULE,
    headers=_KEYED,
)
@door
async def say(request: Request) -> Response:
    """Say something in one's chat."""
    guest = await _talker(request)
    await count(request, WORDS)
    values = parse_body(SayBody, await json_body(request, most=BODY_BYTES_MAX))
    chat_id = await _own(guest, values["chat_id"])
    outcome = await _do(request, guest, "interactions.say", chat_id, {"body": values["body"]})
    return _told(message_of(orjson.loads(outcome.content())), outcome.status, outcome.headers)


@described(
    "embed.chat.close",
    tag="embed",
    answers={200: (JSON, ChatShown)},
    body=(JSON, CloseBody),
    query=_MODULE,
    headers=_KEYED,
)
@door
async def close(request: Request) -> Response:
    """End one's chat; what was said stays."""
    guest = await _talker(request)
    values = parse_body(CloseBody, await json_body(request, most=BODY_BYTES_MAX))
    chat_id = await _own(guest, values["chat_id"])
    outcome = await _do(request, guest, "interactions.close", chat_id, {})
    return _told(shown(orjson.loads(outcome.content())), outcome.status, outcome.headers)


@described(
    "embed.chat.live",
    tag="embed",
    answers={200: ("text/event-stream", {"type": "string"})},
    query=_MODULE,
    problems=("400", "401", "403", "404", "429", "503"),
)
@door
async def live(request: Request) -> Response:
    """Hear as Server-Sent Events that something happened in one's chat."""
    guest = await _talker(request)
    await count(request, LIVE)
    return Line(guest.services.get(LiveHub), guest.caller)


async def _talker(request: Request, query: frozenset[str] = frozenset()) -> Visit:
    """Let whoever may chat here in; raises Forbidden where the site has no chat for them."""
    guest = await visit(request, query=query)
    options = guest.site.components.get("chat")
    if options is None:
        raise Forbidden("this site has no chat")
    if not guest.is_identified and not options.get("anonymous"):
        raise Forbidden("sign in on this site to write to us")
    return guest


async def _own(guest: Visit, chat_id: UUID) -> str:
    """The id, where it is that of the reader's latest chat; raises NotFound."""
    chat = await latest(guest)
    if chat is None or str(chat["id"]) != str(chat_id):
        raise NotFound("no such chat")
    return str(chat_id)


async def _do(
    request: Request, guest: Visit, action: str, record_id: str | None, body: dict[str, Any]
) -> Outcome:
    return await perform(
        guest.services,
        guest.caller,
        action,
        record_id=record_id,
        body=body,
        idempotency_key=request.headers.get("idempotency-key"),
        request_id=getattr(request.state, "request_id", ""),
        origin=request.client.host if request.client else "",
    )


def _kept(request: Request, guest: Visit) -> str | None:
    visitor_id = guest.caller.attributes.get("visitor_id")
    if visitor_id is None:
        return None
    return keepsake(guest.services, guest.site, request, visitor_id)


def _told(
    answer: ChatAnswer | ChatShown | ChatMessage,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    replayed = {k: v for k, v in (headers or {}).items() if k.startswith("Idem")}
    return Response(answer.model_dump_json(), status, replayed, JSON)
