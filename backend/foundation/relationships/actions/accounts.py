"""Companies that stand to each other: one is entered, two are there (F38, F39)."""

from datetime import date
from typing import Any
from uuid import UUID

from backend.foundation.accounts.models import Account
from backend.foundation.accounts.resources import accounts
from backend.foundation.relationships.accounts import (
    a_pair,
    begin_pair,
    change_pair,
    finish_pair,
    remove_pair,
)
from backend.foundation.relationships.models import AccountRelationship, AccountRelationshipType
from backend.foundation.relationships.resources import (
    account_relationship_types,
    account_relationships,
)
from backend.foundation.relationships.rules import pair_faults
from backend.foundation.relationships.ties import end_faults
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Invalid


@action(account_relationships, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> AccountRelationship:
    """Relate two accounts; the other account gets the reverse of it at once."""
    type_id, ends_on = values["type_id"], values.get("ends_on")
    account_id, related_account_id = values["account_id"], values["related_account_id"]
    type_ = await require_fitting(ctx, type_id, account_id, related_account_id, ends_on)
    forward, reverse = a_pair(type_id, account_id, related_account_id, ends_on)
    await begin_pair(ctx, type_, forward, reverse)
    return forward


@action(account_relationships, name="update", audiences=("staff",))
async def update(ctx: Context, side: AccountRelationship, **values: Any) -> None:
    """Change the last day of a relationship, on both sides."""
    await change_pair(ctx, side, values.get("ends_on", side.ends_on))


@action(account_relationships, audiences=("staff",))
async def end(ctx: Context, side: AccountRelationship) -> None:
    """End a relationship from both sides, and the access that it gave; it is kept as history."""
    await finish_pair(ctx, side)


@action(account_relationships, name="delete", audiences=("staff",))
async def delete(ctx: Context, side: AccountRelationship) -> None:
    """Remove a relationship and its reverse; cases that mention it stay as they are."""
    await remove_pair(ctx, side)


async def require_fitting(
    ctx: Context, type_id: UUID, account_id: UUID, related_account_id: UUID, ends_on: date | None
) -> AccountRelationshipType:
    """The type, where it joins these two; raises Invalid with every fault."""
    type_: AccountRelationshipType | None = await ctx.find(account_relationship_types, type_id)
    account: Account | None = await ctx.find(accounts, account_id)
    related: Account | None = await ctx.find(accounts, related_account_id)
    faults = pair_faults(type_, account, related) + end_faults(ends_on, ctx.now.date())
    if type_ is None or faults:
        raise Invalid(faults)
    return type_
