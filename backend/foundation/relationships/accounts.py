"""Both sides of a relationship of two companies: made, changed, ended and removed together."""

from datetime import date
from uuid import UUID

from backend.foundation.relationships.models import (
    AccountRelationship,
    AccountRelationshipType,
    Direction,
)
from backend.foundation.relationships.resources import account_relationships
from backend.foundation.relationships.rules import given
from backend.foundation.relationships.ties import TieState, change_end, finish, remove, watch_end
from backend.platform.responsibilities.holding import hold, release
from infra.kernel.context import Context
from infra.kernel.ids import uuid7


def a_pair(
    type_id: UUID, account_id: UUID, related_account_id: UUID, ends_on: date | None
) -> tuple[AccountRelationship, AccountRelationship]:
    """The two sides of a new relationship, each naming the other as its reverse."""
    here, there = uuid7(), uuid7()
    forward = AccountRelationship(
        id=here, reverse_id=there, direction=Direction.FORWARD, type_id=type_id,
        account_id=account_id, related_account_id=related_account_id, ends_on=ends_on,
    )  # fmt: skip
    reverse = AccountRelationship(
        id=there, reverse_id=here, direction=Direction.REVERSE, type_id=type_id,
        account_id=related_account_id, related_account_id=account_id, ends_on=ends_on,
    )  # fmt: skip
    return forward, reverse


async def begin_pair(
    ctx: Context,
    type_: AccountRelationshipType,
    forward: AccountRelationship,
    reverse: AccountRelationship,
) -> None:
    """Store both sides and let each side's people have what the type gives them."""
    for side in (forward, reverse):
        await ctx.save(side)
        await give(ctx, type_, side)
    watch_end(ctx, forward)


async def give(ctx: Context, type_: AccountRelationshipType, side: AccountRelationship) -> None:
    """Let the people of this side's account have what the type gives them."""
    if (what := given(type_, side)) is not None:
        await hold(
            ctx,
            source=side,
            responsibility_id=what.responsibility_id,
            holder_id=what.holder_id,
            anchor_kind="accounts",
            anchor_id=what.anchor_id,
        )


async def give_anew(ctx: Context, type_: AccountRelationshipType) -> None:
    """After the type has changed: everybody has what it gives now, and nothing else."""
    sides = await ctx.every(account_relationships).filter(type_id=type_.id, state=TieState.ACTIVE)
    for side in sides:
        await release(ctx, side.id)
    await ctx.flush()  # what goes must be gone before the same comes again
    for side in sides:
        await give(ctx, type_, side)


async def other_side(ctx: Context, side: AccountRelationship) -> AccountRelationship:
    """The reverse, which the database says is there."""
    found: AccountRelationship = await ctx.find(account_relationships, side.reverse_id, lock=True)
    return found


async def change_pair(ctx: Context, side: AccountRelationship, ends_on: date | None) -> None:
    """Give both sides another last day."""
    reverse = await other_side(ctx, side)
    await change_end(ctx, side, ends_on)
    reverse.ends_on = ends_on
    await ctx.save(reverse)


async def finish_pair(ctx: Context, side: AccountRelationship) -> None:
    """End both sides."""
    reverse = await other_side(ctx, side)
    await finish(ctx, side)
    await finish(ctx, reverse)


async def remove_pair(ctx: Context, side: AccountRelationship) -> None:
    """Remove both sides; cases that named them stay as they are, without the name."""
    reverse = await other_side(ctx, side)
    await remove(ctx, side)
    await remove(ctx, reverse)
