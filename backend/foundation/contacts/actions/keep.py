"""Contacts: entering them, changing them, seeing them go."""

from typing import Any

from backend.foundation.accounts.models import PartyState
from backend.foundation.contacts.models import Contact
from backend.foundation.contacts.persons import (
    clean,
    enter,
    foresee,
    profiles_of_record,
    set_active,
)
from backend.foundation.contacts.resources import contacts
from backend.platform.duplicates.screening import rekey, screen
from backend.platform.merging.standing import require_standing
from infra.kernel.actions import action
from infra.kernel.context import Context
from tenants.people.models import ProfileKind


@action(contacts, on="collection", name="create", prepare=foresee)
async def create(ctx: Context, *, force: bool = False, **values: Any) -> Contact:
    """Enter a person of a company; with an e-mail address they can be invited to the portal."""
    clean(values)
    contact = Contact(**values)
    await screen(ctx, contacts, contact, force=force)
    if contact.email:
        await introduce(ctx, contact)
    await ctx.save(contact)
    return contact


@action(contacts, name="update")
async def update(ctx: Context, contact: Contact, **values: Any) -> None:
    """Change a contact. The address they sign in with is their user's and stays."""
    require_standing(contact)
    clean(values)
    changed = {name for name, value in values.items() if getattr(contact, name) != value}
    contact.update_from_dict(values)
    if contact.user_id is None and contact.email:
        await introduce(ctx, contact)
    elif changed & {"account_id", "state"} and contact.user_id is not None:
        parts = await profiles_of_record(ctx, contact_id=contact.id)
        for profile in parts:
            profile.account_id = contact.account_id
        await set_active(ctx, parts, active=contact.state is PartyState.ACTIVE)
    await rekey(ctx, contacts, contact)
    await ctx.save(contact)


async def introduce(ctx: Context, contact: Contact) -> None:
    """Tie the contact to their person."""
    contact.user_id = await enter(
        ctx,
        ProfileKind.CONTACT,
        email=contact.email or "",
        name=contact.name,
        locale=contact.locale,
        contact_id=contact.id,
        account_id=contact.account_id,
    )
