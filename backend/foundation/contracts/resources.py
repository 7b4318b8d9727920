"""What the outside knows of service contracts."""

from typing import Annotated

from annotated_types import Ge, Le

from backend.foundation.contracts.models import ServiceContract
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

_DATA = ("name", "contract_type", "starts_on", "ends_on", "renews_months", "terms", "custom")
_READ = (
    "id", "number", "account_id", "consumer_id", "state", "renewed_from_id", *_DATA, "created_at",
    "updated_at", "version",
)  # fmt: skip

service_contracts = Resource(
    name="service_contracts",
    singular="service_contract",
    model=ServiceContract,
    summary="The kind of support that a customer has bought, for a time.",
    label="name",
    number="SC",
    types={"name": Name, "renews_months": Annotated[int, Ge(1), Le(1_200)]},
    views={
        "staff": View(
            read=_READ, create=("account_id", "consumer_id", "state", *_DATA), update=_DATA
        ),
        "customer": View(read=_READ),
        "partner": View(read=_READ),
    },
    filters=(
        "number",
        "name",
        "account_id",
        "consumer_id",
        "contract_type",
        "state",
        "starts_on",
        "ends_on",
        "renewed_from_id",
    ),
    sorts=("name", "number"),
    default_sort="name",
    search=("number", "name"),
    relations={
        "account": Relation("account_id", "accounts"),
        "consumer": Relation("consumer_id", "consumers"),
        "renewed_from": Relation("renewed_from_id", "service_contracts"),
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
    required=("name", "starts_on"),
)
