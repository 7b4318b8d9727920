"""What the values of a division are called, as far as the reader may know."""

from collections.abc import Sequence
from uuid import UUID

from backend.foundation.accounts.resources import accounts
from backend.foundation.products.resources import product_models
from backend.service.cases.types.resources import case_types
from backend.service.insights.staff_queries import staff_names
from infra.kernel.context import Context
from infra.kernel.resource import Resource
from tenants.people.resources import groups

_RECORDS: dict[str, Resource] = {
    "group": groups, "case_type": case_types, "product_model": product_models,
    "account": accounts,
}  # fmt: skip


async def names_of(ctx: Context, by: str, keys: Sequence[str]) -> dict[str, str]:
    """Name by key; channels and priorities have words of their own, in the reader's language."""
    if by == "agent":
        return await staff_names(ctx, [UUID(key) for key in keys])
    if by not in _RECORDS:
        return {}
    found = await ctx.many(_RECORDS[by], [UUID(key) for key in keys])
    return {str(key): row.name for key, row in found.items()}
