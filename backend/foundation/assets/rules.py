"""What an asset is made of belongs together. Pure."""

from dataclasses import dataclass
from uuid import UUID

from infra.kernel.errors import Fault

Owner = tuple[UUID | None, UUID | None]
"""(account, consumer), one of which is named."""


@dataclass(frozen=True)
class Origin:
    """What is stored of the sold product, the installed item and the place that an asset names."""

    sold_owner: Owner | None = None
    sold_model_id: UUID | None = None
    item_sold_product_id: UUID | None = None
    place_owner: Owner | None = None


def contradictions(
    owner: Owner, product_model_id: UUID, sold_product_id: UUID | None, origin: Origin
) -> list[Fault]:
    """Every reason why these cannot be one thing of one customer."""
    faults = []
    if origin.sold_owner not in (None, owner):
        faults.append(_foreign("/sold_product_id"))
    if origin.sold_model_id not in (None, product_model_id):
        message = "is another model than the sold product's"
        faults.append(Fault("/product_model_id", "other_model", message))
    if origin.item_sold_product_id not in (None, sold_product_id):
        message = "is installed of another sold product"
        faults.append(Fault("/install_base_item_id", "other_product", message))
    if origin.place_owner not in (None, owner):
        faults.append(_foreign("/location_id"))
    return faults


def _foreign(pointer: str) -> Fault:
    return Fault(pointer, "other_customer", "belongs to another customer")
