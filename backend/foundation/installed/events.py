"""What happens to owned products, beside the plain changes that every record tells of."""

from dataclasses import dataclass
from uuid import UUID

from infra.kernel.events import Event


@dataclass(frozen=True)
class SoldProductEnded(Event, type="sold_products.ended"):
    """The customer does not have it any more, nor any part of it."""

    sold_product_id: UUID


@dataclass(frozen=True)
class SoldProductRelocated(Event, type="sold_products.relocated"):
    """It stands somewhere else now, with all its parts."""

    sold_product_id: UUID
    location_id: UUID | None
