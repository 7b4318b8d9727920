"""Questions to billing: who pays for a customer on a day, and what lies below an account."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from backend.foundation.accounts.ownership import owner_faults
from backend.foundation.accounts.resources import accounts
from backend.foundation.billing_accounts import rules
from backend.foundation.billing_accounts.actions.arrange import arrangements_for, share_of
from backend.foundation.billing_accounts.models import BillingAccount, BillingState
from backend.foundation.billing_accounts.queries import invoiced_to, own_billing_account, tree_of
from backend.foundation.billing_accounts.resources import billing_accounts
from backend.foundation.consumers.resources import consumers
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import BadRequest

TREE_MOST = 1_000


class Payer(BaseModel):
    """A part of what a customer owes: who pays it and where the invoice arrives. Null is nobody."""

    billing_account_id: UUID | None
    invoiced_to_id: UUID | None
    basis_points: int


class BillingBranch(BaseModel):
    """A billing account in its tree; depth 0 is the one that was asked for."""

    id: UUID
    name: str
    parent_id: UUID | None
    depth: int


@action(
    billing_accounts, on="collection", method="GET", name="payers", verb="read",
    audiences=("staff",),
)  # fmt: skip
async def payers(
    ctx: Context,
    *,
    account_id: UUID | None = None,
    consumer_id: UUID | None = None,
    on: date | None = None,
) -> list[Payer]:
    """Who pays for a customer on a day (today unless told): shares in basis points, all together
    10 000. Arrangements come first, the rest is the customer's own billing account's."""
    if faults := owner_faults(account_id, consumer_id):
        raise BadRequest(faults)
    if account_id:
        await ctx.get(accounts, account_id)
    else:
        await ctx.get(consumers, consumer_id or "")
    customer = account_id, consumer_id
    shares = [share_of(each) for each in await arrangements_for(ctx, customer)]
    closed = await _closed(ctx, {share.billing_account_id for share in shares})
    own = await own_billing_account(ctx, customer)
    parts = rules.payers(
        [share for share in shares if share.billing_account_id not in closed],
        own,
        on or ctx.now.date(),
    )
    arrives = await invoiced_to(ctx, [payer for payer, _ in parts if payer is not None])
    return [
        Payer(
            billing_account_id=payer,
            invoiced_to_id=arrives.get(payer) if payer else None,
            basis_points=points,
        )
        for payer, points in parts
    ]


async def _closed(ctx: Context, ids: set[UUID]) -> set[UUID]:
    """Those of the billing accounts that pay for nobody any more."""
    rows: list[BillingAccount] = await ctx.every(billing_accounts).filter(
        id__in=list(ids), state=BillingState.CLOSED
    )
    return {row.id for row in rows}


@action(billing_accounts, method="GET", name="tree", verb="read", audiences=("staff",))
async def tree(ctx: Context, account: BillingAccount) -> list[BillingBranch]:
    """The billing account and all below it, nearest first, a thousand at most."""
    found = await tree_of(ctx, account.id, TREE_MOST)
    return [BillingBranch(**vars(branch)) for branch in found]
