"""What becomes of a mail: a comment on the case it answers, or a new case.

What the case's activity stream shows of it is what the case's own verbs write there, once: a new
case shows the first mail as its description, later mails are comments. The message row is the
channel's side of it, and what threading looks at.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from backend.foundation.entitlements.models import Channel
from backend.omnichannel.channels.email import queries
from backend.omnichannel.channels.email.models import Mailbox
from backend.omnichannel.channels.email.parsing import File, Mail
from backend.omnichannel.channels.email.senders import Sender, find_case, identify
from backend.omnichannel.channels.email.sending import acknowledge
from backend.omnichannel.interactions.models import (
    AuthorKind,
    CustomerKind,
    Direction,
    Interaction,
    InteractionChannel,
    Message,
    MessageVisibility,
)
from backend.omnichannel.interactions.resources import interactions
from backend.platform.activity.entries import write_system
from backend.platform.activity.models import ActivityEntry
from backend.service.cases.actions.create import create
from backend.service.cases.actions.finish import reopen
from backend.service.cases.actions.talk import comment, note
from backend.service.cases.models import Case, CaseState
from backend.service.cases.types.reading import is_late
from infra.kernel.access import Caller, system_caller
from infra.kernel.attachments import record_file
from infra.kernel.context import Context
from infra.kernel.multipart import harmless_name
from infra.kernel.multipart import media_type as known_media_type
from infra.kernel.storage import Stored

KeptFile = tuple[File, Stored]


class Received(BaseModel):
    """What became of a mail."""

    status: Literal["case_opened", "commented", "noted", "duplicate", "ignored"]
    case_id: UUID | None = None
    case_number: str | None = None
    interaction_id: UUID | None = None
    message_id: UUID | None = None


@dataclass(frozen=True)
class Arrival:
    """A mail in a mailbox, with its files on disk."""

    mailbox: Mailbox
    mail: Mail
    files: Sequence[KeptFile] = ()


async def take_in(ctx: Context, arrival: Arrival) -> Received:
    """Make the mail part of its case; the same mail a second time changes nothing."""
    mail = arrival.mail
    if mail.sender is None or await queries.is_ours(ctx, mail.sender):
        return Received(status="ignored")
    await queries.hold_mail(ctx, mail.id)
    known = await queries.known_mail(ctx, mail.id, mail.sender)
    if known is not None:
        return Received(
            status="duplicate",
            case_id=known["case_id"],
            case_number=known["number"],
            interaction_id=known["interaction_id"],
            message_id=known["id"],
        )
    sender = await identify(ctx, mail)
    found = await find_case(ctx, mail, sender)
    if mail.is_reply_of_a_machine:
        return (
            await _note_machine(ctx, arrival, sender, found)
            if found
            else Received(status="ignored")
        )
    if found is not None and not await _is_over(ctx, found):
        return await _go_on(ctx, arrival, sender, found)
    return await _open(ctx, arrival, sender, found)


async def _open(ctx: Context, arrival: Arrival, sender: Sender, before: Case | None) -> Received:
    """A new case; one that follows a case which is over names it as its parent."""
    mail = arrival.mail
    async with speaking_as(ctx, system_caller(ctx.tenant_id, "e-mail")):
        case = await create(
            ctx,
            subject=mail.subject or "(no subject)",
            description=_whole(arrival),
            channel=Channel.EMAIL,
            parent_id=before.id if before else None,
            follows_id=before.id if before else None,
            contact_id=sender.contact_id,
            account_id=sender.account_id,
            consumer_id=sender.consumer_id,
        )
        if not sender.is_known:
            words = f"Written by {sender.address}, who is no contact or consumer of ours."
            await write_system(ctx, "cases", case.id, words, {"told": "unknown_sender"})
    talk = await _conversation(ctx, arrival, sender, case)
    message = await _write(ctx, arrival, sender, talk, None)
    await _add_files(ctx, arrival, case)
    if arrival.mailbox.acknowledges and not mail.is_automatic:
        await acknowledge(ctx, arrival.mailbox, mail, case, talk)
    return _told("case_opened", case, talk, message)


async def _is_over(ctx: Context, case: Case) -> bool:
    """Whether what is said now opens a case that follows."""
    return case.state in {CaseState.CLOSED, CaseState.CANCELLED} or await is_late(ctx, case)


async def _go_on(ctx: Context, arrival: Arrival, sender: Sender, case: Case) -> Received:
    """A comment of the sender's; a resolved case was not, if they still write."""
    async with speaking_as(ctx, sender.caller(ctx)):
        if case.state is CaseState.RESOLVED:
            await reopen(ctx, case)
        entry = await comment(ctx, case, body=arrival.mail.text or "(no text)")
    talk = await _conversation(ctx, arrival, sender, case)
    message = await _write(ctx, arrival, sender, talk, entry)
    await _add_files(ctx, arrival, case)
    return _told("commented", case, talk, message)


async def _note_machine(ctx: Context, arrival: Arrival, sender: Sender, case: Case) -> Received:
    """A bounce or an absence notice tells staff something, and moves nothing."""
    mail = arrival.mail
    body = f"{mail.subject}\n\n{mail.text}".strip()
    async with speaking_as(ctx, sender.caller(ctx)):
        entry = await note(ctx, case, body=body or "(no text)")
    talk = await _conversation(ctx, arrival, sender, case)
    message = await _write(ctx, arrival, sender, talk, entry, internal=True)
    return _told("noted", case, talk, message)


@asynccontextmanager
async def speaking_as(ctx: Context, caller: Caller) -> AsyncIterator[None]:
    """Let what is written meanwhile be somebody's words; the audit keeps through whom they came."""
    await ctx.flush()
    before = ctx.caller, ctx.actor
    ctx.caller, ctx.actor = caller, caller.actor | {"through": ctx.actor}
    try:
        yield
        await ctx.flush()
    finally:
        ctx.caller, ctx.actor = before


def _whole(arrival: Arrival) -> str:
    mail = arrival.mail
    parts = [mail.text or "(no text)"]
    if mail.quoted:
        parts.append(mail.quoted)
    return "\n\n".join(parts)[:50_000]


async def _conversation(ctx: Context, arrival: Arrival, sender: Sender, case: Case) -> Interaction:
    """The case's conversation by mail, begun with its first mail."""
    found: Interaction | None = (
        await ctx.every(interactions)
        .filter(case_id=case.id, channel=InteractionChannel.EMAIL)
        .order_by("id")
        .first()
    )
    talk = found or Interaction(
        channel=InteractionChannel.EMAIL,
        subject=arrival.mail.subject[:300],
        case_id=case.id,
        customer_kind=CustomerKind(case.customer_kind.value),
        account_id=case.account_id,
        contact_id=case.contact_id,
        consumer_id=case.consumer_id,
        customer_name=(sender.name or sender.address)[:200],
        started_at=ctx.now,
    )
    talk.last_message_at = ctx.now
    await ctx.save(talk)
    return talk


async def _write(
    ctx: Context,
    arrival: Arrival,
    sender: Sender,
    talk: Interaction,
    entry: ActivityEntry | None,
    *,
    internal: bool = False,
) -> Message:
    mail = arrival.mail
    message = Message(
        interaction_id=talk.id,
        case_id=talk.case_id,
        activity_entry_id=entry.id if entry else None,
        direction=Direction.INBOUND,
        visibility=MessageVisibility.INTERNAL if internal else MessageVisibility.PUBLIC,
        customer_kind=talk.customer_kind,
        author_kind=AuthorKind.CUSTOMER,
        author_profile_id=sender.profile_id,
        author_name=(sender.name or sender.address)[:200],
        subject=mail.subject[:300],
        body=mail.text,
        quoted=mail.quoted,
        address=sender.address,
        mail_id=mail.id,
        in_reply_to=mail.in_reply_to,
        mail_references=list(mail.references),
        at=ctx.now,
    )
    await ctx.save(message)
    return message


async def _add_files(ctx: Context, arrival: Arrival, case: Case) -> None:
    async with speaking_as(ctx, system_caller(ctx.tenant_id, "e-mail")):
        for file, stored in arrival.files:
            kind = known_media_type(file.media_type.encode("utf-8", "replace"))
            name = harmless_name(file.name)
            await record_file(ctx, stored, name, kind, kind="cases", record_id=case.id)


def _told(
    status: Literal["case_opened", "commented", "noted"],
    case: Case,
    talk: Interaction,
    message: Message,
) -> Received:
    return Received(
        status=status,
        case_id=case.id,
        case_number=case.number,
        interaction_id=talk.id,
        message_id=message.id,
    )
