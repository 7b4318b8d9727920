"""The admin area, fourth part: what can be asked for, with its questions and the work it makes."""

from portals.words import noted
from portals.workspace.records.admin import BASE
from portals.workspace.records.shapes import Kind, Panel, Tab

CATALOGS = Kind(
    "catalogs", BASE, "admin", noted("Catalogue"), noted("Catalogues"), "book",
    columns=("description", "active"), section="offering",
    facts=("description", "translations", "active"),
    asks=("name", "description", "translations", "active"),
    filters=("active",), verbs=("delete",),
    tabs=(
        Tab("overview", noted("What is in it"), (
            Panel("items", noted("Catalogue items"), "catalog_items", "catalog_id",
                  ("name", "category", "audience", "offered", "state"),
                  noted("Nothing can be asked for yet."), enters=True),
            Panel("categories", noted("Headings"), "catalog_categories", "catalog_id",
                  ("name", "parent", "position"), noted("It has no headings."), add="create",
                  asks=("name", "parent_id", "position"), sort="position"),
        )),
    ),
)  # fmt: skip

CATEGORIES = Kind(
    "catalog_categories", BASE, "admin", noted("Heading of a catalogue"),
    noted("Headings of catalogues"), "columns", columns=("catalog", "parent", "position"),
    section="offering", sort="position",
    facts=("catalog", "parent", "description", "translations", "position"),
    asks=("catalog_id", "parent_id", "name", "description", "translations", "position"),
    parents=("catalog", "parent"), verbs=("delete",),
    tabs=(
        Tab("overview", noted("What stands below it"), (
            Panel("items", noted("Catalogue items"), "catalog_items", "category_id",
                  ("name", "audience", "offered", "state"), noted("Nothing stands below it.")),
        )),
    ),
)  # fmt: skip

ITEMS = Kind(
    "catalog_items", BASE, "admin", noted("Catalogue item"), noted("Catalogue items"), "box",
    columns=("number", "catalog", "category", "audience", "for_owners", "offered", "state"),
    section="offering", sample="preview", tables=("form", "tasks"),
    facts=("number", "catalog", "category", "summary", "audience", "offered", "for_owners",
           "form_version", "approval", "case_category", "case_subcategory", "case_priority",
           "assignment_group"),
    asks=("catalog_id", "category_id", "name", "summary", "description", "translations",
          "audience", "form", "tasks", "approval", "assignment_group_id", "case_priority",
          "case_category", "case_subcategory"),
    filters=("state", "audience", "offered"), parents=("catalog", "category"),
    verbs=("publish", "retire", "delete"),
    states={"publish": ("draft", "retired"), "retire": ("published",), "delete": ("draft",)},
    tabs=(
        Tab("overview", noted("Who may ask, and who did"), (
            Panel("owners", noted("Only for owners of"), "product_catalog_items",
                  "catalog_item_id", ("product_model",),
                  noted("For everybody of its audience, whatever they own."), add="create",
                  asks=("product_model_id",), verbs=("delete",)),
            Panel("requests", noted("Requests"), "catalog_requests", "catalog_item_id",
                  ("number", "case", "fulfilment", "created_at"),
                  noted("Nobody asked for it yet."), sort="-created_at"),
        )),
    ),
)  # fmt: skip

KINDS = (CATALOGS, CATEGORIES, ITEMS)
