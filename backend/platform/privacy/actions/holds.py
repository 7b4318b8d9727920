"""Holds that forbid erasing, and rules that put it off."""

from typing import Any
from uuid import UUID

from backend.platform.privacy.errors import HoldReleased
from backend.platform.privacy.models import LegalHold, RetentionRule
from backend.platform.privacy.resources import HoldKind, legal_holds, retention_rules
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(legal_holds, on="collection", name="create", audiences=("staff",))
async def create_hold(ctx: Context, *, kind: HoldKind, record_id: UUID, **values: Any) -> LegalHold:
    """Forbid that anything of a person, an account or a case is erased."""
    if await ctx.find(ctx.services.registry.resources[kind], record_id) is None:
        raise Invalid([Fault("/record_id", "not_found", "there is no such record")])
    row = LegalHold(kind=kind, record_id=record_id, **values)
    await ctx.save(row)
    return row


@action(legal_holds, audiences=("staff",))
async def release(ctx: Context, hold: LegalHold) -> None:
    """End the hold; requests that it blocked can be started again."""
    if hold.released_at is not None:
        raise HoldReleased("it has ended")
    hold.released_at = ctx.now
    await ctx.save(hold)


@action(retention_rules, on="collection", name="create", audiences=("staff",))
async def create_rule(ctx: Context, **values: Any) -> RetentionRule:
    """Say for how many days records of a kind have to be kept as they are."""
    row = RetentionRule(**values)
    if row.resource not in ctx.services.registry.resources:
        raise Invalid([Fault("/resource", "choice", "is no kind of record")])
    await ctx.save(row)
    return row
