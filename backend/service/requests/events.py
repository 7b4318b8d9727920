"""What happens to catalogue items beyond their keeping."""

from dataclasses import dataclass
from uuid import UUID

from infra.kernel.events import Event


@dataclass(frozen=True)
class CatalogItemRequested(Event, type="catalog_requests.opened"):
    """Somebody chose an item, and the case for it is open."""

    catalog_request_id: UUID
    catalog_item_id: UUID
    case_id: UUID


@dataclass(frozen=True)
class CatalogRequestFulfilled(Event, type="catalog_requests.fulfilled"):
    """What was asked for is done."""

    catalog_request_id: UUID
    case_id: UUID


@dataclass(frozen=True)
class CatalogRequestEnded(Event, type="catalog_requests.ended"):
    """It will not be done: it was refused, or nobody wants it any more."""

    catalog_request_id: UUID
    case_id: UUID
    fulfilment: str
