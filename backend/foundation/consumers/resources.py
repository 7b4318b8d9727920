"""What the outside knows of consumers."""

from backend.foundation.accounts.types import Email, Zone
from backend.foundation.consumers.models import Consumer
from backend.platform.calendars.resources import Name
from infra.kernel.resource import Link, Relation, Resource, View, everything, match

_DATA = ("name", "email", "phone", "mobile", "preferred_channel", "locale", "zone")
_READ = ("id", "number", *_DATA, "state", "created_at", "updated_at", "version")

consumers = Resource(
    name="consumers",
    singular="consumer",
    model=Consumer,
    summary="Individual customers, independent of any company.",
    label="name",
    number="CNS",
    types={"name": Name, "email": Email, "zone": Zone},
    views={
        "staff": View(
            read=(*_READ, "user_id", "merged_into_id"), create=_DATA, update=(*_DATA, "state")
        ),
        "customer": View(read=_READ, update=_DATA),
    },
    filters=("number", "name", "email", "user_id", "state"),
    sorts=("name", "number"),
    default_sort="name",
    search=("number", "name", "email"),
    relations={
        "user": Relation("user_id", "users"),
        "merged_into": Relation("merged_into_id", "consumers"),
    },
    links={"household_membership": Link("id", "household_members", "consumer_id")},
    paths={"all": everything(), "self": match("id", "consumer_id")},
    generic=(),
    required=("name",),
)
