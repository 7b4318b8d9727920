"""Merging companies that are one."""

from typing import Annotated, Any
from uuid import UUID

from annotated_types import MaxLen, MinLen
from pydantic import Field

from backend.foundation.accounts.actions.keep import move
from backend.foundation.accounts.errors import HierarchyCycle
from backend.foundation.accounts.models import Account
from backend.foundation.accounts.queries import subtree_ids
from backend.foundation.accounts.resources import accounts
from backend.foundation.accounts.rules import is_below
from backend.platform.merging.applying import Manner, Recorder
from backend.platform.merging.applying import merge as merge_records
from backend.platform.merging.planning import MergePlan
from infra.kernel.actions import action
from infra.kernel.context import Context

FIXED = frozenset({"code", "is_customer", "is_partner"})


@action(accounts, name="merge", audiences=("staff",))
async def merge(
    ctx: Context,
    account: Account,
    *,
    sources: Annotated[list[UUID], MinLen(1), MaxLen(20), Field(alias="from")],
    fields: Annotated[dict[str, UUID], MaxLen(50)] = {},  # noqa: B006
    versions: Annotated[dict[UUID, int], MaxLen(21)] = {},  # noqa: B006
    dry_run: bool = False,
) -> MergePlan:
    """Make other companies part of this one: whatever names them names this one from now on."""
    return await merge_records(
        ctx, accounts, account, sources, fields=fields, versions=versions, dry_run=dry_run,
        manner=Manner(fixed=FIXED, skip=("parent_id",), before=adopt_children),
    )  # fmt: skip


async def adopt_children(
    ctx: Context, recorder: Recorder, winner: Account, losers: list[Any]
) -> None:
    """What lies below the others moves below the one that stays; raises HierarchyCycle."""
    for loser in losers:
        if is_below(winner.path, loser.path):
            raise HierarchyCycle(f"{winner.name} lies below {loser.name}: move it out first")
    for loser in losers:
        await recorder.watch("accounts", await subtree_ids(ctx, loser.path))
        for child in await ctx.every(accounts).filter(parent_id=loser.id).order_by("id"):
            child.parent_id = winner.id
            await move(ctx, child)
            await ctx.save(child)
        await recorder.settle()
