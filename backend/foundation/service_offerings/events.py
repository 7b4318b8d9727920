"""What happens when something is sold."""

from dataclasses import dataclass
from uuid import UUID

from infra.kernel.events import Event


@dataclass(frozen=True)
class OfferingChosen(Event, type="sold_products.offering_chosen"):
    """The sold product has another tier of support, or none any more."""

    sold_product_id: UUID
    service_offering_id: UUID | None
    entitlement_id: UUID | None


@dataclass(frozen=True)
class SoldProductProvisioned(Event, type="sold_products.provisioned"):
    """A customer has what they bought, installed and entitled."""

    sold_product_id: UUID
    product_model_id: UUID
