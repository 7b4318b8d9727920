"""Who wrote a mail, and which case it goes on with."""

import re
from dataclasses import dataclass, replace
from uuid import UUID

from backend.foundation.accounts.models import PartyState
from backend.foundation.consumers.models import Consumer
from backend.foundation.consumers.resources import consumers
from backend.foundation.contacts.models import Contact
from backend.foundation.contacts.resources import contacts
from backend.omnichannel.channels.email import queries
from backend.omnichannel.channels.email.parsing import Mail
from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from infra.kernel.access import Caller
from infra.kernel.context import Context

_NUMBER = re.compile(r"\bCS\d{7,12}\b")
_MERGED_MOST = 10
"""How often a case may have become part of another, and that of a further one."""


@dataclass(frozen=True)
class Sender:
    """Somebody who wrote; without a contact and a consumer, nobody whom we know."""

    address: str
    name: str
    contact_ids: tuple[UUID, ...] = ()
    contact_id: UUID | None = None
    account_id: UUID | None = None
    consumer_id: UUID | None = None
    profile_id: UUID | None = None

    @property
    def is_known(self) -> bool:
        return self.contact_id is not None or self.consumer_id is not None

    def caller(self, ctx: Context) -> Caller:
        """The sender as the author of what they wrote; they get no rights by it."""
        return Caller(
            tenant_id=ctx.tenant_id,
            audience="customer",
            profile_id=self.profile_id,
            profile_kind="contact" if self.contact_id else "consumer" if self.consumer_id else "",
            name=self.name or self.address,
        )


async def identify(ctx: Context, mail: Mail) -> Sender:
    """The contact or consumer of this tenant with the sender's address. A contact goes first: who
    is one writes for a company; of several, the first one entered."""
    address = mail.sender or ""
    known = ctx.every(contacts).filter(email=address, state=PartyState.ACTIVE)
    people: list[Contact] = await known.order_by("id").limit(20)
    sender = Sender(address, mail.sender_name, tuple(one.id for one in people))
    if people:
        first = people[0]
        sender = replace(sender, name=first.name, contact_id=first.id, account_id=first.account_id)
    else:
        private: Consumer | None = (
            await ctx.every(consumers)
            .filter(email=address, state=PartyState.ACTIVE)
            .order_by("id")
            .first()
        )
        if private is not None:
            sender = replace(sender, name=private.name, consumer_id=private.id)
    if not sender.is_known:
        return sender
    profile_id = await queries.profile_of(ctx, sender.contact_id, sender.consumer_id)
    return replace(sender, profile_id=profile_id)


async def find_case(ctx: Context, mail: Mail, sender: Sender) -> Case | None:
    """The case that the mail goes on with, locked, if the sender takes part in it.

    By the mails it answers first, then by a number in its subject. A number can be guessed and an
    id passed on: neither leads into a case of somebody else's.
    """
    for case_id in await queries.cases_of_mails(ctx, mail.thread):
        case = await _if_taking_part(ctx, case_id, sender)
        if case is not None:
            return case
    for number in _NUMBER.findall(mail.subject)[:5]:
        case = await _if_taking_part(ctx, number, sender)
        if case is not None:
            return case
    return None


async def _if_taking_part(ctx: Context, key: UUID | str, sender: Sender) -> Case | None:
    case: Case | None = await ctx.find(cases, key, lock=True)
    for _ in range(_MERGED_MOST):
        if case is None or case.merged_into_id is None:
            break
        case = await ctx.find(cases, case.merged_into_id, lock=True)
    if case is None:
        return None
    if case.contact_id is not None and case.contact_id in sender.contact_ids:
        return case
    if case.consumer_id is not None and case.consumer_id == sender.consumer_id:
        return case
    return case if await queries.is_in_mails(ctx, case.id, sender.address) else None
