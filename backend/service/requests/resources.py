"""What the outside knows of requests: whoever may read the case may read what was asked."""

from backend.service.requests.models import CatalogRequest
from infra.kernel.resource import Relation, Resource, View, everything, match, readable, through

_READ = (
    "id", "number", "catalog_item_id", "item_name", "case_id", "case_number", "sold_product_id",
    "answers", "form", "form_version", "fulfilment", "task_count", "done_count", "fulfilled_at",
    "requested_by_id", "created_at", "updated_at", "version",
)  # fmt: skip

catalog_requests = Resource(
    name="catalog_requests",
    singular="catalog_request",
    model=CatalogRequest,
    summary="What was requested from the catalogue, with the answers; the case is the work on it.",
    label="item_name",
    number="RQ",
    views={
        "staff": View(read=(*_READ, "account_id", "approval")),
        "customer": View(read=_READ),
        "partner": View(read=_READ),
    },
    filters=(
        "number", "catalog_item_id", "case_id", "sold_product_id", "fulfilment", "account_id",
        "requested_by_id",
    ),
    sorts=("created_at",),
    default_sort="-created_at",
    search=("number", "item_name"),
    relations={
        "catalog_item": Relation("catalog_item_id", "catalog_items"),
        "case": Relation("case_id", "cases"),
        "sold_product": Relation("sold_product_id", "sold_products"),
        "account": Relation("account_id", "accounts"),
        "requested_by": Relation("requested_by_id", "profiles"),
    },
    paths={
        "all": everything(),
        "of_case": through("case_id", "cases", "id", readable()),
        "own": match("requested_by_id", "profile_id"),
    },
    is_promised=True,
    generic=(),
)  # fmt: skip
