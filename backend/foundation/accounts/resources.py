"""What the outside knows of companies."""

from backend.foundation.accounts.models import Account
from backend.foundation.accounts.types import Email
from backend.platform.calendars.resources import Name
from backend.platform.responsibilities.reach import account_at_hand
from infra.kernel.resource import Relation, Resource, View, everything, match, subtree, through

_OPEN = (
    "id", "number", "name", "code", "parent_id", "path", "is_customer", "is_partner", "state",
    "email", "phone", "website", "industry", "custom", "created_at", "updated_at", "version",
)  # fmt: skip
_WRITABLE = (
    "name", "code", "parent_id", "is_customer", "is_partner", "state", "email", "phone",
    "website", "industry", "notes", "custom",
)  # fmt: skip

accounts = Resource(
    name="accounts",
    models=("b2b", "b2b2c", "b2b2e", "smf"),
    singular="account",
    model=Account,
    summary="Companies: customers, partners or both, in hierarchies of any depth.",
    label="name",
    number="ACC",
    types={"name": Name, "email": Email},
    views={
        "staff": View(read=(*_OPEN, "notes", "merged_into_id"), create=_WRITABLE, update=_WRITABLE),
        "customer": View(read=_OPEN, update=("email", "phone", "website", "custom")),
        "partner": View(read=_OPEN, update=("email", "phone", "website", "custom")),
    },
    filters=(
        "number",
        "name",
        "code",
        "parent_id",
        "path",
        "is_customer",
        "is_partner",
        "state",
        "email",
    ),
    sorts=("name", "code", "path", "number"),
    default_sort="name",
    search=("number", "name", "code"),
    relations={
        "parent": Relation("parent_id", "accounts"),
        "merged_into": Relation("merged_into_id", "accounts"),
    },
    paths={
        "all": everything(),
        "own": match("id", "account_id"),
        "tree": subtree("path", "account_path"),
        "at_hand": account_at_hand("id"),
        "related": through(
            "id", "held_responsibilities", "anchor_id",
            match("holder_id", "holder_ids", {"anchor_kind": "accounts"}),
        ),
        "of_consumer": through(
            "id", "account_consumers", "account_id", match("consumer_id", "consumer_id")
        ),
    },
    generic=("delete",),
    required=("name", "code"),
    choosable=("industry",),
)  # fmt: skip
