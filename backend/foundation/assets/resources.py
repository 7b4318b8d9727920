"""What the outside knows of assets.

Outside people reach the assets of their account from `assets_account_id` and `assets_account_path`,
which callers have unless the tenant's setting `assets_by_contact_only` takes them away; what is
left then is the assets that they are contacts of.
"""

from backend.foundation.assets.models import Asset, AssetContact
from backend.foundation.contacts.resources import contacts
from backend.platform.calendars.resources import Name
from backend.platform.responsibilities.reach import AT_HAND, at_site, at_site_of_organization
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

_DATA = (
    "name", "product_model_id", "sold_product_id", "install_base_item_id", "location_id",
    "serial_number", "asset_tag", "state",
)  # fmt: skip
_READ = (
    "id", "number", "account_id", "consumer_id", *_DATA, "created_at", "updated_at", "version",
)  # fmt: skip

assets = Resource(
    name="assets",
    singular="asset",
    model=Asset,
    summary="Supported things, each of one account or consumer.",
    label="name",
    number="AST",
    types={"name": Name},
    views={
        "staff": View(
            read=_READ,
            create=("account_id", "consumer_id", *_DATA),
            update=tuple(name for name in _DATA if name != "product_model_id"),
        ),
        "customer": View(read=_READ),
        "partner": View(read=_READ),
    },
    filters=(
        "number", "name", "account_id", "consumer_id", "product_model_id", "sold_product_id",
        "install_base_item_id", "location_id", "serial_number", "asset_tag", "state",
    ),
    sorts=("name", "number"),
    default_sort="name",
    search=("number", "name", "serial_number", "asset_tag"),
    relations={
        "account": Relation("account_id", "accounts"),
        "consumer": Relation("consumer_id", "consumers"),
        "product_model": Relation("product_model_id", "product_models"),
        "sold_product": Relation("sold_product_id", "sold_products"),
        "install_base_item": Relation("install_base_item_id", "install_base_items"),
        "location": Relation("location_id", "locations"),
    },
    links={"household_membership": Link("consumer_id", "household_members", "consumer_id")},
    paths={
        "all": everything(),
        "own_account": match("account_id", "assets_account_id"),
        "own_consumer": match("consumer_id", "consumer_id"),
        "account_tree": through(
            "account_id", "accounts", "id", subtree("path", "assets_account_path")
        ),
        "assigned": through("id", "asset_contacts", "asset_id", match("contact_id", "contact_id")),
        **AT_HAND,
        "site": at_site(),
        "site_of_organization": at_site_of_organization(),
    },
    generic=("delete",),
    required=("name",),
)  # fmt: skip

_CONTACT = ("id", "asset_id", "contact_id", "created_at", "updated_at", "version")

asset_contacts = Resource(
    name="asset_contacts",
    singular="asset_contact",
    model=AssetContact,
    summary="Which contacts are responsible for which assets.",
    models=contacts.models,
    views={
        "staff": View(read=_CONTACT, create=("asset_id", "contact_id")),
        "customer": View(read=_CONTACT, create=("asset_id", "contact_id")),
        "partner": View(read=_CONTACT),
    },
    filters=("asset_id", "contact_id"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "asset": Relation("asset_id", "assets"),
        "contact": Relation("contact_id", "contacts"),
    },
    paths={
        "all": everything(),
        "own": match("contact_id", "contact_id"),
        "account_tree": through(
            "asset_id",
            "assets",
            "id",
            through("account_id", "accounts", "id", subtree("path", "account_path")),
        ),
    },
    generic=(),
    required=("asset_id", "contact_id"),
)
