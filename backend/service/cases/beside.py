"""The parts of what stands beside a case, each as far as its reader may see it."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel


class Party(BaseModel):
    """A company, a person of it, or a private customer."""

    id: UUID
    number: str | None = None
    name: str
    email: str | None = None
    phone: str | None = None


class OwnedProduct(BaseModel):
    """Something the customer owns."""

    id: UUID
    number: str | None = None
    name: str
    state: str
    serial_number: str | None = None
    product_model_id: UUID
    service_offering_id: UUID | None = None
    warranty_status: str = "none"
    warranty_ends_on: date | None = None


class Installed(BaseModel):
    """Where an instance of it stands."""

    id: UUID
    number: str | None = None
    name: str
    state: str
    serial_number: str | None = None
    location_id: UUID | None = None
    configuration_item: str | None = None
    configuration_item_id: UUID | None = None
    parent_id: UUID | None = None
    warranty_status: str = "none"
    warranty_ends_on: date | None = None


class Site(BaseModel):
    """A place of the customer."""

    id: UUID
    name: str
    city: str


class InstalledAt(BaseModel):
    """How many of the product are installed as which item, and where."""

    id: UUID
    install_base_item_id: UUID
    quantity: int
    location_id: UUID | None = None
    location: Site | None = None


class WarrantyHeld(BaseModel):
    """A warranty of the product or of one of its items."""

    id: UUID
    number: str | None = None
    name: str
    coverage: str
    terms: str
    install_base_item_id: UUID | None = None
    serial_number: str | None = None
    starts_on: date
    ends_on: date


class Supported(BaseModel):
    """The very thing that is supported."""

    id: UUID
    number: str | None = None
    name: str
    state: str
    serial_number: str | None = None
    asset_tag: str | None = None
    product_model_id: UUID
    location_id: UUID | None = None


class Contract(BaseModel):
    """The kind of support that was bought."""

    id: UUID
    number: str | None = None
    name: str
    contract_type: str
    state: str
    starts_on: date
    ends_on: date | None = None


class Entitled(BaseModel):
    """The level of support that holds."""

    id: UUID
    number: str | None = None
    name: str
    scope: str
    tier: str
    channels: list[str]
    response_minutes: int | None = None
    resolution_minutes: int | None = None
    ends_on: date | None = None


class Clock(BaseModel):
    """A promise of time and how it stands."""

    id: UUID
    target: str
    state: str
    target_minutes: int
    started_at: datetime
    warn_at: datetime
    due_at: datetime
    paused_at: datetime | None = None
    stopped_at: datetime | None = None
    breached_at: datetime | None = None


class CaseContext(BaseModel):
    """Who a case is from, what they own, and what they are owed."""

    case_id: UUID
    customer_kind: str
    account: Party | None
    contact: Party | None
    consumer: Party | None
    sold_product: OwnedProduct | None
    asset: Supported | None
    products: list[OwnedProduct]
    installed: list[Installed]
    places: list[InstalledAt]
    warranties: list[WarrantyHeld]
    contract: Contract | None
    entitlement_status: str
    entitlement: Entitled | None
    entitlement_explanation: list[dict[str, str]]
    slas: list[Clock]
