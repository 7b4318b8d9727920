"""What the outside knows of customers of customers."""

from backend.foundation.account_consumers.models import AccountConsumer
from infra.kernel.resource import Relation, Resource, View, everything, match, subtree, through

_SET = ("kind", "reference", "is_entitled", "starts_on", "ends_on")
_READ = ("id", "account_id", "consumer_id", *_SET, "created_at", "updated_at", "version")

account_consumers = Resource(
    name="account_consumers",
    models=("b2b2c", "b2b2e"),
    singular="account_consumer",
    model=AccountConsumer,
    summary="Consumers who are served through a business: its customers and its employees.",
    label="reference",
    views={
        "staff": View(read=_READ, create=("account_id", "consumer_id", *_SET), update=_SET),
        "customer": View(read=_READ),
        "partner": View(read=_READ),
    },
    filters=("account_id", "consumer_id", "kind", "reference", "is_entitled"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "account": Relation("account_id", "accounts"),
        "consumer": Relation("consumer_id", "consumers"),
    },
    paths={
        "all": everything(),
        "own_account": match("account_id", "account_id"),
        "own_consumer": match("consumer_id", "consumer_id"),
        "account_tree": through("account_id", "accounts", "id", subtree("path", "account_path")),
    },
    generic=("delete",),
    required=("account_id", "consumer_id"),
)
