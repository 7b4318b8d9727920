"""Everything that stands beside a case on its page (F147): who, what, and what is owed.

Each part is read as the caller, so nobody learns here what its own address would refuse.
"""

from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel
from tortoise.expressions import Q

from backend.foundation.accounts.resources import accounts
from backend.foundation.assets.resources import assets
from backend.foundation.consumers.resources import consumers
from backend.foundation.contacts.resources import contacts
from backend.foundation.contracts.resources import service_contracts
from backend.foundation.entitlements.resources import entitlements
from backend.foundation.installed.resources import (
    install_base_items,
    installed_products,
    sold_products,
)
from backend.foundation.locations.resources import locations
from backend.foundation.warranties.models import WarrantyState
from backend.foundation.warranties.resources import warranties
from backend.platform.slas.resources import task_slas
from backend.service.cases.beside import (
    CaseContext,
    Clock,
    Contract,
    Entitled,
    Installed,
    InstalledAt,
    OwnedProduct,
    Party,
    Site,
    Supported,
    WarrantyHeld,
)
from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import NotFound
from infra.kernel.model import Record
from infra.kernel.resource import Resource

PRODUCTS_MAX = 50
M = TypeVar("M", bound=BaseModel)


@action(cases, name="context", method="GET", verb="read")
async def context(ctx: Context, case: Case) -> CaseContext:
    """The customer, products, entitlement, contract and clocks of a case."""
    staff = ctx.caller.audience in {"staff", "system"}
    return CaseContext(
        case_id=case.id,
        customer_kind=case.customer_kind.value,
        account=await part(ctx, accounts, case.account_id, Party),
        contact=await part(ctx, contacts, case.contact_id, Party),
        consumer=await part(ctx, consumers, case.consumer_id, Party),
        sold_product=await part(ctx, sold_products, case.sold_product_id, OwnedProduct),
        asset=await part(ctx, assets, case.asset_id, Supported),
        products=await products_of(ctx, case),
        installed=await installed_of(ctx, case),
        places=await places_of(ctx, case),
        warranties=await warranties_of(ctx, case),
        contract=await part(ctx, service_contracts, case.contract_id, Contract),
        entitlement_status=case.entitlement_status.value,
        entitlement=await part(ctx, entitlements, case.entitlement_id, Entitled),
        entitlement_explanation=case.entitlement_explanation if staff else [],
        slas=await clocks_of(ctx, case),
    )


async def part(
    ctx: Context, resource: Resource, record_id: UUID | None, model: type[M]
) -> M | None:
    """One record as far as the caller may read it, None where not at all."""
    if record_id is None or not ctx.may(resource, "read"):
        return None
    try:
        row: Record = await ctx.get(resource, record_id)
    except NotFound:
        return None
    return shown(ctx, resource, row, model)


def shown(ctx: Context, resource: Resource, row: Record, model: type[M]) -> M:
    """The row's columns that the model has and the caller may read."""
    readable = ctx.plan(resource).open_columns | {"id"}
    values: dict[str, Any] = {n: getattr(row, n) for n in model.model_fields if n in readable}
    return model.model_validate(values)


async def products_of(ctx: Context, case: Case) -> list[OwnedProduct]:
    """What the customer owns, the product of the case among it."""
    owner = (
        {"account_id": case.account_id} if case.account_id else {"consumer_id": case.consumer_id}
    )
    if not any(owner.values()):
        return []
    rows = ctx.rows(sold_products).filter(**owner).order_by("name", "id").limit(PRODUCTS_MAX)
    return [shown(ctx, sold_products, row, OwnedProduct) for row in await rows]


async def installed_of(ctx: Context, case: Case) -> list[Installed]:
    """What is installed of the case's product: its own items, and others that stand for it."""
    if case.sold_product_id is None:
        return []
    placed = ctx.rows(installed_products).filter(sold_product_id=case.sold_product_id)
    others = await placed.limit(PRODUCTS_MAX).values_list("install_base_item_id", flat=True)
    rows = ctx.rows(install_base_items).filter(
        Q(sold_product_id=case.sold_product_id) | Q(id__in=list(others))
    )
    found = await rows.order_by("name", "id").limit(PRODUCTS_MAX)
    return [shown(ctx, install_base_items, row, Installed) for row in found]


async def places_of(ctx: Context, case: Case) -> list[InstalledAt]:
    """At which places how many of the case's product are installed."""
    if case.sold_product_id is None:
        return []
    rows = ctx.rows(installed_products).filter(sold_product_id=case.sold_product_id)
    found = await rows.order_by("created_at", "id").limit(PRODUCTS_MAX)
    ids = [row.location_id for row in found if row.location_id]
    sites = {
        row.id: shown(ctx, locations, row, Site)
        for row in (await ctx.rows(locations).filter(id__in=ids) if ids else ())
    }
    told = [shown(ctx, installed_products, row, InstalledAt) for row in found]
    for each in told:
        each.location = sites.get(each.location_id) if each.location_id else None
    return told


async def warranties_of(ctx: Context, case: Case) -> list[WarrantyHeld]:
    """The warranties of the case's product that count, the longest last."""
    if case.sold_product_id is None:
        return []
    rows = ctx.rows(warranties).filter(
        sold_product_id=case.sold_product_id, state=WarrantyState.ACTIVE
    )
    found = await rows.order_by("ends_on", "id").limit(PRODUCTS_MAX)
    return [shown(ctx, warranties, row, WarrantyHeld) for row in found]


async def clocks_of(ctx: Context, case: Case) -> list[Clock]:
    """The case's promises, the first answer first."""
    if not ctx.may(task_slas, "read"):
        return []
    begun = ctx.rows(task_slas).filter(record_id=case.id, started_at__isnull=False)
    rows = await begun.order_by("-target", "sequence")
    return [shown(ctx, task_slas, row, Clock) for row in rows]
