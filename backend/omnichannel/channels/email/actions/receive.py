"""A mail comes in: as it is, or inside JSON where a gateway prefers that."""

from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen
from pydantic import Base64Bytes
from starlette.requests import Request
from starlette.responses import Response

from backend.omnichannel.channels.email.models import Mailbox
from backend.omnichannel.channels.email.parsing import BYTES_MAX, Mail, read_mail
from backend.omnichannel.channels.email.receiving import Arrival, KeptFile, Received, take_in
from backend.omnichannel.channels.email.resources import mailboxes
from infra.kernel.access import Caller
from infra.kernel.actions import action, definition_of
from infra.kernel.admission import caller_of
from infra.kernel.attachments import storage_of
from infra.kernel.context import Context
from infra.kernel.database import Connection
from infra.kernel.described import described
from infra.kernel.errors import (
    BadRequest,
    Conflict,
    Fault,
    Invalid,
    NotFound,
    TooLarge,
    UnsupportedMedia,
)
from infra.kernel.ids import parse
from infra.kernel.performing import allow
from infra.kernel.representation import to_json
from infra.kernel.services import Services
from tenants.emails import canonical
from tenants.signin.requests import address_of

MEDIA_TYPE = "message/rfc822"


class MailboxClosed(Conflict):
    type, title = "mailbox-closed", "This mailbox takes no mail"


@action(mailboxes, on="collection", audiences=("staff",))
async def receive(
    ctx: Context,
    *,
    to: Annotated[str, MinLen(3), MaxLen(254)],
    content: Annotated[Base64Bytes, MinLen(1), MaxLen(700_000)],
) -> Received:
    """Take in a mail given as base64; it becomes a case, or a comment on the case it answers.

    Larger mails are sent as message/rfc822 to /api/v1/mailboxes/{id}/receive.
    """
    mailbox: Mailbox | None = (
        await ctx.rows(mailboxes).filter(address=canonical(to)).order_by("id").first()
    )
    if mailbox is None:
        raise Invalid([Fault("/to", "not_found", "is no mailbox of ours")])
    require_open(mailbox)
    mail = read_mail(content)
    kept = await keep_files(ctx.services, ctx.tenant_id, mail)
    return await take_in(ctx, Arrival(mailbox, mail, kept))


@described(
    "mailboxes.receive_raw",
    tag="mailboxes",
    summary="Take in a mail as it is; it becomes a case, or a comment on the case it answers.",
    body=(MEDIA_TYPE, {"type": "string", "format": "binary"}),
    answers={200: ("application/json", Received)},
)
async def receive_raw(request: Request) -> Response:
    """`POST /api/v1/mailboxes/{id}/receive` with the mail as the body."""
    services: Services = request.app.state.services
    caller = await caller_of(request)
    allow(services, caller, definition_of(receive))
    key = parse(request.path_params["id"])
    if key is None:
        raise NotFound("no such mailbox")
    mail = read_mail(await _body(request))
    kept: list[KeptFile] = []
    stays = False
    try:
        kept = await keep_files(services, caller.tenant_id, mail)
        received = await _in_transaction(request, services, caller, key, mail, kept)
        stays = received.status in {"case_opened", "commented"}
    finally:
        if not stays:
            for _, stored in kept:
                await storage_of(services).delete(caller.tenant_id, stored.key)
    return Response(
        to_json(received.model_dump(mode="json")),
        200,
        {"Cache-Control": "no-store"},
        "application/json",
    )


async def _in_transaction(
    request: Request,
    services: Services,
    caller: Caller,
    mailbox_id: UUID,
    mail: Mail,
    kept: list[KeptFile],
) -> Received:
    async def work(connection: Connection, caller: Caller) -> tuple[Received, Context]:
        allow(services, caller, definition_of(receive))
        ctx = Context(
            services,
            connection,
            caller,
            action="mailboxes.receive",
            request_id=getattr(request.state, "request_id", ""),
            origin=address_of(request),
        )
        mailbox: Mailbox = await ctx.get(mailboxes, mailbox_id, verb="receive")
        require_open(mailbox)
        received = await take_in(ctx, Arrival(mailbox, mail, kept))
        await ctx.flush()
        return received, ctx

    received, ctx = await services.transact(caller, work)
    ctx.committed()
    return received


async def _body(request: Request) -> bytes:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != MEDIA_TYPE:
        raise UnsupportedMedia(f"send {MEDIA_TYPE}")
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > BYTES_MAX:
            raise TooLarge(f"a mail has at most {BYTES_MAX} bytes")
    if not content:
        raise BadRequest([Fault("", "missing", "the body is the mail")])
    return bytes(content)


async def keep_files(services: Services, tenant_id: UUID, mail: Mail) -> list[KeptFile]:
    """The mail's files on disk; none stays where one cannot be stored."""
    storage = storage_of(services)
    kept: list[KeptFile] = []
    try:
        for file in mail.files:
            kept.append((file, await storage.keep(tenant_id, file.content)))  # noqa: PERF401
    except BaseException:
        for _, stored in kept:
            await storage.delete(tenant_id, stored.key)
        raise
    return kept


def require_open(mailbox: Mailbox) -> None:
    """Raises MailboxClosed for one that is switched off."""
    if not mailbox.active:
        raise MailboxClosed(f"{mailbox.address} is not active")
