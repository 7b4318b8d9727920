"""Chat: a customer begins, both sides say something, either ends it."""

from typing import Annotated

from annotated_types import MaxLen

from backend.foundation.entitlements.models import Channel
from backend.omnichannel.channels.chat.queries import hold_person
from backend.omnichannel.interactions.errors import (
    ChatGoesOn,
    InteractionHasCase,
    InteractionOver,
)
from backend.omnichannel.interactions.events import InteractionClosed, MessageSaid
from backend.omnichannel.interactions.models import (
    AuthorKind,
    CustomerKind,
    Direction,
    Interaction,
    InteractionChannel,
    InteractionState,
    Message,
)
from backend.omnichannel.interactions.resources import Subject, Words, interactions, messages
from backend.omnichannel.routing.intake import enter
from backend.omnichannel.routing.models import CustomerKind as WorkFor
from backend.omnichannel.routing.models import QueueChannel, WorkKind
from backend.omnichannel.routing.queries import customer_name
from backend.platform.activity.models import ActivityEntry
from backend.service.cases.actions.create import create as open_a_case
from backend.service.cases.actions.talk import comment
from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from backend.service.cases.rules import ALLOWED
from infra.kernel.actions import action
from infra.kernel.columns import Text
from infra.kernel.context import Context
from infra.kernel.errors import Forbidden

_AUTHORS = {
    "staff": AuthorKind.STAFF,
    "customer": AuthorKind.CUSTOMER,
    "partner": AuthorKind.PARTNER,
    "public": AuthorKind.VISITOR,
}


@action(interactions, on="collection", audiences=("customer", "public"), emits=(MessageSaid,))
async def start_chat(
    ctx: Context,
    *,
    body: Words,
    subject: Subject = "",
    category: Annotated[Text, MaxLen(100)] | None = None,
    name: Annotated[Text, MaxLen(200)] = "",
) -> Interaction:
    """Begin a chat with the first words; it is offered to an agent who can answer. `name` is what
    a visitor wants to be called; a customer's is known."""
    mine = ctx.caller.attributes
    talk = Interaction(
        channel=InteractionChannel.WIDGET if mine.get("module_id") else InteractionChannel.PORTAL,
        subject=subject or " ".join(body.split())[:120],
        contact_id=mine.get("contact_id"),
        consumer_id=mine.get("consumer_id"),
        account_id=mine.get("account_id") if mine.get("contact_id") else None,
        visitor_id=mine.get("visitor_id"),
        started_at=ctx.now,
    )
    if not (talk.contact_id or talk.consumer_id or talk.visitor_id):
        raise Forbidden("only a customer or a visitor of a widget can begin a chat")
    if talk.contact_id:
        talk.customer_kind = CustomerKind.BUSINESS
    elif talk.consumer_id:
        talk.customer_kind = CustomerKind.CONSUMER
    named = await customer_name(ctx, talk.contact_id, talk.consumer_id, talk.account_id)
    called = name.strip() if talk.visitor_id else ""
    talk.customer_name = (named or called or ctx.caller.name)[:200]
    if talk.channel is InteractionChannel.WIDGET:
        await _require_none_open(ctx, talk)
    await ctx.save(talk)
    await put(ctx, talk, body)
    await enter(
        ctx,
        WorkKind.INTERACTIONS,
        talk.id,
        channel=QueueChannel.CHAT,
        title=talk.subject,
        customer_kind=WorkFor(talk.customer_kind.value),
        customer_name=talk.customer_name,
        category=category,
    )
    return talk


@action(interactions, emits=(MessageSaid,))
async def say(ctx: Context, talk: Interaction, *, body: Words) -> Message:
    """Say something in a conversation; the other side sees it at once."""
    require_open(talk)
    return await put(ctx, talk, body)


@action(interactions, emits=(InteractionClosed,))
async def close(ctx: Context, talk: Interaction) -> None:
    """End a conversation; what was said stays."""
    require_open(talk)
    talk.state, talk.ended_at = InteractionState.CLOSED, ctx.now
    await ctx.save(talk)
    ctx.emit(InteractionClosed(talk.id))


@action(interactions, audiences=("staff",))
async def open_case(ctx: Context, talk: Interaction, *, subject: Subject = "") -> Case:
    """Make a case of a conversation, with its customer and what was said (F452)."""
    if talk.case_id is not None:
        raise InteractionHasCase("follow it there")
    said = await ctx.every(messages).filter(interaction_id=talk.id).order_by("at", "id").limit(200)
    case = await open_a_case(
        ctx,
        subject=subject or talk.subject,
        description="\n".join(f"{one.author_name}: {one.body}" for one in said)[:50_000],
        channel=Channel.CHAT,
        contact_id=talk.contact_id,
        account_id=talk.account_id,
        consumer_id=talk.consumer_id,
        assigned_to_id=talk.assigned_to_id,
    )
    talk.case_id = case.id
    await ctx.save(talk)
    return case


async def _require_none_open(ctx: Context, talk: Interaction) -> None:
    """Raises ChatGoesOn: two tabs of one reader are one conversation."""
    column, person = next(
        (name, getattr(talk, name))
        for name in ("contact_id", "consumer_id", "visitor_id")
        if getattr(talk, name)
    )
    await hold_person(ctx, person)
    going_on = ctx.every(interactions).filter(
        channel=InteractionChannel.WIDGET, state=InteractionState.OPEN, **{column: person}
    )
    if await going_on.exists():
        raise ChatGoesOn("go on in the one that is open")


def require_open(talk: Interaction) -> None:
    """Raises InteractionOver for one that has ended."""
    if talk.state is not InteractionState.OPEN:
        raise InteractionOver("begin a new one")


async def put(ctx: Context, talk: Interaction, body: str) -> Message:
    """Keep what the caller says, and tell whoever listens. In a conversation about a case it is a
    comment on the case too, so that the case's stream has it, once."""
    entry = await _comment(ctx, talk, body)
    staff = ctx.caller.audience == "staff"
    message = Message(
        interaction_id=talk.id,
        case_id=talk.case_id,
        activity_entry_id=entry.id if entry else None,
        direction=Direction.OUTBOUND if staff else Direction.INBOUND,
        customer_kind=talk.customer_kind,
        author_kind=_AUTHORS.get(ctx.caller.audience, AuthorKind.SYSTEM),
        author_profile_id=ctx.caller.profile_id,
        author_name=_name_of_author(ctx, talk),
        body=body,
        at=ctx.now,
    )
    await ctx.save(message)
    talk.last_message_at = ctx.now
    await ctx.save(talk)
    ctx.emit(MessageSaid(talk.id, message_id=message.id, author_kind=message.author_kind.value))
    return message


def _name_of_author(ctx: Context, talk: Interaction) -> str:
    """A visitor is called what they said at the beginning."""
    is_visitor = ctx.caller.audience == "public"
    return talk.customer_name if is_visitor else ctx.caller.name[:200]


async def _comment(ctx: Context, talk: Interaction, body: str) -> ActivityEntry | None:
    case: Case | None = await ctx.find(cases, talk.case_id, lock=True)
    if case is None or case.state not in ALLOWED["comment"][1]:
        return None
    return await comment(ctx, case, body=body)
