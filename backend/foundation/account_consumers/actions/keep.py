"""Taking consumers on for a business."""

from typing import Any

from backend.foundation.account_consumers.models import AccountConsumer
from backend.foundation.account_consumers.resources import account_consumers
from backend.foundation.accounts.ownership import period_faults
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Invalid


@action(account_consumers, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> AccountConsumer:
    """Serve a consumer through a business, whose customer or employee they are."""
    link = AccountConsumer(**{k: v for k, v in values.items() if v is not None})
    link.starts_on = link.starts_on or ctx.now.date()
    if faults := period_faults(link.starts_on, link.ends_on):
        raise Invalid(faults)
    await ctx.save(link)
    return link


@action(account_consumers, name="update", audiences=("staff",))
async def update(ctx: Context, link: AccountConsumer, **values: Any) -> None:
    """Change what a consumer is to the business, and until when."""
    link.update_from_dict(values)
    if faults := period_faults(link.starts_on, link.ends_on):
        raise Invalid(faults)
    await ctx.save(link)
