"""What the outside knows of owned and installed products."""

from typing import Annotated

from annotated_types import Ge, Le

from backend.foundation.installed.models import InstallBaseItem, InstalledProduct, SoldProduct
from backend.foundation.products.extensions import Values
from backend.platform.calendars.resources import Name
from backend.platform.responsibilities.reach import (
    AT_HAND,
    RELATED,
    at_site,
    at_site_of_organization,
)
from infra.kernel.resource import (
    Link,
    Relation,
    Resource,
    View,
    everything,
    match,
    readable,
    subtree,
    through,
)

OWNED = {"state": ["planned", "active", "suspended"]}
"""Sold products that their owner has or will have: what has ended opens nothing any more."""

_TREE = through("account_id", "accounts", "id", subtree("path", "account_path"))
_SOLD = (
    "name", "product_model_id", "parent_id", "contract_id", "location_id", "serial_number",
    "quantity", "purchased_on", "extension", "state", "custom",
)  # fmt: skip
_WARRANTY = ("warranty_status", "warranty_ends_on")
_SOLD_READ = (
    "id", "number", "account_id", "consumer_id", *_SOLD, "service_offering_id", "ended_on",
    *_WARRANTY, "created_at", "updated_at", "version",
)  # fmt: skip
Quantity = Annotated[int, Ge(1), Le(1_000_000)]

sold_products = Resource(
    name="sold_products",
    singular="sold_product",
    model=SoldProduct,
    summary="Products and services that an account or a consumer has bought.",
    label="name",
    number="SP",
    views={
        "staff": View(
            read=_SOLD_READ,
            create=("account_id", "consumer_id", *_SOLD),
            update=tuple(name for name in _SOLD if name != "product_model_id"),
        ),
        "customer": View(read=_SOLD_READ),
        "partner": View(read=_SOLD_READ),
    },
    filters=(
        "number",
        "name",
        "account_id",
        "consumer_id",
        "product_model_id",
        "parent_id",
        "contract_id",
        "location_id",
        "serial_number",
        "service_offering_id",
        "state",
        *_WARRANTY,
    ),
    sorts=("name", "number"),
    default_sort="name",
    search=("number", "name", "serial_number"),
    relations={
        "account": Relation("account_id", "accounts"),
        "consumer": Relation("consumer_id", "consumers"),
        "product_model": Relation("product_model_id", "product_models"),
        "parent": Relation("parent_id", "sold_products"),
        "contract": Relation("contract_id", "service_contracts"),
        "location": Relation("location_id", "locations"),
        "service_offering": Relation("service_offering_id", "service_offerings"),
    },
    links={"household_membership": Link("consumer_id", "household_members", "consumer_id")},
    paths={
        "all": everything(),
        "own_account": match("account_id", "account_id"),
        "own_consumer": match("consumer_id", "consumer_id"),
        "account_tree": _TREE,
        **AT_HAND,
        **RELATED,
        "site": at_site(),
        "site_of_organization": at_site_of_organization(),
    },
    generic=("delete",),
    types={"name": Name, "quantity": Quantity, "extension": Values},
    required=("name", "product_model_id"),
)  # fmt: skip

_ITEM = (
    "name", "serial_number", "location_id", "configuration_item", "configuration_item_id",
    "parent_id", "installed_on", "extension", "state", "custom",
)  # fmt: skip
_ITEM_READ = (
    "id", "number", "sold_product_id", *_ITEM, *_WARRANTY, "created_at", "updated_at", "version",
)  # fmt: skip

install_base_items = Resource(
    name="install_base_items",
    singular="install_base_item",
    model=InstallBaseItem,
    summary="Installed instances of sold products, with serial number and place.",
    label="name",
    number="IB",
    types={"name": Name, "extension": Values},
    views={
        "staff": View(read=_ITEM_READ, create=("sold_product_id", *_ITEM), update=_ITEM),
        "customer": View(read=_ITEM_READ),
        "partner": View(read=_ITEM_READ),
    },
    filters=(
        "number",
        "name",
        "sold_product_id",
        "location_id",
        "serial_number",
        "configuration_item",
        "configuration_item_id",
        "parent_id",
        "state",
        *_WARRANTY,
    ),
    sorts=("name", "number"),
    default_sort="name",
    search=("number", "name", "serial_number"),
    relations={
        "sold_product": Relation("sold_product_id", "sold_products"),
        "location": Relation("location_id", "locations"),
        "configuration": Relation("configuration_item_id", "configuration_items"),
        "parent": Relation("parent_id", "install_base_items"),
    },
    paths={
        "all": everything(),
        "own_account": through(
            "sold_product_id", "sold_products", "id", match("account_id", "account_id")
        ),
        "own_consumer": through(
            "sold_product_id", "sold_products", "id", match("consumer_id", "consumer_id")
        ),
        "account_tree": through("sold_product_id", "sold_products", "id", _TREE),
        **{
            name: through("sold_product_id", "sold_products", "id", path)
            for name, path in {**AT_HAND, **RELATED}.items()
        },
        "site": at_site(),
        "site_of_organization": at_site_of_organization(),
        "of_product": through("sold_product_id", "sold_products", "id", readable()),
    },
    generic=("delete",),
    required=("name", "sold_product_id"),
)  # fmt: skip

_PLACED = ("sold_product_id", "install_base_item_id", "location_id", "quantity", "installed_on")
_PLACED_READ = ("id", "number", *_PLACED, "created_at", "updated_at", "version")

installed_products = Resource(
    name="installed_products",
    singular="installed_product",
    model=InstalledProduct,
    summary="How many of a sold product are installed as which item, and where.",
    label="number",
    number="IP",
    types={"quantity": Quantity},
    views={
        "staff": View(
            read=_PLACED_READ,
            create=_PLACED,
            update=("location_id", "quantity", "installed_on"),
        ),
        "customer": View(read=_PLACED_READ),
        "partner": View(read=_PLACED_READ),
    },
    filters=("number", "sold_product_id", "install_base_item_id", "location_id"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "sold_product": Relation("sold_product_id", "sold_products"),
        "install_base_item": Relation("install_base_item_id", "install_base_items"),
        "location": Relation("location_id", "locations"),
    },
    paths={
        "all": everything(),
        "of_product": through("sold_product_id", "sold_products", "id", readable()),
    },
    generic=("delete",),
    required=("sold_product_id", "install_base_item_id"),
)
