"""The fields that a tenant added to cases, in the form on somebody else's page: asked of customers
who are known where customers write them, of strangers where visitors do."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from embeddables.answers import CaseFields
from embeddables.door import Visit, door, visit
from infra.kernel.context import Context
from infra.kernel.custom.accepting import take
from infra.kernel.custom.fields import Fields
from infra.kernel.custom.forms import questions, typed
from infra.kernel.described import described
from infra.kernel.errors import Invalid
from infra.kernel.reading import customization
from infra.kernel.representation import to_json

JSON = "application/json"
Given = Mapping[str, str | Sequence[str]]


@described(
    "embed.cases.fields",
    tag="embed",
    answers={200: (JSON, CaseFields)},
    query={"module": {"type": "string"}},
    problems=("400", "401", "403", "404", "429", "503"),
)
@door
async def fields(request: Request) -> Response:
    """List what else the form of a case asks."""
    guest = await visit(request)
    options = guest.site.components.get("case_create", {})
    data: list[dict[str, Any]] = []
    if guest.is_identified or options.get("anonymous"):
        known = await _fields_of(guest)
        data = questions(known, guest.caller.audience, guest.site.locale)
    return Response(to_json({"data": data}), media_type=JSON)


async def answers(guest: Visit, given: Given) -> dict[str, Any]:
    """What a known person filled in, as an action takes it."""
    return {"custom": _read(await _fields_of(guest), guest, given)} if given else {}


async def strangers_answers(ctx: Context, guest: Visit, given: Given) -> dict[str, Any]:
    """What a stranger filled in, complete and in form; raises Invalid."""
    known = (await ctx.customization()).fields_of("cases")
    audience = guest.caller.audience
    taken = take(known, _read(known, guest, given), audience, creating=True)
    if taken.faults:
        raise Invalid(taken.faults)
    return {"custom": taken.merged({})} if known else {}


async def _fields_of(guest: Visit) -> Fields:
    return (await customization(guest.services, guest.caller)).fields_of("cases")


def _read(known: Fields, guest: Visit, given: Given) -> dict[str, Any]:
    """The values that the texts of a form mean; of a field that is not asked, what was sent."""
    named = {f"custom.{k}": [v] if isinstance(v, str) else list(v) for k, v in given.items()}
    read = typed(known, guest.caller.audience, named)
    asked = {each.key for each in known.writable(guest.caller.audience)}
    return {k: v for k, v in given.items() if k not in asked} | read
