"""Writing down a sale."""

from datetime import date
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen
from pydantic import BaseModel

from backend.foundation.accounts.ownership import mismatch, owner_faults
from backend.foundation.contracts.models import ServiceContract
from backend.foundation.contracts.resources import service_contracts
from backend.foundation.installed.resources import Quantity, sold_products
from backend.foundation.products.extensions import Values
from backend.foundation.service_offerings.events import SoldProductProvisioned
from backend.foundation.service_offerings.provisioning import (
    Line,
    Piece,
    Sale,
    Serial,
    provision,
)
from backend.platform.calendars.resources import Name
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


class Provisioned(BaseModel):
    """What a sale has left behind: the product first, then its parts."""

    sold_product_id: UUID
    number: str | None
    sold_products: list[UUID]
    install_base_items: list[UUID]
    warranties: list[UUID]
    entitlements: list[UUID]


@action(
    sold_products,
    on="collection",
    name="provision",
    audiences=("staff",),
    emits=(SoldProductProvisioned,),
)
async def provision_sale(
    ctx: Context,
    *,
    product_model_id: UUID,
    account_id: UUID | None = None,
    consumer_id: UUID | None = None,
    name: Name | None = None,
    quantity: Quantity = 1,
    serial_number: Serial | None = None,
    location_id: UUID | None = None,
    contract_id: UUID | None = None,
    service_offering_id: UUID | None = None,
    purchased_on: date | None = None,
    extension: Values | None = None,
    pieces: Annotated[list[Piece], MaxLen(200)] | None = None,
    parts: Annotated[list[Line], MaxLen(50)] = [],  # noqa: B006  never changed
) -> Provisioned:
    """Leave a customer with what they bought: sold product, installed items, warranty and support,
    all at once."""
    faults = owner_faults(account_id, consumer_id)
    contract: ServiceContract | None = await ctx.find(service_contracts, contract_id)
    if contract is not None:
        owner = contract.account_id, contract.consumer_id
        faults += mismatch("/contract_id", (account_id, consumer_id), owner)
    elif contract_id is not None:
        faults.append(Fault("/contract_id", "not_found", "there is no such record"))
    if faults:
        raise Invalid(faults)
    sale = Sale(account_id, consumer_id, purchased_on or ctx.now.date(), contract)
    line = Line(
        product_model_id=product_model_id,
        name=name,
        quantity=quantity,
        serial_number=serial_number,
        location_id=location_id,
        service_offering_id=service_offering_id,
        extension=extension,
        pieces=pieces,
        parts=parts,
    )
    left = await provision(ctx, sale, line)
    return Provisioned(
        sold_product_id=left.products[0].id,
        number=left.products[0].number,
        sold_products=[row.id for row in left.products],
        install_base_items=[row.id for row in left.items],
        warranties=[row.id for row in left.warranties],
        entitlements=[row.id for row in left.entitlements],
    )
