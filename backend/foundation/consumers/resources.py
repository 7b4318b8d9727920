"""What the outside knows of consumers."""

from backend.foundation.accounts.types import Email, Zone
from backend.foundation.consumers.models import Consumer
from backend.platform.calendars.resources import Name
from backend.platform.responsibilities.reach import consumer_at_hand
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
from tenants.people.resources import Purpose

_DATA = ("name", "email", "phone", "mobile", "preferred_channel", "locale", "zone", "custom")
_READ = ("id", "number", "purpose", *_DATA, "state", "created_at", "updated_at", "version")

consumers = Resource(
    name="consumers",
    models=("b2c", "b2b2c", "b2b2e"),
    singular="consumer",
    model=Consumer,
    summary="Individual customers, independent of any company.",
    label="name",
    number="CNS",
    types={"name": Name, "email": Email, "zone": Zone, "purpose": Purpose},
    views={
        "staff": View(
            read=(*_READ, "user_id", "merged_into_id"),
            create=("purpose", *_DATA),
            update=(*_DATA, "state"),
        ),
        "customer": View(read=_READ, update=_DATA),
        "partner": View(read=_READ),
    },
    filters=("number", "name", "email", "purpose", "user_id", "state"),
    sorts=("name", "number"),
    default_sort="name",
    search=("number", "name", "email"),
    relations={
        "user": Relation("user_id", "users"),
        "merged_into": Relation("merged_into_id", "consumers"),
    },
    links={"household_membership": Link("id", "household_members", "consumer_id")},
    paths={
        "all": everything(),
        "self": match("id", "consumer_id"),
        "at_hand": consumer_at_hand("id"),
        "related": through(
            "id",
            "held_responsibilities",
            "anchor_id",
            match("holder_id", "holder_ids", {"anchor_kind": "consumers"}),
        ),
        "of_account": through(
            "id", "account_consumers", "consumer_id", match("account_id", "account_id")
        ),
        "of_account_tree": through(
            "id",
            "account_consumers",
            "consumer_id",
            through("account_id", "accounts", "id", subtree("path", "account_path")),
        ),
    },
    generic=(),
    required=("name",),
)
