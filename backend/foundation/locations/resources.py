"""What the outside knows of addresses and sites."""

from typing import Annotated

from pydantic import StringConstraints

from backend.foundation.accounts.types import Zone
from backend.foundation.locations.models import Location
from backend.platform.calendars.resources import Name
from backend.platform.responsibilities.reach import AT_HAND, RELATED
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
    "name", "purpose", "line1", "line2", "postal_code", "city", "region", "country", "zone",
    "is_primary", "custom",
)  # fmt: skip
_READ = ("id", "account_id", "consumer_id", *_DATA, "created_at", "updated_at", "version")
_OWNED = ("account_id", "consumer_id", *_DATA)

locations = Resource(
    name="locations",
    singular="location",
    model=Location,
    summary="Addresses and sites of customers.",
    label="name",
    views={
        "staff": View(read=_READ, create=_OWNED, update=_DATA),
        "customer": View(read=_READ, create=_OWNED, update=_DATA),
        "partner": View(read=_READ),
    },
    filters=("name", "account_id", "consumer_id", "purpose", "city", "country", "is_primary"),
    sorts=("name",),
    default_sort="name",
    relations={
        "account": Relation("account_id", "accounts"),
        "consumer": Relation("consumer_id", "consumers"),
    },
    links={"household_membership": Link("consumer_id", "household_members", "consumer_id")},
    paths={
        "all": everything(),
        "own_account": match("account_id", "account_id"),
        "own_consumer": match("consumer_id", "consumer_id"),
        "account_tree": through("account_id", "accounts", "id", subtree("path", "account_path")),
        **AT_HAND,
        **RELATED,
    },
    generic=("delete",),
    types={
        "name": Name,
        "line1": Name,
        "city": Name,
        "zone": Zone,
        "country": Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")],
    },
    required=("name", "line1", "city", "country"),
)
