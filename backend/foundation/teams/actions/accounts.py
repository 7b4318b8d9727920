"""The team of an account: employees and contacts, by responsibilities of their kind (F48–F50)."""

from typing import Any
from uuid import UUID

from backend.foundation.contacts.models import Contact
from backend.foundation.contacts.resources import contacts
from backend.foundation.relationships.queries import is_selectable
from backend.foundation.relationships.ties import (
    begin,
    change_end,
    end_faults,
    finish,
    kind_faults,
    remove,
)
from backend.foundation.teams.models import AccountTeamMember
from backend.foundation.teams.people import staff_faults
from backend.foundation.teams.resources import account_team_members
from backend.platform.responsibilities.models import ResponsibilityKind
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(account_team_members, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> AccountTeamMember:
    """Put an employee or a contact on an account's team, with a responsibility."""
    member = AccountTeamMember(**values)
    holder_id = member.profile_id or member.contact_id
    faults = await person_faults(ctx, member) + end_faults(member.ends_on, ctx.now.date())
    if holder_id is None or faults:
        raise Invalid(faults)
    await begin(
        ctx,
        member,
        responsibility_id=member.responsibility_id,
        holder_id=holder_id,
        anchor_kind="accounts",
        anchor_id=member.account_id,
    )
    return member


@action(account_team_members, name="update", audiences=("staff",))
async def update(ctx: Context, member: AccountTeamMember, **values: Any) -> None:
    """Change the last day of somebody on an account's team."""
    await change_end(ctx, member, values.get("ends_on", member.ends_on))


@action(account_team_members, audiences=("staff",))
async def end(ctx: Context, member: AccountTeamMember) -> None:
    """Let somebody go from an account's team, and end the access that came with it."""
    await finish(ctx, member)


@action(account_team_members, name="delete", audiences=("staff",))
async def delete(ctx: Context, member: AccountTeamMember) -> None:
    """Remove somebody from an account's team as if they had never been on it."""
    await remove(ctx, member)


async def person_faults(ctx: Context, member: AccountTeamMember) -> list[Fault]:
    """Every reason why this person cannot have this responsibility for the account."""
    if member.profile_id is not None and member.contact_id is None:
        kind = ResponsibilityKind.EMPLOYEE
        faults = await staff_faults(ctx, member.profile_id)
    elif member.contact_id is not None and member.profile_id is None:
        kind = ResponsibilityKind.CONTACT
        faults = await contact_faults(ctx, member.account_id, member.contact_id)
    else:
        return [Fault("/profile_id", "one_person", "name either profile_id or contact_id")]
    return faults + await kind_faults(ctx, member.responsibility_id, kind)


async def contact_faults(ctx: Context, account_id: UUID, contact_id: UUID) -> list[Fault]:
    """A fault unless the contact is the account's, or one who may be chosen to stand for it."""
    contact: Contact | None = await ctx.find(contacts, contact_id)
    if contact is None:
        return [Fault("/contact_id", "not_found", "there is no such contact")]
    if contact.account_id == account_id or await is_selectable(ctx, account_id, contact_id):
        return []
    message = "must be a contact of the account, of a related account or of the hierarchy"
    return [Fault("/contact_id", "not_selectable", message)]
