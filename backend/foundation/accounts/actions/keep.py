"""Founding, changing and moving companies."""

from typing import Any
from uuid import UUID

from backend.foundation.accounts.errors import HierarchyCycle, HierarchyTooDeep
from backend.foundation.accounts.models import Account
from backend.foundation.accounts.queries import deepest_below, hold_hierarchy, move_subtree
from backend.foundation.accounts.resources import accounts
from backend.foundation.accounts.rules import (
    DEPTH_MAX,
    account_faults,
    canonical_code,
    is_below,
    path_of,
)
from backend.platform.duplicates.screening import rekey, screen
from backend.platform.merging.standing import require_standing
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(accounts, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, *, force: bool = False, **values: Any) -> Account:
    """Create a company, at the top or below another."""
    values["code"] = canonical_code(values["code"])
    account = Account(**values)
    refuse_faults(account)
    if account.parent_id is not None:
        await hold_hierarchy(ctx, moving=False)
    account.path = await path_below(ctx, account.code, account.parent_id)
    if account.path.count("/") > DEPTH_MAX:
        raise HierarchyTooDeep(f"a hierarchy has at most {DEPTH_MAX} levels")
    await screen(ctx, accounts, account, force=force)
    await ctx.save(account)
    return account


@action(accounts, name="update")
async def update(ctx: Context, account: Account, **values: Any) -> None:
    """Change a company; a new code or parent moves everything below it too."""
    require_standing(account)
    if "code" in values:
        values["code"] = canonical_code(values["code"] or "")
    moves = any(
        name in values and values[name] != getattr(account, name) for name in ("code", "parent_id")
    )
    account.update_from_dict(values)
    refuse_faults(account)
    if moves:
        await move(ctx, account)
    await rekey(ctx, accounts, account)
    await ctx.save(account)


async def move(ctx: Context, account: Account) -> None:
    """Give the account and its subtree the paths of where it lies now; raises HierarchyCycle."""
    await hold_hierarchy(ctx, moving=True)
    before = account.path
    after = await path_below(ctx, account.code, account.parent_id, top=before)
    levels = await deepest_below(ctx, before) - before.count("/") + after.count("/")
    if levels > DEPTH_MAX:
        raise HierarchyTooDeep(f"a hierarchy has at most {DEPTH_MAX} levels")
    account.path = after
    await move_subtree(ctx, before, after)


async def path_below(
    ctx: Context, code: str, parent_id: UUID | None, *, top: str | None = None
) -> str:
    """The path of this code below the parent, which must not lie at or below `top`."""
    if parent_id is None:
        return path_of(code, None)
    parent: Account | None = await ctx.find(accounts, parent_id)
    if parent is None:
        raise Invalid([Fault("/parent_id", "not_found", "there is no such account")])
    if top is not None and is_below(parent.path, top):
        raise HierarchyCycle(f"{parent.name} lies at or below this account")
    return path_of(code, parent.path)


def refuse_faults(account: Account) -> None:
    """Raises Invalid with every fault."""
    faults = account_faults(
        account.code, is_customer=account.is_customer, is_partner=account.is_partner
    )
    if faults:
        raise Invalid(faults)
