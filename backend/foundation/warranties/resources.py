"""What the outside knows of warranties."""

from typing import Annotated

from annotated_types import Ge, Le

from backend.foundation.warranties.models import ProductWarranty, Warranty
from backend.platform.calendars.resources import Name
from infra.kernel.resource import Relation, Resource, View, everything, readable, through

Months = Annotated[int, Ge(1), Le(1_200)]
_DEFINED = ("name", "months", "coverage", "terms", "active")

product_warranties = Resource(
    name="product_warranties",
    singular="product_warranty",
    model=ProductWarranty,
    summary="What product models are warranted for from the day they are bought.",
    label="name",
    types={"name": Name, "months": Months},
    views={
        "staff": View(
            read=("id", "product_model_id", *_DEFINED, "created_at", "updated_at", "version"),
            create=("product_model_id", *_DEFINED),
            update=_DEFINED,
        )
    },
    filters=("product_model_id", "name", "coverage", "active"),
    sorts=("name",),
    default_sort="name",
    relations={"product_model": Relation("product_model_id", "product_models")},
    required=("product_model_id", "name", "months"),
)

_ON = ("product_warranty_id", "sold_product_id", "install_base_item_id", "serial_number")
_DATA = ("name", "coverage", "terms", "starts_on", "ends_on")
_READ = ("id", "number", *_ON, *_DATA, "state", "created_at", "updated_at", "version")

warranties = Resource(
    name="warranties",
    singular="warranty",
    model=Warranty,
    summary="Warranties that run: of sold products, or of single items or serial numbers of them.",
    label="name",
    number="WTY",
    types={"name": Name},
    views={
        "staff": View(read=_READ, create=(*_ON, *_DATA), update=_DATA),
        "customer": View(read=_READ),
        "partner": View(read=_READ),
    },
    filters=("number", "name", *_ON, "coverage", "starts_on", "ends_on", "state"),
    sorts=("ends_on", "number"),
    default_sort="ends_on",
    search=("number", "name", "serial_number"),
    relations={
        "product_warranty": Relation("product_warranty_id", "product_warranties"),
        "sold_product": Relation("sold_product_id", "sold_products"),
        "install_base_item": Relation("install_base_item_id", "install_base_items"),
    },
    paths={
        "all": everything(),
        "of_product": through("sold_product_id", "sold_products", "id", readable()),
    },
    generic=("delete",),
    required=("starts_on",),
)
