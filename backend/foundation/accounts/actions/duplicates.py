"""Looking for a company before entering one."""

from typing import Annotated

from annotated_types import MaxLen

from backend.foundation.accounts.resources import accounts
from backend.platform.duplicates.screening import Suspects, WhereAbouts, suspects
from infra.kernel.actions import action
from infra.kernel.context import Context


@action(accounts, on="collection", name="duplicates", verb="create", audiences=("staff",))
async def duplicates(
    ctx: Context,
    *,
    name: Annotated[str, MaxLen(200)] = "",
    email: Annotated[str, MaxLen(254)] | None = None,
    phone: Annotated[str, MaxLen(50)] | None = None,
    address: WhereAbouts | None = None,
) -> Suspects:
    """Name the accounts that look like this one, as far as the caller may see them."""
    values = {"name": name, "email": email, "phone": phone}
    return await suspects(ctx, accounts, values, address)
