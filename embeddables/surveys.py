"""What a customer is asked after a case, on somebody else's page; answered once, as everywhere."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from embeddables.answers import SurveyBody, SurveysAsked, SurveyThanks
from embeddables.door import Visit, door, visit
from infra.kernel.described import described
from infra.kernel.errors import Conflict, NotFound
from infra.kernel.performing import perform
from infra.kernel.reading import read_list
from infra.kernel.representation import to_json
from infra.kernel.rest import json_body
from infra.kernel.schema import parse_body

BODY_BYTES_MAX = 64 * 1024
ASKED_MOST = "3"
JSON = "application/json"


@described(
    "embed.surveys.list",
    tag="embed",
    answers={200: (JSON, SurveysAsked)},
    query={"module": {"type": "string"}},
    problems=("400", "401", "403", "404", "429", "503"),
)
@door
async def waiting(request: Request) -> Response:
    """List what the identified person is asked about their cases."""
    guest = await visit(request)
    data: list[dict[str, Any]] = []
    if guest.is_identified and guest.site.components.get("survey") is not None:
        query = {"state": "sent", "fields": "id", "limit": ASKED_MOST}
        rows = (await read_list(guest.services, guest.caller, "survey_invitations", query)).data
        asked = await asyncio.gather(*(_form(guest, row["id"]) for row in rows))
        data = [each for each in asked if each is not None]
    return Response(to_json({"data": data}), media_type=JSON)


async def _form(guest: Visit, key: Any) -> dict[str, Any] | None:
    """What one invitation asks; None for one whose time is over."""
    try:
        told = await perform(guest.services, guest.caller, "survey_invitations.form", record_id=key)
    except (Conflict, NotFound):
        return None
    return {"id": key, **told.body.model_dump(mode="json")}


@described(
    "embed.surveys.answer",
    tag="embed",
    answers={200: (JSON, SurveyThanks)},
    body=(JSON, SurveyBody),
    query={"module": {"type": "string"}},
    headers=("Idempotency-Key",),
)
@door
async def answer(request: Request) -> Response:
    """Say how a case was handled, once."""
    guest = await visit(request)
    body = await json_body(request, most=BODY_BYTES_MAX)
    parse_body(SurveyBody, body)
    outcome = await perform(
        guest.services,
        guest.caller,
        "survey_invitations.answer",
        record_id=request.path_params["id"],
        body=body,
        idempotency_key=request.headers.get("idempotency-key"),
        request_id=getattr(request.state, "request_id", ""),
    )
    return Response(outcome.content(), outcome.status, outcome.headers, JSON)
