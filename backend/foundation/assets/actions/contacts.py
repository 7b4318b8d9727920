"""Giving assets to contacts, and taking them back."""

from typing import Annotated
from uuid import UUID

from annotated_types import Ge, Le
from pydantic import BaseModel

from backend.foundation.assets import queries
from backend.foundation.assets.models import Asset, AssetContact
from backend.foundation.assets.resources import asset_contacts, assets
from backend.platform.responsibilities.holding import hold, release, responsibility_named
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid

RESPONSIBILITY = "asset_contact"
"""What a contact has on an asset that is theirs to look after."""

Limit = Annotated[int, Ge(1), Le(200)]


class SelectableContact(BaseModel):
    """Somebody who may be a contact of the asset."""

    id: UUID
    name: str
    account_id: UUID


class SelectableContacts(BaseModel):
    """A page of them; `next` is the `after` of the following one."""

    data: list[SelectableContact]
    next: UUID | None


@action(assets, method="GET", audiences=("staff", "customer"))
async def selectable_contacts(
    ctx: Context, asset: Asset, *, after: UUID | None = None, limit: Limit = 50
) -> SelectableContacts:
    """Who may be a contact of the asset: people of the account that owns it, of its partners, and
    those who act for it."""
    if asset.account_id is None:
        return SelectableContacts(data=[], next=None)
    found = await queries.selectable(ctx, asset.account_id, after=after, limit=limit + 1)
    page = [SelectableContact(**vars(one)) for one in found[:limit]]
    return SelectableContacts(data=page, next=page[-1].id if len(found) > limit else None)


@action(asset_contacts, on="collection", name="create", audiences=("staff", "customer"))
async def assign(ctx: Context, *, asset_id: UUID, contact_id: UUID) -> AssetContact:
    """Make a contact responsible for an asset."""
    asset: Asset | None = await ctx.find(assets, asset_id)
    if asset is None:
        raise Invalid([Fault("/asset_id", "not_found", "there is no such record")])
    if asset.account_id is None:
        message = "is a consumer's, who looks after it themselves"
        raise Invalid([Fault("/asset_id", "no_account", message)])
    if not await queries.is_selectable(ctx, asset.account_id, contact_id):
        message = "is neither of the asset's account or its partners nor acts for it"
        raise Invalid([Fault("/contact_id", "not_selectable", message)])
    tie = AssetContact(asset_id=asset_id, contact_id=contact_id)
    await ctx.save(tie)
    responsibility = await responsibility_named(ctx, RESPONSIBILITY)
    if responsibility is not None:
        await hold(
            ctx,
            source=tie,
            responsibility_id=responsibility.id,
            holder_id=contact_id,
            anchor_kind="assets",
            anchor_id=asset_id,
        )
    return tie


@action(asset_contacts, name="delete", audiences=("staff", "customer"))
async def withdraw(ctx: Context, tie: AssetContact) -> None:
    """End a contact's responsibility for an asset."""
    await release(ctx, tie.id)
    await ctx.delete(tie)
