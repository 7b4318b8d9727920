"""What the outside knows of service offerings."""

from typing import Annotated

from annotated_types import MaxLen

from backend.foundation.entitlements.models import Channel
from backend.foundation.entitlements.resources import Minutes
from backend.foundation.service_offerings.models import ServiceOffering
from backend.foundation.warranties.resources import Months
from backend.platform.calendars.resources import Name
from infra.kernel.resource import Relation, Resource, View

_DATA = (
    "name", "description", "tier", "calendar_id", "channels", "response_minutes",
    "resolution_minutes", "months", "state",
)  # fmt: skip
_READ = ("id", "number", "product_model_id", *_DATA, "created_at", "updated_at", "version")
_OUTSIDE = View(read=tuple(name for name in _READ if name != "calendar_id"))

service_offerings = Resource(
    name="service_offerings",
    singular="service_offering",
    model=ServiceOffering,
    summary="Support tiers of product models; the one chosen on a sale entitles what is sold.",
    label="name",
    number="SO",
    types={
        "name": Name,
        "channels": Annotated[list[Channel], MaxLen(20)],
        "response_minutes": Minutes,
        "resolution_minutes": Minutes,
        "months": Months,
    },
    views={
        "staff": View(read=_READ, create=("product_model_id", *_DATA), update=_DATA),
        "customer": _OUTSIDE,
        "partner": _OUTSIDE,
    },
    filters=("number", "name", "product_model_id", "tier", "state"),
    sorts=("name", "number"),
    default_sort="name",
    search=("number", "name"),
    relations={
        "product_model": Relation("product_model_id", "product_models"),
        "calendar": Relation("calendar_id", "calendars"),
    },
    generic=("delete",),
    required=("name", "product_model_id"),
)
