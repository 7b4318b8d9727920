"""Cases that other sites' pages open, and what their readers own.

Whoever is identified opens a case as themselves, through the very action that the API has. Whoever
is not, and may write at all, becomes a consumer without a person behind it: nobody has vouched for
the address, so nothing that exists under it is looked at or touched, and the answer is the same
whether we know it or not.
"""

from typing import Any, cast
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from embeddables import queries
from embeddables.answers import CaseAnswer, CaseBody, OwnedProducts, StrangerCaseBody
from embeddables.door import STRANGERS, Visit, count, door, visit
from embeddables.questions import answers, strangers_answers
from infra.kernel.access import Caller
from infra.kernel.columns import columns_of
from infra.kernel.context import Context
from infra.kernel.database import Connection
from infra.kernel.described import described
from infra.kernel.errors import Fault, Forbidden, Invalid, Problem
from infra.kernel.idempotency import keyed
from infra.kernel.ids import uuid7
from infra.kernel.model import Record
from infra.kernel.performing import Outcome, perform
from infra.kernel.reading import read_list
from infra.kernel.representation import to_json
from infra.kernel.rest import json_body
from infra.kernel.schema import parse_body
from tenants.signin.requests import address_of

BODY_BYTES_MAX = 64 * 1024
JSON = "application/json"
_SERIALS = ("device_serial", "serial_number", "device_serial_number")
_CALLED = {"product_context": "context"}


@described(
    "embed.products.list",
    tag="embed",
    answers={200: (JSON, OwnedProducts)},
    query={"module": {"type": "string"}},
    problems=("400", "401", "403", "404", "429", "503"),
)
@door
async def products(request: Request) -> Response:
    """List what the identified person owns."""
    guest = await visit(request)
    data: list[dict[str, Any]] = []
    if guest.is_identified:
        query = {"fields": "id,name,serial_number", "limit": "100", "state": "active"}
        data = (await read_list(guest.services, guest.caller, "sold_products", query)).data
    return Response(to_json({"data": data}), media_type=JSON)


@described(
    "embed.cases.create",
    tag="embed",
    answers={201: (JSON, CaseAnswer)},
    body=(JSON, CaseBody),
    query={"module": {"type": "string"}},
    headers=("Idempotency-Key",),
)
@door
async def open_case(request: Request) -> Response:
    """Open a case with what the page knows in it."""
    guest = await visit(request)
    options = guest.site.components.get("case_create", {})
    if not guest.is_identified and not options.get("anonymous"):
        raise Forbidden("sign in on this site to write to us")
    body = await json_body(request, most=BODY_BYTES_MAX)
    outcome = await (_own if guest.is_identified else _strange)(request, guest, options, body)
    told = CaseAnswer.model_validate_json(outcome.content(), strict=False)
    headers = {name: value for name, value in outcome.headers.items() if name.startswith("Idem")}
    return Response(told.model_dump_json(), outcome.status, headers, JSON)


async def _own(request: Request, guest: Visit, options: dict[str, Any], body: Any) -> Outcome:
    values = parse_body(CaseBody, body)
    sold = values.get("sold_product_id")
    if "sold_product_id" not in values:
        sold = await _device(guest, values.get("context", {}))
    asked = {
        "subject": values["subject"],
        "description": values.get("description", ""),
        "product_context": values.get("context", {}),
        **({"sold_product_id": str(sold)} if sold else {}),
        **await answers(guest, values.get("custom", {})),
        **_set_by_the_site(options),
    }
    try:
        return await perform(
            guest.services,
            guest.caller,
            "cases.create",
            body=asked,
            idempotency_key=request.headers.get("idempotency-key"),
            request_id=getattr(request.state, "request_id", ""),
            origin=address_of(request),
        )
    except Invalid as refused:
        raise _in_the_form(refused) from None


async def _device(guest: Visit, context: dict[str, Any]) -> Any:
    """What the person owns with the serial number that the page names; None unless it is one."""
    serial = next((context[name] for name in _SERIALS if context.get(name)), None)
    if not isinstance(serial, str) or not serial.strip():
        return None
    query = {"serial_number": serial.strip(), "fields": "id", "limit": "2"}
    found = (await read_list(guest.services, guest.caller, "sold_products", query)).data
    return found[0]["id"] if len(found) == 1 else None


async def _strange(request: Request, guest: Visit, options: dict[str, Any], body: Any) -> Outcome:
    values = parse_body(StrangerCaseBody, body)
    await count(request, STRANGERS)
    key = keyed(
        request.headers.get("idempotency-key"),
        guest.caller,
        "embed.cases.create",
        body,
        secret_key=guest.services.settings.secret_key,
    )

    async def work(connection: Connection, caller: Caller) -> tuple[Outcome, Context | None]:
        if key and (replay := await key.begin(connection)):
            headers = replay.headers | {"Idempotent-Replayed": "true"}
            return Outcome(replay.status, headers=headers, raw=replay.body), None
        ctx = Context(
            guest.services,
            connection,
            guest.services.system_of(caller.tenant_id),
            action="cases.create",
            request_id=getattr(request.state, "request_id", ""),
            origin=address_of(request),
            actor=caller.actor,
        )
        own = await strangers_answers(ctx, guest, values.get("custom", {}))
        case = await guest.services.registry.actions["cases.create"].function(
            ctx,
            subject=values["subject"],
            description=values.get("description", ""),
            product_context=values.get("context", {}) | {"identity": "unverified"},
            channel=_widget(ctx),
            consumer_id=await _stranger(ctx, values["name"], values["email"]),
            **own,
            **_set_by_the_site(options),
        )
        await ctx.flush()
        told = CaseAnswer(id=case.id, number=case.number or "", state=case.state.value)
        outcome = Outcome(201, told.model_dump(mode="json"))
        if key:
            await key.store(connection, outcome.status, outcome.headers, outcome.content())
        return outcome, ctx

    try:
        outcome, ctx = await guest.services.transact(guest.caller, work)
    except Invalid as refused:
        raise _in_the_form(refused) from None
    if ctx is not None:
        ctx.committed()
    return outcome


async def _stranger(ctx: Context, name: str, email: str) -> UUID:
    known = await queries.stranger_with(ctx, email)
    if known is not None:
        return known
    consumer = ctx.services.registry.resources["consumers"].model(
        id=uuid7(), name=name, email=email
    )
    await ctx.save(cast("Record", consumer))
    await ctx.flush()
    return consumer.id


def _widget(ctx: Context) -> Any:
    """The channel by which these cases come."""
    channel = columns_of(ctx.services.registry.resources["cases"])["channel"]
    return channel.enum("widget") if channel.enum else "widget"


def _set_by_the_site(options: dict[str, Any]) -> dict[str, Any]:
    """What an admin decided about cases from here."""
    wanted = ("category", "subcategory", "urgency")
    return {name: options[name] for name in wanted if options.get(name) is not None}


def _in_the_form(refused: Problem) -> Invalid:
    """The action's faults under the names that the form has for its fields."""
    faults = []
    for fault in refused.faults:
        first, slash, rest = fault.pointer.removeprefix("/").partition("/")
        pointer = f"/{_CALLED.get(first, first)}{slash}{rest}" if first else fault.pointer
        if not fault.pointer.startswith("/"):
            pointer = fault.pointer
        faults.append(Fault(pointer, fault.code, fault.message))
    return Invalid(faults)
