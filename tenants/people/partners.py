"""Whoever acts for a partner company is a contact there: with that come the cases of their own."""

from typing import Any
from uuid import UUID

from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from tenants.people.queries import contact_facts


async def settle_contact(ctx: Context, user_id: UUID, values: dict[str, Any]) -> None:
    """Complete what is said of a partner profile: a contact brings its company along. Raises
    Invalid for a contact that is not the person's, or is of another company than is named."""
    if (contact_id := values.get("contact_id")) is None:
        return
    contact = await contact_facts(ctx, contact_id)
    if contact is None:
        raise Invalid([Fault("/contact_id", "not_found", "there is no such record")])
    if contact["user_id"] != user_id:
        raise Invalid([Fault("/contact_id", "other_person", "is a contact of somebody else")])
    if (values.get("account_id") or contact["account_id"]) != contact["account_id"]:
        raise Invalid([Fault("/account_id", "other_account", "is not the company of the contact")])
    values["account_id"] = contact["account_id"]
