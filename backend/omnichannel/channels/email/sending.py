"""Mail to the customer: that their case is open, what staff says on it, how it was resolved.

Message-IDs are made from what the mail tells, so a reaction that runs twice writes the same id and
the unique key refuses the second. They carry random bits nobody can guess.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.foundation.consumers.models import Consumer
from backend.foundation.consumers.resources import consumers
from backend.omnichannel.channels.email import queries
from backend.omnichannel.channels.email.models import Mailbox
from backend.omnichannel.channels.email.parsing import Mail
from backend.omnichannel.channels.email.resources import mailboxes
from backend.omnichannel.interactions.models import (
    AuthorKind,
    CustomerKind,
    Direction,
    Interaction,
    InteractionChannel,
    Message,
)
from backend.omnichannel.interactions.resources import interactions
from backend.platform.activity.models import ActivityEntry, Visibility
from backend.platform.activity.resources import activity_entries
from backend.service.cases.events import CaseCommented, CaseResolved
from backend.service.cases.models import Case, CaseState
from backend.service.cases.resources import cases
from infra.kernel.context import Context
from infra.kernel.events import RecordedEvent
from infra.kernel.ids import uuid7
from infra.kernel.jobs import reaction
from infra.kernel.mail import queue_mail
from tenants.emails import is_address

REFERENCES_MAX = 15


async def acknowledge(
    ctx: Context, mailbox: Mailbox, mail: Mail, case: Case, talk: Interaction
) -> None:
    """Tell the sender of a new case its number."""
    text = (
        f"We have received your message and opened case {case.number}.\n\n"
        "Answer this mail to add to it; whoever works on it will read it."
    )
    await _send(
        ctx,
        case,
        talk,
        to=mail.sender or "",
        text=text,
        mail_id=_mail_id(ctx, uuid7()),
        thread=[*mail.references, mail.id],
        mailbox=mailbox,
        author=AuthorKind.SYSTEM,
        automatic=True,
    )


@reaction(CaseCommented)
async def send_comment(ctx: Context, event: RecordedEvent) -> None:
    """Mail what staff said to a customer who wrote by mail, or has no other way to read it."""
    if event.payload["author_kind"] != "staff":
        return
    entry: ActivityEntry | None = await ctx.find(
        activity_entries, UUID(str(event.payload["entry_id"]))
    )
    if entry is None or entry.visibility is not Visibility.PUBLIC:
        return
    await _answer(ctx, event, entry.body, entry)


@reaction(CaseResolved)
async def send_resolution(ctx: Context, event: RecordedEvent) -> None:
    """Mail the resolution to a customer who wrote by mail, or has no other way to read it."""
    case: Case | None = await ctx.find(cases, event.record_id)
    if case is None or case.state is not CaseState.RESOLVED or not case.resolution:
        return
    text = (
        f"{case.resolution}\n\n"
        f"Case {case.number} is resolved. If it is not, answer this mail and it opens again."
    )
    await _answer(ctx, event, text, None)


async def _answer(
    ctx: Context, event: RecordedEvent, text: str, entry: ActivityEntry | None
) -> None:
    # Locked, so that two answers at once do not begin two conversations by mail.
    case: Case | None = await ctx.find(cases, event.record_id, lock=True)
    if case is None:
        return
    mails = await queries.mails_of_case(ctx, case.id)
    mail_id = _mail_id(ctx, event.id)
    to = next((m["address"] for m in reversed(mails) if m["direction"] == "inbound"), None)
    person = None if to else await _without_sign_in(ctx, case)
    to = to or (person and person.email)
    if not to or any(m["mail_id"] == mail_id for m in mails) or await queries.is_ours(ctx, to):
        return
    talk = await _conversation(ctx, case) or (person and await _begin(ctx, case, person))
    if not talk:
        return
    mailbox: Mailbox | None = await ctx.every(mailboxes).filter(active=True).order_by("id").first()
    await _send(
        ctx,
        case,
        talk,
        to=to,
        text=text,
        mail_id=mail_id,
        thread=[m["mail_id"] for m in mails],
        mailbox=mailbox,
        author=AuthorKind.STAFF,
        entry=entry,
    )


async def _without_sign_in(ctx: Context, case: Case) -> Consumer | None:
    """The case's consumer, where they cannot read answers in the portal: nobody can sign in as
    them, as with strangers who wrote by a widget."""
    person: Consumer | None = await ctx.find(consumers, case.consumer_id)
    return person if person is not None and person.user_id is None else None


async def _conversation(ctx: Context, case: Case) -> Interaction | None:
    """The case's conversation by mail, locked."""
    found: Interaction | None = (
        await ctx.every(interactions)
        .filter(case_id=case.id, channel=InteractionChannel.EMAIL)
        .order_by("id")
        .select_for_update()
        .first()
    )
    return found


async def _begin(ctx: Context, case: Case, person: Consumer) -> Interaction:
    """A conversation by mail that we begin ourselves."""
    talk = Interaction(
        channel=InteractionChannel.EMAIL,
        subject=case.subject[:300],
        case_id=case.id,
        customer_kind=CustomerKind(case.customer_kind.value),
        account_id=case.account_id,
        consumer_id=person.id,
        customer_name=person.name[:200],
        started_at=ctx.now,
    )
    await ctx.save(talk)
    return talk


async def _send(
    ctx: Context,
    case: Case,
    talk: Interaction,
    *,
    to: str,
    text: str,
    mail_id: str,
    thread: Sequence[str],
    mailbox: Mailbox | None,
    author: AuthorKind,
    entry: ActivityEntry | None = None,
    automatic: bool = False,
) -> None:
    """Queue the mail and keep it as a message of the conversation."""
    if not is_address(to) or not to.isascii():
        return
    await queue_mail(
        ctx,
        to,
        f"[{case.number}] {talk.subject}",
        text,
        headers=_headers(thread, mailbox, automatic=automatic),
        kind="cases",
        record_id=case.id,
        sender_name=mailbox.name if mailbox else "",
        message_id=mail_id,
    )
    talk.last_message_at = ctx.now
    await ctx.save(talk)
    await ctx.save(
        Message(
            interaction_id=talk.id,
            case_id=case.id,
            activity_entry_id=entry.id if entry else None,
            direction=Direction.OUTBOUND,
            customer_kind=CustomerKind(talk.customer_kind.value),
            author_kind=author,
            author_profile_id=entry.author_profile_id if entry else None,
            author_name=entry.author_name if entry else "",
            subject=f"[{case.number}] {talk.subject}"[:300],
            body=text,
            address=to,
            mail_id=mail_id,
            in_reply_to=thread[-1] if thread else None,
            mail_references=list(thread[-REFERENCES_MAX:]),
            at=ctx.now,
        )
    )


def _headers(
    thread: Sequence[str], mailbox: Mailbox | None, *, automatic: bool
) -> Mapping[str, str]:
    """What makes mail programs show one conversation, and machines not answer machines."""
    headers: dict[str, Any] = {}
    known = [mail_id for mail_id in thread if len(mail_id) <= 200 and mail_id.isascii()]
    if known:
        headers["In-Reply-To"] = known[-1]
        near = known[-REFERENCES_MAX:]
        while sum(map(len, near)) + len(near) > 1_500:
            near = near[1:]
        headers["References"] = " ".join(near)
    if mailbox is not None and mailbox.address.isascii():
        headers["Reply-To"] = mailbox.address
    if automatic:
        headers |= {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
    return headers


def _mail_id(ctx: Context, about: UUID) -> str:
    domain = ctx.services.settings.mail_sender.rstrip("> ").rpartition("@")[2] or "localhost"
    return f"<{about}@{domain}>"
