"""Places of a hierarchy: all of them, and the accounts that have none yet."""

from typing import Annotated
from uuid import UUID

from annotated_types import Ge, Le, MaxLen
from pydantic import BaseModel

from backend.foundation.accounts.models import Account
from backend.foundation.accounts.resources import accounts
from backend.foundation.locations import queries
from backend.foundation.locations.models import Purpose
from infra.kernel.actions import action
from infra.kernel.columns import Text
from infra.kernel.context import Context

Limit = Annotated[int, Ge(1), Le(200)]


class HierarchyPlace(BaseModel):
    """An address or site, and the account of the hierarchy that it belongs to."""

    id: UUID
    name: str
    purpose: Purpose
    line1: str
    postal_code: str | None
    city: str
    country: str
    account_id: UUID
    account_name: str
    account_path: str


class HierarchyPlaces(BaseModel):
    """A page of places; `next` is the `after` of the following one."""

    data: list[HierarchyPlace]
    next: UUID | None


class AccountWithoutSite(BaseModel):
    """An account that nobody can deliver to."""

    id: UUID
    number: str | None
    name: str
    path: str


class MissingSites(BaseModel):
    """Whether every account has a site, and a page of those that have none."""

    complete: bool
    data: list[AccountWithoutSite]
    next: str | None


@action(accounts, name="sites", method="GET", audiences=("staff", "customer"))
async def sites(
    ctx: Context,
    account: Account,
    *,
    purpose: Purpose | None = None,
    after: UUID | None = None,
    limit: Limit = 50,
) -> HierarchyPlaces:
    """The addresses and sites of an account and of all accounts below it."""
    found = await queries.places_beneath(
        ctx,
        account.path,
        purpose=purpose.value if purpose else None,
        after=after,
        limit=limit + 1,
    )
    page = [HierarchyPlace.model_validate(vars(place)) for place in found[:limit]]
    return HierarchyPlaces(data=page, next=page[-1].id if len(found) > limit else None)


@action(accounts, name="missing_sites", method="GET", audiences=("staff", "customer"))
async def missing_sites(
    ctx: Context,
    account: Account,
    *,
    after: Annotated[Text, MaxLen(4_000)] | None = None,
    limit: Limit = 50,
) -> MissingSites:
    """The active accounts of a hierarchy without a site; a quote needs one for each of them."""
    found = await queries.accounts_without_site(ctx, account.path, after=after, limit=limit + 1)
    page = [AccountWithoutSite(**vars(one)) for one in found[:limit]]
    return MissingSites(
        complete=not found and after is None,
        data=page,
        next=page[-1].path if len(found) > limit else None,
    )
