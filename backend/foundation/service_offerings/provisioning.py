"""What a sale leaves behind, all of it in one transaction: the sold product with its parts, what is
installed of each and where, its warranties, its offering and the entitlement that follows.

An order that is fulfilled and a clerk who writes down a sale come to the same function.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from annotated_types import MaxLen
from pydantic import BaseModel, ConfigDict

from backend.foundation.contracts.models import ServiceContract
from backend.foundation.entitlements.models import Entitlement
from backend.foundation.installed.actions.keep import check_extension, fitting_product, strangers
from backend.foundation.installed.actions.places import place
from backend.foundation.installed.models import InstallBaseItem, SoldProduct
from backend.foundation.installed.resources import Quantity
from backend.foundation.products.extensions import Values
from backend.foundation.products.models import ProductKind, ProductModel, ProductState
from backend.foundation.products.resources import product_models
from backend.foundation.service_offerings.choosing import misfit, take
from backend.foundation.service_offerings.events import SoldProductProvisioned
from backend.foundation.service_offerings.models import OfferingState, ServiceOffering
from backend.foundation.service_offerings.resources import service_offerings
from backend.foundation.warranties.models import ProductWarranty, Warranty
from backend.foundation.warranties.resources import product_warranties
from backend.foundation.warranties.rules import last_day
from backend.foundation.warranties.standing import bring_up_to_date
from backend.platform.calendars.resources import Name
from infra.kernel.columns import Text
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid

DEPTH_MAX = 5
PIECES_MAX = 500
Serial = Annotated[Text, MaxLen(200)]
STRICT = ConfigDict(extra="forbid")


class Piece(BaseModel):
    """One instance to be installed."""

    model_config = STRICT
    name: Name | None = None
    serial_number: Serial | None = None
    location_id: UUID | None = None
    configuration_item_id: UUID | None = None
    quantity: Quantity = 1
    extension: Values | None = None


class Line(BaseModel):
    """One product of a sale, with its parts."""

    model_config = STRICT
    product_model_id: UUID
    name: Name | None = None
    quantity: Quantity = 1
    serial_number: Serial | None = None
    location_id: UUID | None = None
    service_offering_id: UUID | None = None
    extension: Values | None = None
    pieces: Annotated[list[Piece], MaxLen(200)] | None = None
    parts: "Annotated[list[Line], MaxLen(50)]" = []


@dataclass
class Sale:
    """Who bought, when, and under which contract."""

    account_id: UUID | None
    consumer_id: UUID | None
    on: date
    contract: ServiceContract | None = None


@dataclass
class Left:
    """Everything that a sale has left behind."""

    products: list[SoldProduct] = field(default_factory=list)
    items: list[InstallBaseItem] = field(default_factory=list)
    warranties: list[Warranty] = field(default_factory=list)
    entitlements: list[Entitlement] = field(default_factory=list)


async def provision(ctx: Context, sale: Sale, line: Line, pointer: str = "") -> Left:
    """Write down what was sold and what follows from it; raises Invalid with every fault, and then
    nothing is written."""
    left = Left()
    faults = await _add(ctx, sale, line, left, pointer=pointer, parent=None, depth=1)
    if faults:
        raise Invalid(faults)
    await bring_up_to_date(ctx, [product.id for product in left.products])
    return left


async def _add(
    ctx: Context,
    sale: Sale,
    line: Line,
    left: Left,
    *,
    pointer: str,
    parent: SoldProduct | None,
    depth: int,
) -> list[Fault]:
    if depth > DEPTH_MAX or len(left.products) + len(left.items) > PIECES_MAX:
        message = f"at most {DEPTH_MAX} levels and {PIECES_MAX} products and pieces"
        return [Fault(f"{pointer}/parts", "too_long", message)]
    model: ProductModel | None = await ctx.find(product_models, line.product_model_id)
    if model is None or model.state is ProductState.DRAFT:
        message = "there is no such product model on sale"
        return [Fault(f"{pointer}/product_model_id", "not_found", message)]
    product = _sold(sale, line, model, parent)
    faults = await strangers(ctx, product, {"location_id"})
    faults += await check_extension(ctx, product, product, given=True)
    offering, unfit = await _offering(ctx, product, line.service_offering_id)
    faults = _below(pointer, faults + unfit)
    if not faults:
        await ctx.save(product)
        left.products.append(product)
        left.warranties += await _warrant(ctx, product, sale.on)
        if offering and (yielded := await take(ctx, product, offering, sale.on)):
            left.entitlements.append(yielded)
        faults += await _install(ctx, product, pieces_of(line, model), left, pointer)
        ctx.emit(SoldProductProvisioned(sold_product_id=product.id, product_model_id=model.id))
    for place_, part in enumerate(line.parts):
        below = f"{pointer}/parts/{place_}"
        faults += await _add(ctx, sale, part, left, pointer=below, parent=product, depth=depth + 1)
    return faults


def pieces_of(line: Line, model: ProductModel) -> list[Piece]:
    """What is to be installed: what is said, else one for all; of consumables nothing."""
    if line.pieces is not None:
        return line.pieces
    if model.kind is ProductKind.CONSUMABLE:
        return []
    return [Piece(serial_number=line.serial_number, quantity=line.quantity)]


def _sold(sale: Sale, line: Line, model: ProductModel, parent: SoldProduct | None) -> SoldProduct:
    return SoldProduct(
        name=line.name or model.name,
        account_id=sale.account_id,
        consumer_id=sale.consumer_id,
        product_model_id=model.id,
        parent_id=parent.id if parent else None,
        contract_id=sale.contract.id if sale.contract else None,
        location_id=line.location_id,
        serial_number=line.serial_number,
        quantity=line.quantity,
        purchased_on=sale.on,
        extension=line.extension,
    )


async def _offering(
    ctx: Context, product: SoldProduct, offering_id: UUID | None
) -> tuple[ServiceOffering | None, list[Fault]]:
    offering: ServiceOffering | None = await ctx.find(service_offerings, offering_id)
    if offering is None or offering.state is not OfferingState.ACTIVE:
        message = "there is no such active offering"
        fault = Fault("/service_offering_id", "not_found", message)
        return None, [fault] if offering_id else []
    return offering, misfit(product, offering)


async def _install(
    ctx: Context, product: SoldProduct, pieces: list[Piece], left: Left, pointer: str
) -> list[Fault]:
    faults: list[Fault] = []
    for number, piece in enumerate(pieces):
        at = f"{pointer}/pieces/{number}"
        if piece.quantity > product.quantity:
            message = "must not be more than were sold"
            faults.append(Fault(f"{at}/quantity", "less_than_equal", message))
            continue
        item = InstallBaseItem(
            name=piece.name or product.name,
            sold_product_id=product.id,
            serial_number=piece.serial_number,
            location_id=piece.location_id or product.location_id,
            configuration_item_id=piece.configuration_item_id,
            installed_on=product.purchased_on,
            extension=piece.extension,
        )
        try:
            await fitting_product(ctx, item, {"location_id", "extension"})
        except Invalid as refused:
            faults += _below(at, refused.faults)
            continue
        await ctx.save(item)
        await place(ctx, product, item, piece.quantity)
        left.items.append(item)
    return faults


async def _warrant(ctx: Context, product: SoldProduct, on: date) -> list[Warranty]:
    """Begin what the product model is warranted for."""
    defined: list[ProductWarranty] = await ctx.every(product_warranties).filter(
        product_model_id=product.product_model_id, active=True
    )
    begun = [
        Warranty(
            name=each.name,
            product_warranty_id=each.id,
            sold_product_id=product.id,
            coverage=each.coverage,
            terms=each.terms,
            starts_on=on,
            ends_on=last_day(on, each.months),
        )
        for each in defined
    ]
    for warranty in begun:
        await ctx.save(warranty)
    return begun


def _below(pointer: str, faults: Any) -> list[Fault]:
    return [Fault(f"{pointer}{fault.pointer}", fault.code, fault.message) for fault in faults]
