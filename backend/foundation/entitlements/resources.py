"""What the outside knows of entitlements."""

from typing import Annotated

from annotated_types import Ge, Le, MaxLen

from backend.foundation.billing_accounts.resources import Currency
from backend.foundation.entitlements.models import Channel, Entitlement
from backend.foundation.units.resources import Quantity
from backend.platform.calendars.resources import Name
from backend.platform.responsibilities.reach import AT_HAND, RELATED
from infra.kernel.resource import (
    Link,
    Relation,
    Resource,
    View,
    everything,
    match,
    subtree,
    through,
)

_REFERENCES = (
    "asset_id", "sold_product_id", "product_model_id", "contract_id", "account_id", "consumer_id",
    "location_id",
)  # fmt: skip
_DATA = (
    "name", "tier", "calendar_id", "channels", "response_minutes", "resolution_minutes",
    "channel_policy", "hours_policy", "exhausted_policy", "pool_id", "units_per_case",
    "price_minor", "price_currency", "starts_on", "ends_on", "state",
)  # fmt: skip
_READ = (
    "id", "number", "scope", *_REFERENCES, "service_offering_id", "contract_line_id", *_DATA,
    "created_at", "updated_at", "version",
)  # fmt: skip
Minutes = Annotated[int, Ge(1), Le(525_600)]
PriceMinor = Annotated[int, Ge(0), Le(1_000_000_000_000)]
TERMS = {
    "channels": Annotated[list[Channel], MaxLen(20)],
    "response_minutes": Minutes,
    "resolution_minutes": Minutes,
    "units_per_case": Quantity,
    "price_minor": PriceMinor,
    "price_currency": Currency,
}
"""What may be said of a level of support, wherever it is written down."""

entitlements = Resource(
    name="entitlements",
    singular="entitlement",
    model=Entitlement,
    summary="Levels of support that customers are owed: hours, channels and times.",
    label="name",
    number="ENT",
    views={
        "staff": View(read=_READ, create=(*_REFERENCES, *_DATA), update=_DATA),
        "customer": View(read=_READ),
        "partner": View(read=_READ),
    },
    filters=(
        "number", "name", "scope", *_REFERENCES, "service_offering_id",
        "contract_line_id", "pool_id", "tier",
        "state", "starts_on", "ends_on",
    ),
    sorts=("name", "number"),
    default_sort="name",
    search=("number", "name"),
    relations={
        "asset": Relation("asset_id", "assets"),
        "sold_product": Relation("sold_product_id", "sold_products"),
        "product_model": Relation("product_model_id", "product_models"),
        "contract": Relation("contract_id", "service_contracts"),
        "account": Relation("account_id", "accounts"),
        "consumer": Relation("consumer_id", "consumers"),
        "location": Relation("location_id", "locations"),
        "contract_line": Relation("contract_line_id", "contract_lines"),
        "pool": Relation("pool_id", "entitlement_pools"),
        "calendar": Relation("calendar_id", "calendars"),
        "service_offering": Relation("service_offering_id", "service_offerings"),
    },
    links={"household_membership": Link("consumer_id", "household_members", "consumer_id")},
    paths={
        "all": everything(),
        "own_account": match("account_id", "account_id"),
        "own_consumer": match("consumer_id", "consumer_id"),
        "account_tree": through("account_id", "accounts", "id", subtree("path", "account_path")),
        **AT_HAND,
        **RELATED,
    },
    generic=("delete",),
    types={
        "name": Name,
        **TERMS,
    },
    required=("name", "starts_on"),
)  # fmt: skip
