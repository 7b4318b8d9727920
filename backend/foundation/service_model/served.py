"""What the outside knows of the customers whom organisations serve, and the views behind paths."""

from backend.foundation.service_model.models import CustomerAtHand, CustomerServed, StaffPlace
from backend.platform.responsibilities.reach import at_place, in_organization
from infra.kernel.resource import Relation, Resource, View, everything

_WHERE = ("service_organization_id", "business_location_id")
_WHOM = ("account_id", "consumer_id")
_SET = ("is_primary", "starts_on", "ends_on")
_READ = ("id", *_WHERE, *_WHOM, *_SET, "created_at", "updated_at", "version")

customers_served = Resource(
    name="customers_served",
    models=("smf",),
    singular="customer_served",
    model=CustomerServed,
    summary="Which companies and consumers are served by which organisation, at which place.",
    views={
        "staff": View(read=_READ, create=(*_WHERE, *_WHOM, *_SET), update=_SET),
        "customer": View(read=_READ),
        "partner": View(read=_READ),
    },
    filters=(*_WHERE, *_WHOM, "is_primary"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "service_organization": Relation("service_organization_id", "service_organizations"),
        "business_location": Relation("business_location_id", "business_locations"),
        "account": Relation("account_id", "accounts"),
        "consumer": Relation("consumer_id", "consumers"),
    },
    paths={"all": everything(), "organization": in_organization(), "place": at_place()},
    generic=("delete",),
    required=("service_organization_id",),
)

# Nobody reads these two: paths go through them.
staff_places = Resource(
    name="staff_places",
    singular="staff_place",
    model=StaffPlace,
    summary="Where a profile works today.",
    views={},
    generic=(),
    emits=False,
    audited=False,
)

customers_at_hand = Resource(
    name="customers_at_hand",
    singular="customer_at_hand",
    model=CustomerAtHand,
    summary="Customers who are served today where a profile works.",
    views={},
    generic=(),
    emits=False,
    audited=False,
)
