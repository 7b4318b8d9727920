"""Mailboxes: entering and changing them."""

from typing import Any

from backend.omnichannel.channels.email.models import Mailbox
from backend.omnichannel.channels.email.resources import mailboxes
from infra.kernel.actions import action
from infra.kernel.context import Context
from tenants.emails import require_address


@action(mailboxes, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> Mailbox:
    """Enter an address that customers write to."""
    mailbox = Mailbox(**{name: value for name, value in values.items() if value is not None})
    mailbox.address = require_address(mailbox.address, "/address")
    await ctx.save(mailbox)
    return mailbox


@action(mailboxes, name="update", audiences=("staff",))
async def update(ctx: Context, mailbox: Mailbox, **values: Any) -> None:
    """Change a mailbox."""
    if values.get("address") is not None:
        values["address"] = require_address(values["address"], "/address")
    mailbox.update_from_dict({name: value for name, value in values.items() if value is not None})
    await ctx.save(mailbox)
