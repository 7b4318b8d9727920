"""Consumers: entering them, changing them, seeing them go."""

from typing import Any

from backend.foundation.accounts.models import PartyState
from backend.foundation.consumers.models import Consumer
from backend.foundation.consumers.resources import consumers
from backend.foundation.contacts.persons import (
    clean,
    enter,
    foresee,
    profiles_of_record,
    set_active,
)
from backend.platform.duplicates.screening import rekey, screen
from backend.platform.merging.standing import require_standing
from infra.kernel.actions import action
from infra.kernel.context import Context
from tenants.people.models import ProfileKind


@action(consumers, on="collection", name="create", audiences=("staff",), prepare=foresee)
async def create(ctx: Context, *, force: bool = False, **values: Any) -> Consumer:
    """Enter a private customer; with an e-mail address they can be invited to the portal."""
    clean(values)
    consumer = Consumer(**values)
    await screen(ctx, consumers, consumer, force=force)
    if consumer.email:
        await introduce(ctx, consumer)
    await ctx.save(consumer)
    return consumer


@action(consumers, name="update")
async def update(ctx: Context, consumer: Consumer, **values: Any) -> None:
    """Change a consumer's data. The address they sign in with is their user's and stays."""
    require_standing(consumer)
    clean(values)
    leaves_or_returns = "state" in values and values["state"] != consumer.state
    consumer.update_from_dict(values)
    if consumer.user_id is None and consumer.email:
        await introduce(ctx, consumer)
    elif leaves_or_returns and consumer.user_id is not None:
        parts = await profiles_of_record(ctx, consumer_id=consumer.id)
        await set_active(ctx, parts, active=consumer.state is PartyState.ACTIVE)
    await rekey(ctx, consumers, consumer)
    await ctx.save(consumer)


async def introduce(ctx: Context, consumer: Consumer) -> None:
    """Tie the consumer to their person."""
    consumer.user_id = await enter(
        ctx,
        ProfileKind.CONSUMER,
        email=consumer.email or "",
        name=consumer.name,
        locale=consumer.locale,
        consumer_id=consumer.id,
        purpose=consumer.purpose,
    )
