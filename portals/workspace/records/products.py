"""Products on the desk: what is sold, what customers have, where it runs and on what it stands."""

from portals.words import noted
from portals.workspace.records.shapes import Kind, Panel, Tab

BASE = "/workspace/products"
_PARTY = ("configuration", "contact", "consumer", "account", "state", "ends_on")
_PARTY_ASKS = ("configuration_id", "contact_id", "consumer_id", "account_id", "purpose", "ends_on")


def parties(entity: str, key: str) -> Tab:
    """Who else has to do with it, and to what end."""
    return Tab("related", noted("Related people"), (
        Panel("parties", noted("Related people"), "related_parties", key, _PARTY,
              noted("Nobody else has to do with it."), add="create", asks=_PARTY_ASKS,
              verbs=("end",), narrow={"configuration_id": {"entity": entity, "active": "true"}}),
    ))  # fmt: skip


def _cases(key: str) -> Panel:
    return Panel(
        "cases", noted("Cases"), "cases", key, ("number", "subject", "state", "priority"),
        noted("No cases yet."), sort="-opened_at",
    )  # fmt: skip


SOLD = Kind(
    "sold_products", BASE, "products", noted("Sold product"), noted("Sold products"), "box",
    columns=("number", "account", "consumer", "serial_number", "warranty_status", "state"),
    facts=("number", "product_model", "account", "consumer", "serial_number", "quantity",
           "purchased_on", "contract", "service_offering", "location", "warranty_status",
           "warranty_ends_on", "ended_on"),
    asks=("name", "product_model_id", "account_id", "consumer_id", "parent_id", "contract_id",
          "location_id", "serial_number", "quantity", "purchased_on"),
    filters=("state", "warranty_status"), parents=("account", "consumer", "parent"),
    verbs=("end",),
    tabs=(
        Tab("overview", noted("Parts and places"), (
            Panel("parts", noted("Parts"), "sold_products", "parent_id",
                  ("number", "name", "serial_number", "state"), noted("It has no parts.")),
            Panel("installed", noted("Installed"), "install_base_items", "sold_product_id",
                  ("number", "name", "serial_number", "location", "configuration", "state"),
                  noted("Installed nowhere yet."), add="create",
                  asks=("name", "serial_number", "installed_on")),
            Panel("places", noted("Places"), "installed_products", "sold_product_id",
                  ("number", "install_base_item", "location", "quantity", "installed_on"),
                  noted("No places are on record.")),
        )),
        Tab("warranty", noted("Warranty and cases"), (
            Panel("warranties", noted("Warranties"), "warranties", "sold_product_id",
                  ("number", "name", "coverage", "starts_on", "ends_on", "state"),
                  noted("No warranty is on record."), add="create",
                  asks=("product_warranty_id", "name", "coverage", "starts_on", "ends_on"),
                  verbs=("void",)),
            Panel("entitlements", noted("What they are owed"), "entitlements", "sold_product_id",
                  ("number", "name", "tier", "starts_on", "ends_on", "state"),
                  noted("No entitlement is on record.")),
            Panel("assets", noted("Assets"), "assets", "sold_product_id",
                  ("number", "name", "asset_tag", "state"), noted("No assets are on record.")),
            _cases("sold_product_id"),
        )),
        parties("sold_products", "sold_product_id"),
    ),
)  # fmt: skip

ITEMS = Kind(
    "install_base_items", BASE, "products", noted("Installed item"), noted("Installed items"),
    "router", columns=("number", "sold_product", "serial_number", "location", "state"),
    facts=("number", "sold_product", "serial_number", "location", "configuration", "installed_on",
           "warranty_status", "warranty_ends_on"),
    asks=("name", "sold_product_id", "serial_number", "location_id", "configuration_item_id",
          "parent_id", "installed_on", "state"),
    filters=("state", "warranty_status"), parents=("sold_product", "parent"),
    tabs=(
        Tab("overview", noted("Parts and places"), (
            Panel("parts", noted("Parts"), "install_base_items", "parent_id",
                  ("number", "name", "serial_number", "state"), noted("It has no parts.")),
            Panel("places", noted("Places"), "installed_products", "install_base_item_id",
                  ("number", "sold_product", "location", "quantity", "installed_on"),
                  noted("No places are on record.")),
            Panel("warranties", noted("Warranties"), "warranties", "install_base_item_id",
                  ("number", "name", "coverage", "starts_on", "ends_on", "state"),
                  noted("No warranty is on record.")),
        )),
        parties("install_base_items", "install_base_item_id"),
    ),
)  # fmt: skip

MODELS = Kind(
    "product_models", BASE, "products", noted("Product model"), noted("Product models"), "sheet",
    columns=("code", "kind", "manufacturer", "state"),
    facts=("code", "kind", "parent", "manufacturer", "description", "created_at"),
    asks=("name", "code", "kind", "parent_id", "manufacturer", "description", "state"),
    filters=("kind", "state"), parents=("parent",),
    tabs=(
        Tab("overview", noted("Models and warranties"), (
            Panel("below", noted("Models below it"), "product_models", "parent_id",
                  ("name", "code", "state"), noted("No models are below it.")),
            Panel("warranties", noted("Warranties that come with it"), "product_warranties",
                  "product_model_id", ("name", "months", "coverage", "active"),
                  noted("It comes without a warranty."), add="create",
                  asks=("name", "months", "coverage"), verbs=("delete",)),
            Panel("sold", noted("Sold"), "sold_products", "product_model_id",
                  ("number", "name", "account", "consumer", "state"), noted("Not sold yet.")),
        )),
    ),
)  # fmt: skip

ASSETS = Kind(
    "assets", BASE, "products", noted("Asset"), noted("Assets"), "box",
    columns=("number", "account", "consumer", "asset_tag", "serial_number", "state"),
    facts=("number", "account", "consumer", "product_model", "sold_product", "install_base_item",
           "location", "serial_number", "asset_tag", "created_at"),
    asks=("name", "account_id", "consumer_id", "product_model_id", "sold_product_id",
          "install_base_item_id", "location_id", "serial_number", "asset_tag", "state"),
    filters=("state",), parents=("account", "consumer"), verbs=("delete",),
    tabs=(
        Tab("overview", noted("People and cases"), (
            Panel("contacts", noted("Who looks after it"), "asset_contacts", "asset_id",
                  ("contact", "created_at"), noted("Nobody looks after it yet."), add="create",
                  asks=("contact_id",), verbs=("delete",)),
            _cases("asset_id"),
        )),
    ),
)  # fmt: skip

CONFIGURATION = Kind(
    "configuration_items", BASE, "products", noted("Configuration item"),
    noted("Configuration items"), "board", columns=("number", "ci_class", "serial_number", "state"),
    facts=("number", "ci_class", "parent", "serial_number", "created_at"),
    asks=("name", "ci_class", "serial_number", "parent_id", "state"), filters=("state",),
    parents=("parent",),
    tabs=(
        Tab("overview", noted("What it stands on"), (
            Panel("needs", noted("Needs"), "configuration_dependencies", "item_id",
                  ("needed", "kind"), noted("It needs nothing else."), add="create",
                  asks=("needed_id", "kind"), verbs=("delete",)),
            Panel("needed", noted("Needed by"), "configuration_dependencies", "needed_id",
                  ("item", "kind"), noted("Nothing else needs it.")),
            Panel("installed", noted("Installed"), "install_base_items", "configuration_item_id",
                  ("number", "name", "sold_product", "state"), noted("Installed nowhere yet.")),
        )),
    ),
)  # fmt: skip

KINDS = (SOLD, ASSETS, ITEMS, MODELS, CONFIGURATION)
