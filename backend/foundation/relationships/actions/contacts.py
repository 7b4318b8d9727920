"""Contacts who stand for further accounts (F43–F46)."""

from typing import Annotated, Any
from uuid import UUID

from annotated_types import Ge, Le, MaxLen
from pydantic import BaseModel

from backend.foundation.accounts.models import Account
from backend.foundation.accounts.resources import accounts
from backend.foundation.relationships.models import ContactRelationship
from backend.foundation.relationships.queries import is_selectable, selectable
from backend.foundation.relationships.resources import contact_relationships
from backend.foundation.relationships.ties import (
    begin,
    change_end,
    end_faults,
    finish,
    kind_faults,
    remove,
)
from backend.platform.responsibilities.models import ResponsibilityKind
from infra.kernel.actions import action
from infra.kernel.columns import Text
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


class SelectableContact(BaseModel):
    """Somebody who may be chosen, and where they belong."""

    id: UUID
    number: str | None
    name: str
    email: str | None
    account_id: UUID
    account_name: str


class SelectableContacts(BaseModel):
    """A page of them; `next` is what to ask `after`, null on the last page."""

    data: list[SelectableContact]
    next: UUID | None


@action(accounts, name="selectable_contacts", method="GET", audiences=("staff",))
async def selectable_contacts(
    ctx: Context,
    account: Account,
    *,
    q: Annotated[Text, MaxLen(200)] = "",
    after: UUID | None = None,
    limit: Annotated[int, Ge(1), Le(200)] = 50,
) -> SelectableContacts:
    """List who may be chosen to stand for the account: contacts of related accounts and of its
    hierarchy, nobody else."""
    rows = await selectable(ctx, account.id, after=after, words=q.strip(), most=limit + 1)
    data = [SelectableContact(**dict(row)) for row in rows[:limit]]
    return SelectableContacts(data=data, next=data[-1].id if len(rows) > limit else None)


@action(contact_relationships, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> ContactRelationship:
    """Give a contact a responsibility for an account that is not their own."""
    tie = ContactRelationship(**values)
    await refuse_faults(ctx, tie)
    await begin(
        ctx,
        tie,
        responsibility_id=tie.responsibility_id,
        holder_id=tie.contact_id,
        anchor_kind="accounts",
        anchor_id=tie.account_id,
    )
    return tie


@action(contact_relationships, name="update", audiences=("staff",))
async def update(ctx: Context, tie: ContactRelationship, **values: Any) -> None:
    """Change the last day of a contact relationship."""
    await change_end(ctx, tie, values.get("ends_on", tie.ends_on))


@action(contact_relationships, audiences=("staff",))
async def end(ctx: Context, tie: ContactRelationship) -> None:
    """End a contact relationship, and the access that it gave; it is kept as history."""
    await finish(ctx, tie)


@action(contact_relationships, name="delete", audiences=("staff",))
async def delete(ctx: Context, tie: ContactRelationship) -> None:
    """Remove a contact relationship, and the access that it gave."""
    await remove(ctx, tie)


async def refuse_faults(ctx: Context, tie: ContactRelationship) -> None:
    """Raises Invalid with every fault."""
    faults = end_faults(tie.ends_on, ctx.now.date())
    faults += await kind_faults(ctx, tie.responsibility_id, ResponsibilityKind.CONTACT)
    if not await is_selectable(ctx, tie.account_id, tie.contact_id):
        message = "must be a contact of a related account or of the account's hierarchy"
        faults.append(Fault("/contact_id", "not_selectable", message))
    if faults:
        raise Invalid(faults)
