"""What the outside knows of the catalogue: outside people are shown what is offered to them."""

from typing import Annotated

from annotated_types import Ge, Le
from pydantic import StringConstraints

from backend.foundation.catalog.forms import Form
from backend.foundation.catalog.models import (
    Catalog,
    CatalogCategory,
    CatalogItem,
    ProductCatalogItem,
)
from backend.foundation.catalog.tasks import Tasks
from backend.foundation.catalog.wording import ItemTranslations
from backend.foundation.installed.resources import OWNED
from backend.platform.calendars.resources import Name
from backend.platform.templates.resources import NameTranslations
from infra.kernel.configured import Configured
from infra.kernel.resource import Relation, Resource, View, everything, readable, through

_SHELF = ("name", "description", "translations", "active")
_SHELF_READ = ("id", *_SHELF, "created_at", "updated_at", "version")
_SHELF_SHOWN = View(read=("id", "name", "description", "created_at", "updated_at"))

catalogs = Resource(
    name="catalogs",
    singular="catalog",
    model=Catalog,
    summary="Catalogues of what can be requested.",
    label="name",
    types={"name": Name, "translations": NameTranslations},
    worded=("name", "description"),
    views={
        "staff": View(read=_SHELF_READ, create=_SHELF, update=_SHELF),
        "customer": _SHELF_SHOWN,
        "partner": _SHELF_SHOWN,
        "public": _SHELF_SHOWN,
    },
    filters=("name", "active"),
    sorts=("name",),
    default_sort="name",
    search=("name",),
    generic=("create", "delete"),
    required=("name",),
    configured=Configured(),
)

_HEADING = ("parent_id", "name", "description", "position")
_HEADING_SET = (*_HEADING, "translations")
_HEADING_READ = ("id", "catalog_id", *_HEADING_SET, "created_at", "updated_at", "version")
_HEADING_SHOWN = View(read=("id", "catalog_id", *_HEADING, "created_at", "updated_at"))

catalog_categories = Resource(
    name="catalog_categories",
    singular="catalog_category",
    model=CatalogCategory,
    summary="Headings of catalogues, below each other.",
    label="name",
    types={
        "name": Name,
        "position": Annotated[int, Ge(0), Le(1_000_000)],
        "translations": NameTranslations,
    },
    worded=("name", "description"),
    views={
        "staff": View(
            read=_HEADING_READ, create=("catalog_id", *_HEADING_SET), update=_HEADING_SET
        ),
        "customer": _HEADING_SHOWN,
        "partner": _HEADING_SHOWN,
        "public": _HEADING_SHOWN,
    },
    filters=("catalog_id", "parent_id", "name"),
    sorts=("position", "name"),
    default_sort="position",
    search=("name",),
    relations={
        "catalog": Relation("catalog_id", "catalogs"),
        "parent": Relation("parent_id", "catalog_categories"),
    },
    paths={
        "all": everything(),
        "open": through("catalog_id", "catalogs", "id", everything({"active": True})),
    },
    generic=("create", "delete"),
    required=("catalog_id", "name"),
    configured=Configured(key=("catalog_id", "parent_id", "name")),
)

_SHOWN = ("catalog_id", "category_id", "name", "summary", "description", "form")
_ROUTE = (
    "audience", "case_category", "case_subcategory", "case_priority", "assignment_group_id",
    "approval", "tasks", "translations",
)  # fmt: skip
_ITEM_SHOWN = View(
    read=("id", "number", *_SHOWN, "for_owners", "created_at", "updated_at", "version")
)

catalog_items = Resource(
    name="catalog_items",
    singular="catalog_item",
    model=CatalogItem,
    summary="What can be requested: a form, and where the request goes.",
    label="name",
    number="CAT",
    worded=("name", "summary", "description"),
    types={
        "name": Name,
        "form": Form,
        "approval": Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]{0,62})?$")],
        "tasks": Tasks,
        "translations": ItemTranslations,
        "case_priority": Annotated[int, Ge(1), Le(4)],
    },
    views={
        "staff": View(
            read=(
                "id", "number", *_SHOWN, "form_version", *_ROUTE, "state", "offered", "for_owners",
                "created_at", "updated_at", "version",
            ),
            create=(*_SHOWN, *_ROUTE),
            update=(*(name for name in _SHOWN if name != "catalog_id"), *_ROUTE),
        ),
        "customer": _ITEM_SHOWN,
        "partner": _ITEM_SHOWN,
        "public": _ITEM_SHOWN,
    },
    filters=(
        "number", "name", "catalog_id", "category_id", "state", "audience", "offered",
        "for_owners", "assignment_group_id",
    ),
    sorts=("name", "number"),
    default_sort="name",
    search=("number", "name", "summary"),
    relations={
        "catalog": Relation("catalog_id", "catalogs"),
        "category": Relation("category_id", "catalog_categories"),
        "assignment_group": Relation("assignment_group_id", "groups"),
    },
    paths={
        "all": everything(),
        # For a product of which the caller may see a sold one: their own, their account's, or
        # whatever else a relationship lets them see.
        "bought": through(
            "id",
            "product_catalog_items",
            "catalog_item_id",
            through("product_model_id", "sold_products", "product_model_id", readable(), OWNED),
        ),
    },
    generic=(),
    required=("catalog_id", "name"),
    configured=Configured(
        key=("catalog_id", "name"),
        unique=False,
        references={"tasks.assignment_group_id": "groups"},
    ),
)  # fmt: skip

_LINK = ("catalog_item_id", "product_model_id")
_LINK_SHOWN = View(read=("id", *_LINK, "created_at", "updated_at"))

product_catalog_items = Resource(
    name="product_catalog_items",
    singular="product_catalog_item",
    model=ProductCatalogItem,
    summary="Which items may be requested for products of which models.",
    views={
        "staff": View(read=("id", *_LINK, "created_at", "updated_at", "version"), create=_LINK),
        "customer": _LINK_SHOWN,
        "partner": _LINK_SHOWN,
    },
    filters=_LINK,
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "catalog_item": Relation("catalog_item_id", "catalog_items"),
        "product_model": Relation("product_model_id", "product_models"),
    },
    paths={
        "all": everything(),
        "of_item": through("catalog_item_id", "catalog_items", "id", readable()),
    },
    generic=(),
    required=_LINK,
)
