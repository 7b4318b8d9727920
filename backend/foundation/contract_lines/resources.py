"""What the outside knows of contract lines."""

from backend.foundation.contract_lines.models import ContractLine
from backend.foundation.entitlements.resources import TERMS
from backend.foundation.units.resources import Quantity
from backend.platform.calendars.resources import Name
from infra.kernel.resource import Relation, Resource, View, everything, readable, through

SUBJECTS = ("asset_id", "sold_product_id", "product_model_id", "location_id")
SHARED = (
    "tier", "calendar_id", "channels", "response_minutes", "resolution_minutes", "channel_policy",
    "hours_policy", "exhausted_policy", "units_per_case", "price_minor", "price_currency",
)  # fmt: skip
"""What a line says of the entitlement that it yields."""

_COUNTED = ("unit", "renewal")
_READ = (
    "id", "contract_id", "name", *SUBJECTS, *SHARED, *_COUNTED, "quantity", "created_at",
    "updated_at", "version",
)  # fmt: skip

contract_lines = Resource(
    name="contract_lines",
    singular="contract_line",
    model=ContractLine,
    summary="What contracts cover, and on which terms; each line yields an entitlement.",
    label="name",
    types={"name": Name, "quantity": Quantity, **TERMS},
    views={
        "staff": View(
            read=_READ,
            create=("contract_id", "name", *SUBJECTS, *SHARED, *_COUNTED, "quantity"),
            update=("name", *SHARED, "quantity"),
        ),
        "customer": View(read=_READ),
        "partner": View(read=_READ),
    },
    filters=("contract_id", "name", *SUBJECTS, "tier", "unit", "renewal"),
    sorts=("name",),
    default_sort="name",
    relations={
        "contract": Relation("contract_id", "service_contracts"),
        "asset": Relation("asset_id", "assets"),
        "sold_product": Relation("sold_product_id", "sold_products"),
        "product_model": Relation("product_model_id", "product_models"),
        "location": Relation("location_id", "locations"),
        "calendar": Relation("calendar_id", "calendars"),
    },
    paths={
        "all": everything(),
        "of_contract": through("contract_id", "service_contracts", "id", readable()),
    },
    generic=(),
    required=("contract_id", "name"),
)
