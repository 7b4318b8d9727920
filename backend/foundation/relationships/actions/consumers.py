"""Consumers who act for other consumers (F52)."""

from typing import Any

from backend.foundation.relationships.models import ConsumerRelationship
from backend.foundation.relationships.resources import consumer_relationships
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
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(consumer_relationships, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> ConsumerRelationship:
    """Let a consumer act for another, whether they share a household or not."""
    tie = ConsumerRelationship(**values)
    await refuse_faults(ctx, tie)
    await begin(
        ctx,
        tie,
        responsibility_id=tie.responsibility_id,
        holder_id=tie.representative_id,
        anchor_kind="consumers",
        anchor_id=tie.consumer_id,
    )
    return tie


@action(consumer_relationships, name="update", audiences=("staff",))
async def update(ctx: Context, tie: ConsumerRelationship, **values: Any) -> None:
    """Change the last day on which a consumer acts for another."""
    await change_end(ctx, tie, values.get("ends_on", tie.ends_on))


@action(consumer_relationships, audiences=("staff", "customer"))
async def end(ctx: Context, tie: ConsumerRelationship) -> None:
    """End that a consumer acts for another; either of the two may."""
    await finish(ctx, tie)


@action(consumer_relationships, name="delete", audiences=("staff",))
async def delete(ctx: Context, tie: ConsumerRelationship) -> None:
    """Remove a consumer relationship, and the access that it gave."""
    await remove(ctx, tie)


async def refuse_faults(ctx: Context, tie: ConsumerRelationship) -> None:
    """Raises Invalid with every fault."""
    faults = end_faults(tie.ends_on, ctx.now.date())
    if tie.consumer_id == tie.representative_id:
        faults.append(Fault("/representative_id", "same_consumer", "must be another consumer"))
    faults += await kind_faults(ctx, tie.responsibility_id, ResponsibilityKind.CONTACT)
    if faults:
        raise Invalid(faults)
